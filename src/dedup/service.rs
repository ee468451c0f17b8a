//! The service: claims before it calls.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use tower_service::Service;

use super::future::ResponseFuture;
use super::handler::Handler;
use super::layer::Rules;
use super::pipeline;

/// Runs each event once. See the [module docs](super).
#[derive(Clone)]
pub struct DedupService<S> {
    inner: S,
    rules: Arc<Rules>,
}

impl<S> DedupService<S> {
    pub(super) fn new(inner: S, rules: Arc<Rules>) -> Self {
        Self { inner, rules }
    }
}

impl<S, B, R> Service<Request<B>> for DedupService<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send + 'static,
    B: Send + 'static,
    R: From<Bytes> + Send + 'static,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = ResponseFuture<R, S::Error>;

    /// Always ready: the inner service is driven to readiness once the claim is won, so that a duplicate holds no permit.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> ResponseFuture<R, S::Error> {
        let rules = Arc::clone(&self.rules);
        let mut handler = Handler::new(self.inner.clone(), request);
        ResponseFuture::new(async move { pipeline::process(&rules, &mut handler).await })
    }
}

impl<S: fmt::Debug> fmt::Debug for DedupService<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DedupService")
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}
