//! Any store behind one pointer, with its panics and its silences turned into errors.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use super::{Claim, Held, Lease, Retention, Store, StoreError, Ticket};
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

/// The store as the layer calls it: each verb answers within the time limit, whatever the store does.
#[derive(Clone)]
pub(crate) struct Guarded {
    store: Arc<dyn ErasedStore>,
    limit: Duration,
}

impl Guarded {
    pub(crate) fn new(store: Arc<dyn ErasedStore>, limit: Duration) -> Self {
        Self { store, limit }
    }

    pub(crate) fn with_limit(&self, limit: Duration) -> Self {
        Self {
            store: Arc::clone(&self.store),
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
        self.guard(|store| store.claim(key, print, lease, keep)).await
    }

    pub(crate) async fn renew(&self, ticket: &Ticket, lease: Lease) -> Result<Held, StoreError> {
        self.guard(|store| store.renew(ticket, lease)).await
    }

    pub(crate) async fn complete(&self, ticket: &Ticket, keep: Retention) -> Result<Held, StoreError> {
        self.guard(|store| store.complete(ticket, keep)).await
    }

    pub(crate) async fn release(&self, ticket: &Ticket) -> Result<Held, StoreError> {
        self.guard(|store| store.release(ticket)).await
    }

    async fn guard<'a, T>(
        &'a self,
        verb: impl FnOnce(&'a dyn ErasedStore) -> Answer<'a, T>,
    ) -> Result<T, StoreError> {
        let called = catch_unwind(AssertUnwindSafe(|| verb(&*self.store)));
        let mut answer = called.map_err(|_| StoreError::panicked())?;
        let caught = std::future::poll_fn(|context| {
            let polled = catch_unwind(AssertUnwindSafe(|| answer.as_mut().poll(context)));
            polled.unwrap_or_else(|_| Poll::Ready(Err(StoreError::panicked())))
        });
        within(self.limit, pin!(caught))
            .await
            .unwrap_or_else(|| Err(StoreError::timed_out()))
    }
}
