//! What takes events to work on later.

use std::future::Future;
use std::pin::Pin;

use tokio::sync::mpsc;

use super::envelope::Envelope;
use crate::error::BoxError;

/// A queue that events are handed to.
pub trait Queue: Send + Sync + 'static {
    /// Takes the event: the answer is `Ok` only once the queue will not lose it any more, as far as it promises that at all.
    ///
    /// # Errors
    ///
    /// When the event was not taken, or may not have been: the sender is told to try again.
    fn enqueue(&self, event: Envelope) -> impl Future<Output = Result<(), BoxError>> + Send;

    /// Whether what the queue has taken survives this process; said in the log when the [`HandOff`](super::HandOff) is built.
    fn durable(&self) -> bool {
        true
    }
}

impl Queue for mpsc::Sender<Envelope> {
    /// Does not wait for room: a full channel is told to the sender, who keeps the event better than this process does.
    async fn enqueue(&self, event: Envelope) -> Result<(), BoxError> {
        self.try_send(event).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => {
                "the channel is full; its worker is slower than the sender".into()
            }
            mpsc::error::TrySendError::Closed(_) => "the channel is closed; its worker has ended".into(),
        })
    }

    fn durable(&self) -> bool {
        false
    }
}

type Taken<'a> = Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send + 'a>>;

/// A [`Queue`] without its type.
pub(super) trait ErasedQueue: Send + Sync {
    fn enqueue(&self, event: Envelope) -> Taken<'_>;
}

impl<Q: Queue> ErasedQueue for Q {
    fn enqueue(&self, event: Envelope) -> Taken<'_> {
        Box::pin(Queue::enqueue(self, event))
    }
}
