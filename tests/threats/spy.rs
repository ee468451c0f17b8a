//! What the tests look at: the answer, the handler's calls and the store's.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::HeaderMap;
use tower_webhook::store::{
    Claim, Held, Lease, ManualTime, MemoryStore, Retention, Store, StoreError, Ticket,
};
use tower_webhook::{Attempt, Fingerprint, Key, Reason, Verified};

/// What an outsider gets to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// What the handler was called with.
#[derive(Debug, Clone)]
pub struct Call {
    pub proof: Verified,
    pub attempt: Option<Attempt>,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// What handler and store saw.
#[derive(Default)]
pub struct Seen {
    pub calls: Mutex<Vec<Call>>,
    pub reasons: Mutex<Vec<Reason>>,
    pub claims: AtomicUsize,
    pub completed: AtomicUsize,
    pub released: AtomicUsize,
}

impl Seen {
    pub fn handled(&self) -> usize {
        self.calls.lock().unwrap().len()
    }

    pub fn last(&self) -> Call {
        self.calls
            .lock()
            .unwrap()
            .last()
            .expect("the handler was called")
            .clone()
    }

    pub fn reason(&self) -> Option<Reason> {
        self.reasons.lock().unwrap().last().copied()
    }

    pub fn claims(&self) -> usize {
        self.claims.load(Ordering::SeqCst)
    }

    pub fn completed(&self) -> usize {
        self.completed.load(Ordering::SeqCst)
    }

    pub fn released(&self) -> usize {
        self.released.load(Ordering::SeqCst)
    }
}

/// A memory store that counts its calls.
#[derive(Clone)]
pub struct SpyStore {
    pub inner: MemoryStore,
    pub time: ManualTime,
    seen: Arc<Seen>,
}

impl SpyStore {
    pub fn new(seen: Arc<Seen>) -> Self {
        let time = ManualTime::default();
        let inner = MemoryStore::builder().clock(time.clone()).build().unwrap();
        Self { inner, time, seen }
    }
}

impl Store for SpyStore {
    async fn claim(
        &self,
        key: &Key,
        print: &Fingerprint,
        lease: Lease,
        keep: Retention,
    ) -> Result<Claim, StoreError> {
        self.seen.claims.fetch_add(1, Ordering::SeqCst);
        self.inner.claim(key, print, lease, keep).await
    }

    async fn renew(&self, ticket: &Ticket, lease: Lease) -> Result<Held, StoreError> {
        self.inner.renew(ticket, lease).await
    }

    async fn complete(&self, ticket: &Ticket, keep: Retention) -> Result<Held, StoreError> {
        self.seen.completed.fetch_add(1, Ordering::SeqCst);
        self.inner.complete(ticket, keep).await
    }

    async fn release(&self, ticket: &Ticket) -> Result<Held, StoreError> {
        self.seen.released.fetch_add(1, Ordering::SeqCst);
        self.inner.release(ticket).await
    }

    async fn forget(&self, key: &Key) -> Result<bool, StoreError> {
        self.inner.forget(key).await
    }
}
