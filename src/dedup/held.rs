//! A claim that is held: renewed while the handler runs, settled exactly once.

use std::future::{Future, pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};

use super::attempt::{Attempt, Loss};
use crate::store::{Guarded, Held as StillHeld, Lease, Retention, StoreError, Ticket};
use crate::telemetry;

/// A won claim. Cloned only once it is settled. Dropped without a settlement (its task was cancelled, so the handler runs no more) it is released.
#[derive(Clone)]
pub(super) struct Held {
    store: Guarded,
    ticket: Ticket,
    lease: Lease,
    provider: &'static str,
    ends: Instant,
    loss: Arc<Loss>,
    settled: bool,
}

/// The handler panicked.
pub(super) struct Panicked;

impl Held {
    pub(super) fn new(
        store: Guarded,
        ticket: Ticket,
        lease: Lease,
        provider: &'static str,
        claimed: Instant,
    ) -> Self {
        let ends = claimed + lease.duration();
        Self {
            store,
            ticket,
            lease,
            provider,
            ends,
            loss: Arc::default(),
            settled: false,
        }
    }

    pub(super) fn attempt(&self) -> Attempt {
        Attempt::new(&self.ticket, Arc::clone(&self.loss))
    }

    /// Runs the handler and renews the lease beside it, for as long as it takes.
    pub(super) async fn keep_while<F: Future>(&mut self, handler: F) -> Result<F::Output, Panicked> {
        let mut handler = pin!(handler);
        let (mut lease, mut renewal) = (Some(self), None);
        poll_fn(|context| {
            match catch_unwind(AssertUnwindSafe(|| handler.as_mut().poll(context))) {
                Ok(Poll::Ready(output)) => return Poll::Ready(Ok(output)),
                Ok(Poll::Pending) => {}
                Err(_) => return Poll::Ready(Err(Panicked)),
            }
            // Made only beside a handler that has to wait.
            renewal = renewal.take().or_else(|| Some(Box::pin(lease.take()?.keep())));
            if let Some(renewal) = &mut renewal {
                let _: Poll<()> = renewal.as_mut().poll(context);
            }
            Poll::Pending
        })
        .await
    }

    /// Renews the lease at each third of it, until it is lost.
    async fn keep(&mut self) {
        let third = self.lease.duration() / 3;
        let mut wait = third;
        loop {
            sleep(wait).await;
            wait = match self.renew().await {
                Ok(StillHeld::Yes) => third,
                Ok(StillHeld::Lost) => break,
                Err(error) => {
                    telemetry::settle_failed(self.provider, "renew", Some(&error));
                    let pause = third / 4;
                    if Instant::now() + pause >= self.ends {
                        sleep_until(self.ends).await;
                        break;
                    }
                    pause
                }
            };
        }
        telemetry::lease_lost(self.provider, self.ticket.key());
        self.loss.tell();
        pending::<()>().await;
    }

    /// Renews the lease once. Whoever has not answered when it ends is not waited for: somebody else may begin then, and the
    /// handler must hear of it. When it is over already, after a pause of the whole process, asking is all that is left.
    async fn renew(&mut self) -> Result<StillHeld, StoreError> {
        let asked = Instant::now();
        let answer = self.store.renew(&self.ticket, self.lease);
        let held = if asked < self.ends {
            let in_time = timeout_at(self.ends, answer).await;
            in_time.unwrap_or_else(|_| Err(StoreError::timed_out()))?
        } else {
            answer.await?
        };
        if held == StillHeld::Yes {
            self.ends = asked + self.lease.duration();
        }
        Ok(held)
    }

    /// Marks the event as done. When the store fails, the handler's success stands and the mark is tried again until the
    /// lease ends.
    pub(super) async fn complete(&mut self, keep: Retention) {
        self.settled = true;
        match self.store.complete(&self.ticket, keep).await {
            Ok(StillHeld::Yes) => {}
            Ok(StillHeld::Lost) => telemetry::lease_lost(self.provider, self.ticket.key()),
            Err(error) => {
                telemetry::settle_failed(self.provider, "complete", Some(&error));
                if let Ok(runtime) = Handle::try_current() {
                    drop(runtime.spawn(self.clone().complete_later(keep)));
                }
            }
        }
    }

    async fn complete_later(self, keep: Retention) {
        let mut wait = FIRST_RETRY;
        while Instant::now() + wait < self.ends {
            sleep(wait).await;
            match self.store.complete(&self.ticket, keep).await {
                Ok(StillHeld::Yes) => return,
                Ok(StillHeld::Lost) => return telemetry::lease_lost(self.provider, self.ticket.key()),
                Err(error) => telemetry::settle_failed(self.provider, "complete", Some(&error)),
            }
            wait = (wait * 2).min(LAST_RETRY);
        }
    }

    /// Gives the event back for the next try. When the store fails, the lease's end does the same.
    pub(super) async fn release(&mut self) {
        self.settled = true;
        match self.store.release(&self.ticket).await {
            Ok(StillHeld::Yes) => {}
            Ok(StillHeld::Lost) => telemetry::lease_lost(self.provider, self.ticket.key()),
            Err(error) => telemetry::settle_failed(self.provider, "release", Some(&error)),
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if self.settled {
            return;
        }
        if let Ok(runtime) = Handle::try_current() {
            let (store, ticket) = (self.store.clone(), self.ticket.clone());
            drop(runtime.spawn(async move { drop(store.release(&ticket).await) }));
        }
    }
}

const FIRST_RETRY: Duration = Duration::from_millis(100);
const LAST_RETRY: Duration = Duration::from_secs(5);
