//! The service: one request in, a request for each event on.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use tower_service::Service;

use super::layer::Rules;
use super::pipeline;
use crate::verify::ResponseFuture;

/// Opens a delivery of several events and runs each by itself. See the [module docs](super).
#[derive(Clone)]
pub struct SplitService<S> {
    inner: S,
    rules: Arc<Rules>,
}

impl<S> SplitService<S> {
    pub(super) fn new(inner: S, rules: Arc<Rules>) -> Self {
        Self { inner, rules }
    }
}

impl<S, B, R> Service<Request<B>> for SplitService<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send + 'static,
    B: From<Bytes> + Send + 'static,
    R: From<Bytes> + Send + 'static,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = ResponseFuture<R, S::Error>;

    /// Always ready: the inner service is driven to readiness for each event.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> ResponseFuture<R, S::Error> {
        let (inner, rules) = (self.inner.clone(), Arc::clone(&self.rules));
        ResponseFuture::new(pipeline::deliver(rules, inner, request))
    }
}

impl<S: fmt::Debug> fmt::Debug for SplitService<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SplitService")
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}
