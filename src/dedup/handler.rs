//! The handler behind the layer, with the request that it gets once it is ready.

use std::future::poll_fn;

use http::{Request, Version};
use tower_service::Service;

use super::attempt::Attempt;
use crate::verified::Verified;

/// One place for both, which the steps of the pipeline borrow: each step that owned the request would keep room for it.
pub(super) struct Handler<S, B> {
    inner: S,
    request: Option<Request<B>>,
}

impl<S, B> Handler<S, B> {
    pub(super) fn new(inner: S, request: Request<B>) -> Self {
        Self {
            inner,
            request: Some(request),
        }
    }

    pub(super) fn version(&self) -> Version {
        self.request
            .as_ref()
            .map_or_else(Version::default, Request::version)
    }

    /// What the verify room learnt of the request.
    pub(super) fn delivery(&self) -> Option<Verified> {
        Verified::of(self.request.as_ref()?.extensions()).cloned()
    }

    /// Lets the handler know which attempt it is.
    pub(super) fn tell(&mut self, attempt: Attempt) {
        if let Some(request) = &mut self.request {
            request.extensions_mut().insert(attempt);
        }
    }

    /// Runs the handler, once it is ready.
    pub(super) async fn call(&mut self) -> Result<S::Response, S::Error>
    where
        S: Service<Request<B>>,
    {
        poll_fn(|context| self.inner.poll_ready(context)).await?;
        let request = self.request.take().expect("the pipeline calls its handler once");
        self.inner.call(request).await
    }
}
