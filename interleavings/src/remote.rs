//! The memory store as others see it from afar: slow, failing or silent, and each answer written down.

use std::future::{Future, pending, poll_fn};
use std::pin::pin;
use std::time::Duration;

use shuttle::rand::{Rng, thread_rng};
use tokio::time::{Instant, sleep};
use tower_webhook::store::{Claim, Held, Lease, MemoryStore, Retention, Store, StoreError, Ticket};
use tower_webhook::{Fingerprint, Key};

use crate::ledger::{Ledger, Verb};
use crate::tended::LEASE;

/// How many ways to the store or back, of a hundred, are so.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ways {
    pub slow: u32,
    pub failing: u32,
    pub silent: u32,
}

#[derive(Debug, Clone)]
pub struct Remote {
    pub store: MemoryStore,
    pub ledger: Ledger,
    pub to_claim: Ways,
    pub to_renew: Ways,
    pub to_settle: Ways,
}

impl Ways {
    async fn pass(self) -> Result<(), StoreError> {
        let chance = thread_rng().gen_range(0..100);
        if chance < self.silent {
            pending::<()>().await;
        } else if chance < self.silent + self.failing {
            return Err(StoreError::unavailable("away"));
        } else if chance < self.silent + self.failing + self.slow {
            let most = LEASE.as_secs();
            sleep(Duration::from_secs(thread_rng().gen_range(1..most))).await;
        }
        Ok(())
    }
}

impl Remote {
    async fn renews(&self, ticket: &Ticket, lease: Lease) -> Result<Held, StoreError> {
        self.to_renew.pass().await?;
        let held = self.store.renew(ticket, lease).await;
        self.to_renew.pass().await?;
        held
    }

    async fn settles(&self, ticket: &Ticket, verb: Verb, keep: Retention) -> Result<Held, StoreError> {
        let was_old = self.ledger.asks_to_settle(ticket.fence(), verb);
        let ledger = self.ledger.clone();
        let fence = ticket.fence();
        let noted = Noted::new(move |answer| ledger.settlement_ends(fence, verb, answer));
        let settled = async {
            self.to_settle.pass().await?;
            let held = match verb {
                Verb::Complete => self.store.complete(ticket, keep).await?,
                Verb::Release => self.store.release(ticket).await?,
            };
            if held == Held::Yes {
                self.ledger.is_settled(fence, was_old, verb);
            }
            self.to_settle.pass().await?;
            Ok(held)
        };
        noted.answer(settled.await)
    }
}

impl Store for Remote {
    async fn claim(
        &self,
        key: &Key,
        print: &Fingerprint,
        lease: Lease,
        keep: Retention,
    ) -> Result<Claim, StoreError> {
        let asked = Instant::now();
        self.to_claim.pass().await?;
        let claim = self.store.claim(key, print, lease, keep).await;
        if let Ok(Claim::Won(ticket)) = &claim {
            self.ledger.wins(ticket, asked);
        }
        self.to_claim.pass().await?;
        claim
    }

    async fn renew(&self, ticket: &Ticket, lease: Lease) -> Result<Held, StoreError> {
        let fence = ticket.fence();
        let was_old = self.ledger.asks_to_renew(fence);
        let ledger = self.ledger.clone();
        let noted = Noted::new(move |answer| ledger.renewal_ends(fence, was_old, answer));
        let mut renewed = pin!(self.renews(ticket, lease));
        let renewed = poll_fn(|context| {
            let polled = renewed.as_mut().poll(context);
            if polled.is_pending() {
                self.ledger.renewal_waits(fence);
            }
            polled
        });
        noted.answer(renewed.await)
    }

    async fn complete(&self, ticket: &Ticket, keep: Retention) -> Result<Held, StoreError> {
        self.settles(ticket, Verb::Complete, keep).await
    }

    async fn release(&self, ticket: &Ticket) -> Result<Held, StoreError> {
        self.settles(ticket, Verb::Release, Retention::new(LEASE)).await
    }

    async fn forget(&self, key: &Key) -> Result<bool, StoreError> {
        self.store.forget(key).await
    }
}

/// Notes an answer when it is given, or that nobody waits for it any more.
struct Noted<N: FnMut(Option<&Result<Held, StoreError>>)> {
    note: N,
    given: bool,
}

impl<N: FnMut(Option<&Result<Held, StoreError>>)> Noted<N> {
    fn new(note: N) -> Self {
        Self { note, given: false }
    }

    fn answer(mut self, answer: Result<Held, StoreError>) -> Result<Held, StoreError> {
        self.given = true;
        (self.note)(Some(&answer));
        answer
    }
}

impl<N: FnMut(Option<&Result<Held, StoreError>>)> Drop for Noted<N> {
    fn drop(&mut self) {
        if !self.given && !std::thread::panicking() {
            (self.note)(None);
        }
    }
}
