//! The service's future: when it is dropped half-way, its work goes on without it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::Response;
use tokio::runtime::Handle;

type Steps<R, E> = Pin<Box<dyn Future<Output = Result<Response<R>, E>> + Send>>;

/// The response of a [`DedupService`](super::DedupService).
///
/// A server drops it when the client hangs up. The work it has begun is then given to the Tokio runtime, so that a
/// handler is never cut off half-way: it runs to its end and settles its claim.
#[must_use = "futures do nothing unless polled"]
pub struct ResponseFuture<R, E>
where
    R: Send + 'static,
    E: Send + 'static,
{
    steps: Option<Steps<R, E>>,
    begun_on: Option<Handle>,
}

impl<R: Send, E: Send> ResponseFuture<R, E> {
    pub(super) fn new(steps: impl Future<Output = Result<Response<R>, E>> + Send + 'static) -> Self {
        Self {
            steps: Some(Box::pin(steps)),
            begun_on: None,
        }
    }
}

impl<R: Send, E: Send> Future for ResponseFuture<R, E> {
    type Output = Result<Response<R>, E>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // Out of their place while they run: those that panic can't go on, and are not handed over.
        let Some(mut steps) = self.steps.take() else {
            return Poll::Pending;
        };
        let polled = steps.as_mut().poll(context);
        if polled.is_pending() {
            self.steps = Some(steps);
            if self.begun_on.is_none() {
                self.begun_on = Handle::try_current().ok();
            }
        }
        polled
    }
}

impl<R: Send + 'static, E: Send + 'static> Drop for ResponseFuture<R, E> {
    fn drop(&mut self) {
        // What was never polled has claimed nothing and may go.
        if let (Some(steps), Some(runtime)) = (self.steps.take(), self.begun_on.take()) {
            drop(runtime.spawn(async move { drop(steps.await) }));
        }
    }
}

impl<R: Send, E: Send> fmt::Debug for ResponseFuture<R, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResponseFuture")
    }
}
