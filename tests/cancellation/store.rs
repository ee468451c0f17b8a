//! A store that waits before and behind each step, and fails or says nothing as often as it is told to.

use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::task::yield_now;
use tower_webhook::store::{Claim, Held, Lease, MemoryStore, Retention, Store, StoreError, Ticket};
use tower_webhook::{Fingerprint, Key};

use crate::scene::{Scene, take};

pub(crate) struct SlowStore(pub(crate) MemoryStore, pub(crate) Scene);

impl Store for SlowStore {
    async fn claim(
        &self,
        key: &Key,
        print: &Fingerprint,
        lease: Lease,
        keep: Retention,
    ) -> Result<Claim, StoreError> {
        self.1.state().claims.fetch_add(1, Ordering::SeqCst);
        yield_now().await;
        self.1.keep_time();
        if take(&self.1.state().fail_claim) {
            return Err(StoreError::unavailable("away"));
        }
        let claim = self.0.claim(key, print, lease, keep).await;
        let won = matches!(claim, Ok(Claim::Won(_)));
        self.1.state().wins.fetch_add(usize::from(won), Ordering::SeqCst);
        yield_now().await;
        claim
    }

    async fn renew(&self, ticket: &Ticket, lease: Lease) -> Result<Held, StoreError> {
        yield_now().await;
        self.1.keep_time();
        if take(&self.1.state().fail_renew) {
            return Err(StoreError::unavailable("away"));
        }
        if take(&self.1.state().hang_renew) {
            pending::<()>().await;
        }
        let held = self.0.renew(ticket, lease).await;
        count(&held, &self.1.state().renewed);
        yield_now().await;
        held
    }

    async fn complete(&self, ticket: &Ticket, keep: Retention) -> Result<Held, StoreError> {
        yield_now().await;
        self.1.keep_time();
        if take(&self.1.state().fail_complete) {
            return Err(StoreError::unavailable("away"));
        }
        let held = self.0.complete(ticket, keep).await;
        count(&held, &self.1.state().completed);
        yield_now().await;
        held
    }

    async fn release(&self, ticket: &Ticket) -> Result<Held, StoreError> {
        yield_now().await;
        self.1.keep_time();
        let held = self.0.release(ticket).await;
        count(&held, &self.1.state().released);
        yield_now().await;
        held
    }

    async fn forget(&self, key: &Key) -> Result<bool, StoreError> {
        self.0.forget(key).await
    }
}

fn count(held: &Result<Held, StoreError>, counter: &AtomicUsize) {
    let yes = matches!(held, Ok(Held::Yes));
    counter.fetch_add(usize::from(yes), Ordering::SeqCst);
}
