//! Any store behind one pointer, with its panics and its silences turned into errors.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use super::{
    Claim, Held, Lease, MemoryStore, Operate, RecordCounts, RecordSummary, Retention, Store, StoreError,
    Ticket,
};
use crate::deadline::within;
use crate::verified::{Fingerprint, Key};

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// A [`Store`] without its type.
pub(crate) trait ErasedStore: Send + Sync {
    fn claim<'a>(
        &'a self,
        key: &'a Key,
        print: &'a Fingerprint,
        lease: Lease,
        keep: Retention,
    ) -> Answer<'a, Claim>;
    fn renew<'a>(&'a self, ticket: &'a Ticket, lease: Lease) -> Answer<'a, Held>;
    fn complete<'a>(&'a self, ticket: &'a Ticket, keep: Retention) -> Answer<'a, Held>;
    fn release<'a>(&'a self, ticket: &'a Ticket) -> Answer<'a, Held>;
}

impl<S: Store> ErasedStore for S {
    fn claim<'a>(
        &'a self,
        key: &'a Key,
        print: &'a Fingerprint,
        lease: Lease,
        keep: Retention,
    ) -> Answer<'a, Claim> {
        Box::pin(Store::claim(self, key, print, lease, keep))
    }

    fn renew<'a>(&'a self, ticket: &'a Ticket, lease: Lease) -> Answer<'a, Held> {
        Box::pin(Store::renew(self, ticket, lease))
    }

    fn complete<'a>(&'a self, ticket: &'a Ticket, keep: Retention) -> Answer<'a, Held> {
        Box::pin(Store::complete(self, ticket, keep))
    }

    fn release<'a>(&'a self, ticket: &'a Ticket) -> Answer<'a, Held> {
        Box::pin(Store::release(self, ticket))
    }
}

/// A store with the operator's verbs, without its type.
pub(super) trait ErasedOperate: ErasedStore {
    fn forget<'a>(&'a self, key: &'a Key) -> Answer<'a, bool>;
    fn inspect<'a>(&'a self, key: &'a Key) -> Answer<'a, Option<RecordSummary>>;
    fn purge_expired(&self) -> Answer<'_, u64>;
    fn counts(&self) -> Answer<'_, RecordCounts>;
    fn durable(&self) -> bool;
}

impl<S: Operate> ErasedOperate for S {
    fn forget<'a>(&'a self, key: &'a Key) -> Answer<'a, bool> {
        Box::pin(Store::forget(self, key))
    }

    fn inspect<'a>(&'a self, key: &'a Key) -> Answer<'a, Option<RecordSummary>> {
        Box::pin(Operate::inspect(self, key))
    }

    fn purge_expired(&self) -> Answer<'_, u64> {
        Box::pin(Operate::purge_expired(self))
    }

    fn counts(&self) -> Answer<'_, RecordCounts> {
        Box::pin(Operate::counts(self))
    }

    fn durable(&self) -> bool {
        Store::durable(self)
    }
}

/// A store whose type is known no longer. The memory store is kept as what it is: it is the common one, and its answers, which
/// are there at once, cost no future.
#[derive(Clone)]
enum Kept {
    Memory(MemoryStore),
    Other(Arc<dyn ErasedStore>),
}

impl Kept {
    fn new<S: Store>(store: S) -> Self {
        let mut store = Some(store);
        let memory = (&mut store as &mut dyn Any)
            .downcast_mut::<Option<MemoryStore>>()
            .and_then(Option::take);
        match memory {
            Some(memory) => Self::Memory(memory),
            None => Self::Other(Arc::new(store.expect("only a memory store is taken out"))),
        }
    }
}

/// The store as the layer calls it: each verb answers within the time limit, whatever the store does.
#[derive(Clone)]
pub(crate) struct Guarded {
    store: Kept,
    limit: Duration,
}

impl Guarded {
    pub(crate) fn new(store: impl Store, limit: Duration) -> Self {
        Self {
            store: Kept::new(store),
            limit,
        }
    }

    pub(crate) fn with_limit(&self, limit: Duration) -> Self {
        Self {
            store: self.store.clone(),
            limit,
        }
    }

    pub(crate) async fn claim(
        &self,
        key: &Key,
        print: &Fingerprint,
        lease: Lease,
        keep: Retention,
    ) -> Result<Claim, StoreError> {
        match &self.store {
            Kept::Memory(store) => caught(|| store.claim_now(key, print, lease, keep)),
            Kept::Other(store) => {
                self.guard(caught(|| Ok(store.claim(key, print, lease, keep))))
                    .await
            }
        }
    }

    pub(crate) async fn renew(&self, ticket: &Ticket, lease: Lease) -> Result<Held, StoreError> {
        match &self.store {
            Kept::Memory(store) => caught(|| Ok(store.renew_now(ticket, lease))),
            Kept::Other(store) => self.guard(caught(|| Ok(store.renew(ticket, lease)))).await,
        }
    }

    pub(crate) async fn complete(&self, ticket: &Ticket, keep: Retention) -> Result<Held, StoreError> {
        match &self.store {
            Kept::Memory(store) => caught(|| Ok(store.complete_now(ticket, keep))),
            Kept::Other(store) => self.guard(caught(|| Ok(store.complete(ticket, keep)))).await,
        }
    }

    pub(crate) async fn release(&self, ticket: &Ticket) -> Result<Held, StoreError> {
        match &self.store {
            Kept::Memory(store) => caught(|| Ok(store.release_now(ticket))),
            Kept::Other(store) => self.guard(caught(|| Ok(store.release(ticket)))).await,
        }
    }

    /// The answer that is asked for, if it was, within the time limit and without its panics.
    async fn guard<T>(&self, asked: Result<Answer<'_, T>, StoreError>) -> Result<T, StoreError> {
        let mut answer = asked?;
        let mut caught = poll_fn(|context| match caught(|| Ok(answer.as_mut().poll(context))) {
            Ok(polled) => polled,
            Err(panicked) => Poll::Ready(Err(panicked)),
        });
        within(self.limit, Pin::new(&mut caught))
            .await
            .unwrap_or_else(|| Err(StoreError::timed_out()))
    }
}

/// A panic of the store is the store's error.
fn caught<T>(step: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(step)).unwrap_or_else(|_| Err(StoreError::panicked()))
}
