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
use crate::rejection::Rejection;
use crate::telemetry;
use crate::verified::Verified;

/// Hands each event to a queue and answers once it is taken. See the [module docs](super).
#[derive(Clone)]
pub struct HandOff {
    queue: Arc<dyn ErasedQueue>,
    unsigned: bool,
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
            unsigned: false,
        }
    }

    /// Hands on events of senders whose signature does not cover them, too: see [`UnsignedBody`](crate::UnsignedBody). Without
    /// it they are answered with 500.
    #[must_use]
    pub fn danger_unsigned_bodies(mut self) -> Self {
        self.unsigned = true;
        self
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
        let event = Verified::admitted(request.extensions(), self.unsigned)
            .map(|proof| Envelope::new(proof.clone(), attempt));
        let queue = Arc::clone(&self.queue);
        Box::pin(async move {
            match event {
                Ok(event) => Ok(Outcome::from(queue.enqueue(event).await).into_response()),
                Err((reason, advice)) => {
                    let rejection = Rejection::new(reason);
                    telemetry::rejected("unknown", &rejection, Some(&*BoxError::from(advice)));
                    Ok(rejection.into_response(version))
                }
            }
        })
    }
}

impl fmt::Debug for HandOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HandOff")
    }
}
