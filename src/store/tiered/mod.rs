//! A small memory in front of any store: duplicates of a completed event are answered without a round trip.

mod builder;
mod front;

use std::fmt;
use std::sync::Arc;

use super::memory::time::Time;
use super::{Claim, Held, Lease, Operate, RecordCounts, RecordSummary, Retention, Store, StoreError, Ticket};
use crate::verified::{Fingerprint, Key};
pub use builder::TieredStoreBuilder;
use front::{Front, Known};

/// Any store, with a bounded memory of this process in front of it. Clones share both.
///
/// What the front knows to be completed it answers by itself; everything else goes to the store. A flood of one repeated
/// delivery then costs the database nothing.
///
/// ```
/// use tower_webhook::DedupLayer;
/// use tower_webhook::store::{MemoryStore, TieredStore};
///
/// let database = MemoryStore::default(); // any other store
/// let dedup = DedupLayer::new(TieredStore::new(database));
/// ```
///
/// # What it answers
///
/// Only "done", and only for the content that was completed: other content under the same id goes to the store, which raises
/// the alarm. It learns that an event is done by completing it, or from the store's own answer.
///
/// # What it costs
///
/// The front doesn't hear what other processes do. When an operator [forgets](Store::forget) an event through another process,
/// this one goes on answering "done" until it has [remembered](TieredStoreBuilder::remember) the event for its time, 10 seconds
/// unless you choose another. The same holds when an event's retention ends that another process completed. A forget
/// through this store or a clone of it works at once.
pub struct TieredStore<S> {
    inner: Arc<Inner<S>>,
}

struct Inner<S> {
    store: S,
    front: Front,
    time: Time,
}

impl<S: Store> TieredStore<S> {
    /// A front of 100,000 events that remembers each for 10 seconds.
    pub fn new(store: S) -> Self {
        TieredStoreBuilder::new(store).make()
    }

    /// A front with settings of your own.
    pub fn builder(store: S) -> TieredStoreBuilder<S> {
        TieredStoreBuilder::new(store)
    }

    fn with(store: S, front: Front, time: Time) -> Self {
        Self {
            inner: Arc::new(Inner { store, front, time }),
        }
    }

    /// The store behind the front.
    #[must_use]
    pub fn store(&self) -> &S {
        &self.inner.store
    }

    /// How many claims the front has answered by itself, since the store was made.
    #[must_use]
    pub fn answered(&self) -> u64 {
        self.inner.front.answered()
    }

    /// How many events the front remembers, those included that it will not answer for any more.
    #[must_use]
    pub fn remembered(&self) -> usize {
        self.inner.front.len()
    }
}

impl<S: Store> Store for TieredStore<S> {
    async fn claim(
        &self,
        key: &Key,
        fingerprint: &Fingerprint,
        lease: Lease,
        keep: Retention,
    ) -> Result<Claim, StoreError> {
        let Inner { store, front, time } = &*self.inner;
        let asked = time.now();
        if front.knows_done(key, fingerprint, asked) {
            return Ok(Claim::Done);
        }
        let page = front.page();
        let claim = store.claim(key, fingerprint, lease, keep).await?;
        let known = match &claim {
            Claim::Won(ticket) => Known::Claimed(ticket.fence()),
            Claim::Done => Known::Done,
            Claim::InFlight { .. } | Claim::Conflict => return Ok(claim),
        };
        front.learn(page, key, fingerprint, known, asked, keep);
        Ok(claim)
    }

    async fn renew(&self, ticket: &Ticket, lease: Lease) -> Result<Held, StoreError> {
        self.inner.store.renew(ticket, lease).await
    }

    async fn complete(&self, ticket: &Ticket, keep: Retention) -> Result<Held, StoreError> {
        let Inner { store, front, time } = &*self.inner;
        // The time before the store is asked: its own retention can't end sooner.
        let (asked, page) = (time.now(), front.page());
        let held = store.complete(ticket, keep).await?;
        if held == Held::Yes {
            front.complete(page, ticket, asked, keep);
        }
        Ok(held)
    }

    async fn release(&self, ticket: &Ticket) -> Result<Held, StoreError> {
        self.inner.store.release(ticket).await
    }

    async fn forget(&self, key: &Key) -> Result<bool, StoreError> {
        // Before, so that nothing is answered from what is about to go; and after, so that nothing that was asked before stays.
        self.inner.front.forget(key);
        let forgotten = self.inner.store.forget(key).await;
        self.inner.front.forget(key);
        forgotten
    }

    fn durable(&self) -> bool {
        self.inner.store.durable()
    }
}

impl<S: Operate> Operate for TieredStore<S> {
    async fn inspect(&self, key: &Key) -> Result<Option<RecordSummary>, StoreError> {
        self.inner.store.inspect(key).await
    }

    async fn purge_expired(&self) -> Result<u64, StoreError> {
        self.inner.store.purge_expired().await
    }

    async fn counts(&self) -> Result<RecordCounts, StoreError> {
        self.inner.store.counts().await
    }
}

impl<S> Clone for TieredStore<S> {
    fn clone(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
        }
    }
}

impl<S: fmt::Debug> fmt::Debug for TieredStore<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TieredStore")
            .field("store", &self.inner.store)
            .field("remembered", &self.inner.front.len())
            .finish_non_exhaustive()
    }
}
