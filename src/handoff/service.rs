//! The service at the end of the stack: stores, then answers.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use tower_service::Service;

use super::envelope::Envelope;
use super::queue::{ErasedQueue, Queue};
use crate::dedup::{Attempt, Outcome};
use crate::error::BoxError;
use crate::rejection::{Reason, Rejection};
use crate::telemetry;
use crate::verified::Verified;

/// Hands each event to a queue and answers once it is taken. See the [module docs](super).
#[derive(Clone)]
pub struct HandOff {
    queue: Arc<dyn ErasedQueue>,
}

impl HandOff {
    /// Hands events to this queue.
    pub fn new(queue: impl Queue) -> Self {
        if !queue.durable() {
            telemetry::inform(
                "queue",
                "the queue forgets on restart: events it has taken and not worked off are then lost",
            );
        }
        Self {
            queue: Arc::new(queue),
        }
    }
}

impl<B: From<Bytes> + 'static> Service<Request<B>> for HandOff {
    type Response = Response<B>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<B>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let version = request.version();
        let attempt = request.extensions().get::<Attempt>();
        let event = request
            .extensions()
            .get::<Verified>()
            .map(|proof| Envelope::new(proof.clone(), attempt));
        let queue = Arc::clone(&self.queue);
        Box::pin(async move {
            let Some(event) = event else {
                let advice: BoxError = "apply a `VerifyLayer` in front of the `HandOff`".into();
                let rejection = Rejection::new(Reason::LayerMissing);
                telemetry::rejected("unknown", &rejection, Some(&*advice));
                return Ok(rejection.into_response(version));
            };
            let outcome = Outcome::from(queue.enqueue(event).await);
            Ok(outcome.into_response())
        })
    }
}

impl fmt::Debug for HandOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HandOff")
    }
}
