//! The embedded default: claims in this process's memory, bounded and expiring.

mod agenda;
mod archive;
mod builder;
mod digest;
mod ledger;
mod log;
mod operate;
mod record;
mod shelf;
pub(super) mod time;

use std::fmt;
use std::sync::Arc;

use crate::store::{Claim, Held, Lease, Retention, Store, StoreError, Ticket};
use crate::verified::{Fingerprint, Key};

pub use builder::MemoryStoreBuilder;
use ledger::Ledger;
use record::{Record, Wish};
use shelf::Shelf;
#[cfg(feature = "test-util")]
pub use time::ManualTime;
use time::Time;

/// Claims in this process's memory. Clones are cheap and share the records.
///
/// It needs no server and no feature, and it suits one process: a second process knows nothing of its claims, and a
/// restart forgets them all, so that an event which was processed before is processed again when its sender repeats it.
/// [`durable`](Store::durable) answers `false` for that reason. Take a store that outlives the process where a duplicate
/// does harm.
///
/// # What it holds
///
/// At most [`capacity`](MemoryStoreBuilder::capacity) records: about 80 bytes for a completed event, about 250 for one that is
/// not. A claim of a new event makes room where there is none, in this order:
///
/// 1. a record whose retention is over;
/// 2. the completed or released record that is nearest its end, counted by [`evicted_early`](Self::evicted_early):
///    a repeat of that event will run again;
/// 3. the claim whose lease is over, which nobody has taken up since and which is nearest its end, counted as well;
/// 4. where each record is a claim in flight, none: the claim fails with [`StoreErrorKind::Full`], the delivery is answered
///    with 503 and its sender tries again. A claim in flight is never dropped.
///
/// A store for 30,000 records or more divides its keys, and its capacity with them, into parts, so that threads seldom want
/// the same: 256 of them at most, of 15,000 records or more. The order above holds within a part, and since chance fills them
/// a little unevenly, the fullest makes room when the store is some 2 % short of its capacity.
///
/// Records past their retention are dropped a few at a time by the claims that follow in the same part, so that no claim ever
/// waits for a million of them. What it takes to find the record that is nearest its end grows with the number of different
/// retentions, which are as many as there are senders.
///
/// # Example
///
/// Keep a clone to have an event processed once more:
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// use tower_webhook::store::{MemoryStore, Store};
/// use tower_webhook::Key;
///
/// let store = MemoryStore::default();
/// let operator = store.clone();       // the store itself goes to the layer
///
/// let known = operator.forget(&Key::from_bytes([7; 32])).await?;
/// assert!(!known);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [`StoreErrorKind::Full`]: crate::store::StoreErrorKind::Full
#[derive(Clone)]
pub struct MemoryStore(Arc<Inner>);

struct Inner {
    shelf: Shelf,
    /// The store's own, monotonic: a change of the host's clock moves no lease.
    time: Time,
}

impl MemoryStore {
    /// A store with settings of your own.
    pub fn builder() -> MemoryStoreBuilder {
        MemoryStoreBuilder::default()
    }

    fn new(capacity: usize, time: Time) -> Self {
        Self(Arc::new(Inner {
            shelf: Shelf::new(capacity),
            time,
        }))
    }

    /// The verbs as they are: done at once. The layers call them so, without a future for each.
    pub(in crate::store) fn claim_now(
        &self,
        key: &Key,
        print: &Fingerprint,
        lease: Lease,
        keep: Retention,
    ) -> Result<Claim, StoreError> {
        let now = self.0.time.now();
        let wish = Wish {
            key,
            print,
            lease,
            keep,
            now,
        };
        self.0
            .shelf
            .step(key, |ledger, digest| ledger.claim(digest, wish))
    }

    pub(in crate::store) fn renew_now(&self, ticket: &Ticket, lease: Lease) -> Held {
        let now = self.0.time.now();
        let renew = |record: &mut Record| record.renew(ticket, lease, now);
        let step = |ledger: &mut Ledger, digest| ledger.step(digest, now, renew);
        self.0.shelf.step(ticket.key(), step)
    }

    pub(in crate::store) fn complete_now(&self, ticket: &Ticket, keep: Retention) -> Held {
        let now = self.0.time.now();
        let complete = |ledger: &mut Ledger, digest| ledger.complete(digest, ticket, keep, now);
        self.0.shelf.step(ticket.key(), complete)
    }

    pub(in crate::store) fn release_now(&self, ticket: &Ticket) -> Held {
        let now = self.0.time.now();
        let release = |record: &mut Record| record.release(ticket, now);
        let step = |ledger: &mut Ledger, digest| ledger.step(digest, now, release);
        self.0.shelf.step(ticket.key(), step)
    }

    /// How many records there are, those included whose retention is over and which have not been dropped yet.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.shelf.len()
    }

    /// Whether there is no record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many records there can be.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.0.shelf.capacity()
    }

    /// How many records were dropped before their retention was over, since the store was made. When it rises, the
    /// capacity is too small for the retention and duplicates may run again.
    #[must_use]
    pub fn evicted_early(&self) -> u64 {
        self.0.shelf.evicted_early()
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new(builder::DEFAULT_CAPACITY, Time::default())
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore")
            .field("len", &self.len())
            .field("capacity", &self.capacity())
            .finish_non_exhaustive()
    }
}

impl Store for MemoryStore {
    async fn claim(
        &self,
        key: &Key,
        fingerprint: &Fingerprint,
        lease: Lease,
        keep: Retention,
    ) -> Result<Claim, StoreError> {
        self.claim_now(key, fingerprint, lease, keep)
    }

    async fn renew(&self, ticket: &Ticket, lease: Lease) -> Result<Held, StoreError> {
        Ok(self.renew_now(ticket, lease))
    }

    async fn complete(&self, ticket: &Ticket, keep: Retention) -> Result<Held, StoreError> {
        Ok(self.complete_now(ticket, keep))
    }

    async fn release(&self, ticket: &Ticket) -> Result<Held, StoreError> {
        Ok(self.release_now(ticket))
    }

    async fn forget(&self, key: &Key) -> Result<bool, StoreError> {
        let now = self.0.time.now();
        Ok(self
            .0
            .shelf
            .step(key, |ledger, digest| ledger.forget(digest, now)))
    }

    fn durable(&self) -> bool {
        false
    }
}
