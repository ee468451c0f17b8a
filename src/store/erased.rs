//! Any store behind one pointer, with its panics and its silences turned into errors.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use super::{Claim, Held, Lease, MemoryStore, Retention, Store, StoreError, Ticket};
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

/// A store whose type is known no longer. The memory store is kept as what it is: it is the common one, and its answers cost no
/// box.
#[derive(Clone)]
enum AnyStore {
    Memory(MemoryStore),
    Other(Arc<dyn ErasedStore>),
}

impl AnyStore {
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
    store: AnyStore,
    limit: Duration,
}

impl Guarded {
    pub(crate) fn new(store: impl Store, limit: Duration) -> Self {
        Self {
            store: AnyStore::new(store),
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
            AnyStore::Memory(store) => self.guard(|| Store::claim(store, key, print, lease, keep)).await,
            AnyStore::Other(store) => self.guard(|| store.claim(key, print, lease, keep)).await,
        }
    }

    pub(crate) async fn renew(&self, ticket: &Ticket, lease: Lease) -> Result<Held, StoreError> {
        match &self.store {
            AnyStore::Memory(store) => self.guard(|| Store::renew(store, ticket, lease)).await,
            AnyStore::Other(store) => self.guard(|| store.renew(ticket, lease)).await,
        }
    }

    pub(crate) async fn complete(&self, ticket: &Ticket, keep: Retention) -> Result<Held, StoreError> {
        match &self.store {
            AnyStore::Memory(store) => self.guard(|| Store::complete(store, ticket, keep)).await,
            AnyStore::Other(store) => self.guard(|| store.complete(ticket, keep)).await,
        }
    }

    pub(crate) async fn release(&self, ticket: &Ticket) -> Result<Held, StoreError> {
        match &self.store {
            AnyStore::Memory(store) => self.guard(|| Store::release(store, ticket)).await,
            AnyStore::Other(store) => self.guard(|| store.release(ticket)).await,
        }
    }

    async fn guard<T, F>(&self, verb: impl FnOnce() -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        let called = catch_unwind(AssertUnwindSafe(verb));
        let mut answer = pin!(called.map_err(|_| StoreError::panicked())?);
        let caught = std::future::poll_fn(|context| {
            let polled = catch_unwind(AssertUnwindSafe(|| answer.as_mut().poll(context)));
            polled.unwrap_or_else(|_| Poll::Ready(Err(StoreError::panicked())))
        });
        within(self.limit, pin!(caught))
            .await
            .unwrap_or_else(|| Err(StoreError::timed_out()))
    }
}
