//! The service: always ready, so that no unverified request holds anything of the inner service.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use super::future::ResponseFuture;
use super::layer::Demands;
use super::pipeline;
use crate::error::BoxError;

/// Lets only genuine deliveries pass to the inner service. See the [module docs](super).
#[derive(Clone)]
pub struct VerifyService<S> {
    inner: S,
    demands: Arc<Demands>,
}

impl<S> VerifyService<S> {
    pub(super) fn new(inner: S, demands: Arc<Demands>) -> Self {
        Self { inner, demands }
    }
}

impl<S, B, R> Service<Request<B>> for VerifyService<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send,
    B: Body<Data: Send, Error: Into<BoxError>> + From<Bytes> + Send + Unpin + 'static,
    R: From<Bytes> + Send + 'static,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = ResponseFuture<R, S::Error>;

    /// Always ready: the inner service is driven to readiness once a delivery has earned it, so that an unverified, slow
    /// body can't hold one of the inner service's permits.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> ResponseFuture<R, S::Error> {
        let (inner, demands) = (self.inner.clone(), Arc::clone(&self.demands));
        ResponseFuture::new(pipeline::deliver(demands, inner, request))
    }
}

impl<S: fmt::Debug> fmt::Debug for VerifyService<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let provider = self.demands.provider.scheme().name;
        f.debug_struct("VerifyService")
            .field("inner", &self.inner)
            .field("provider", &provider)
            .finish_non_exhaustive()
    }
}
