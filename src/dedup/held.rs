//! A claim that is held: renewed while the handler runs, settled exactly once.

use std::future::{Future, pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};

use super::attempt::{Attempt, Loss};
use super::layer::Rules;
use super::running::Running;
use crate::store::{Held as StillHeld, Retention, StoreError, Ticket};
use crate::telemetry;
use crate::verified::Key;

/// A won claim. Cloned only once it is settled. Dropped without a settlement (its task was cancelled, so the handler runs no more) it is released.
#[derive(Clone)]
pub(super) struct Held {
    rules: Arc<Rules>,
    ticket: Ticket,
    provider: &'static str,
    ends: Instant,
    loss: Arc<Loss>,
    settled: bool,
}

/// The handler panicked.
pub(super) struct Panicked;

impl Held {
    pub(super) fn new(rules: Arc<Rules>, ticket: Ticket, provider: &'static str, claimed: Instant) -> Self {
        let ends = claimed + rules.lease.duration();
        Self {
            rules,
            ticket,
            provider,
            ends,
            loss: Arc::default(),
            settled: false,
        }
    }

    /// The event's key.
    pub(super) fn key(&self) -> &Key {
        self.ticket.key()
    }

    /// Which attempt it is, from 1.
    pub(super) fn number(&self) -> u32 {
        self.ticket.attempt()
    }

    pub(super) fn attempt(&self) -> Attempt {
        Attempt::new(&self.ticket, Arc::clone(&self.loss))
    }

    /// Runs the handler and renews the lease beside it, for as long as it takes.
    pub(super) async fn keep_while<F: Future>(
        &mut self,
        mut handler: Pin<&mut F>,
    ) -> Result<F::Output, Panicked> {
        let event = Running {
            provider: self.provider,
            key: *self.key(),
        };
        let (mut lease, mut renewal) = (Some(self), None);
        poll_fn(|context| {
            let step = || event.during(|| handler.as_mut().poll(context));
            match catch_unwind(AssertUnwindSafe(step)) {
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

    /// Renews the lease at each third of it, and when it ends before that, since the store's last answer was slow; until it is lost.
    async fn keep(&mut self) {
        let third = self.rules.lease.duration() / 3;
        let mut wait = third;
        loop {
            sleep_until(self.ends.min(Instant::now() + wait)).await;
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
        let answer = self.rules.store.renew(&self.ticket, self.rules.lease);
        let held = if asked < self.ends {
            let in_time = timeout_at(self.ends, answer).await;
            in_time.unwrap_or_else(|_| Err(StoreError::timed_out()))?
        } else {
            answer.await?
        };
        if held == StillHeld::Yes {
            self.ends = asked + self.rules.lease.duration();
        }
        Ok(held)
    }

    /// Marks the event as done. When the store fails, the handler's success stands and the mark is tried again until the
    /// lease ends.
    pub(super) async fn complete(&mut self, keep: Retention) {
        self.settled = true;
        match self.rules.store.complete(&self.ticket, keep).await {
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
            match self.rules.store.complete(&self.ticket, keep).await {
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
        match self.rules.store.release(&self.ticket).await {
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
            let (rules, ticket) = (Arc::clone(&self.rules), self.ticket.clone());
            drop(runtime.spawn(async move { drop(rules.store.release(&ticket).await) }));
        }
    }
}

const FIRST_RETRY: Duration = Duration::from_millis(100);
const LAST_RETRY: Duration = Duration::from_secs(5);
