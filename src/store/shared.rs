//! One store in several hands: behind an [`Arc`], or as [`AnyStore`] without its type.

use std::fmt;
use std::sync::Arc;

use super::erased::ErasedOperate;
use super::{Claim, Held, Lease, Operate, RecordCounts, RecordSummary, Retention, Store, StoreError, Ticket};
use crate::verified::{Fingerprint, Key};

impl<S: Store> Store for Arc<S> {
    async fn claim(
        &self,
        key: &Key,
        print: &Fingerprint,
        lease: Lease,
        keep: Retention,
    ) -> Result<Claim, StoreError> {
        S::claim(self, key, print, lease, keep).await
    }

    async fn renew(&self, ticket: &Ticket, lease: Lease) -> Result<Held, StoreError> {
        S::renew(self, ticket, lease).await
    }

    async fn complete(&self, ticket: &Ticket, keep: Retention) -> Result<Held, StoreError> {
        S::complete(self, ticket, keep).await
    }

    async fn release(&self, ticket: &Ticket) -> Result<Held, StoreError> {
        S::release(self, ticket).await
    }

    async fn forget(&self, key: &Key) -> Result<bool, StoreError> {
        S::forget(self, key).await
    }

    fn durable(&self) -> bool {
        S::durable(self)
    }
}

impl<S: Operate> Operate for Arc<S> {
    async fn inspect(&self, key: &Key) -> Result<Option<RecordSummary>, StoreError> {
        S::inspect(self, key).await
    }

    async fn purge_expired(&self) -> Result<u64, StoreError> {
        S::purge_expired(self).await
    }

    async fn counts(&self) -> Result<RecordCounts, StoreError> {
        S::counts(self).await
    }
}

/// Any store that an operator can look into, without its type: for a program that chooses its store when it starts. Clones are
/// the same store.
///
/// A [`DedupLayer`](crate::DedupLayer) has no type parameter, so it needs no `AnyStore`; a program does that hands the store on, to
/// the layer and to an admin page. Each verb costs an allocation.
///
/// ```
/// use tower_webhook::DedupLayer;
/// use tower_webhook::store::{AnyStore, MemoryStore, Operate, TieredStore};
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let setting = "tiered";
/// let store = match setting {
///     "memory" => AnyStore::new(MemoryStore::default()),
///     _ => AnyStore::new(TieredStore::new(MemoryStore::default())), // or Redis, or a database
/// };
/// let dedup = DedupLayer::new(store.clone());
/// assert_eq!(store.counts().await?.total(), 0);
/// # drop(dedup);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct AnyStore(Arc<dyn ErasedOperate>);

impl AnyStore {
    /// The same store, its type forgotten.
    pub fn new(store: impl Operate) -> Self {
        Self(Arc::new(store))
    }
}

impl Store for AnyStore {
    async fn claim(
        &self,
        key: &Key,
        print: &Fingerprint,
        lease: Lease,
        keep: Retention,
    ) -> Result<Claim, StoreError> {
        self.0.claim(key, print, lease, keep).await
    }

    async fn renew(&self, ticket: &Ticket, lease: Lease) -> Result<Held, StoreError> {
        self.0.renew(ticket, lease).await
    }

    async fn complete(&self, ticket: &Ticket, keep: Retention) -> Result<Held, StoreError> {
        self.0.complete(ticket, keep).await
    }

    async fn release(&self, ticket: &Ticket) -> Result<Held, StoreError> {
        self.0.release(ticket).await
    }

    async fn forget(&self, key: &Key) -> Result<bool, StoreError> {
        self.0.forget(key).await
    }

    fn durable(&self) -> bool {
        self.0.durable()
    }
}

impl Operate for AnyStore {
    async fn inspect(&self, key: &Key) -> Result<Option<RecordSummary>, StoreError> {
        self.0.inspect(key).await
    }

    async fn purge_expired(&self) -> Result<u64, StoreError> {
        self.0.purge_expired().await
    }

    async fn counts(&self) -> Result<RecordCounts, StoreError> {
        self.0.counts().await
    }
}

impl fmt::Debug for AnyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyStore")
            .field("durable", &Store::durable(self))
            .finish_non_exhaustive()
    }
}
