//! A memory store whose steps shuttle may put in any order, and what its tests ask of it.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tower_webhook::store::{Claim, Held, Lease, ManualTime, MemoryStore, Operate, Retention, Store, Ticket};
use tower_webhook::{Fingerprint, Key};

/// How long a claim is held, in the store's own time.
pub const LEASE: Duration = Duration::from_secs(60);
/// How long a record is kept.
pub const KEEP: Duration = Duration::from_secs(3600);

/// A store and its time. Clones share both.
#[derive(Debug, Clone)]
pub struct Scene {
    pub store: MemoryStore,
    pub time: ManualTime,
}

impl Scene {
    pub fn new(capacity: usize) -> Self {
        let time = ManualTime::default();
        let builder = MemoryStore::builder().capacity(capacity).clock(time.clone());
        let store = builder.build().expect("room for some");
        Self { store, time }
    }

    /// What claiming this event comes to; `None` when the store is full.
    pub fn claim(&self, event: u8) -> Option<Claim> {
        let (lease, keep) = (Lease::new(LEASE), Retention::new(KEEP));
        let print = Fingerprint::from_bytes([1; 16]);
        now(self.store.claim(&key(event), &print, lease, keep)).ok()
    }

    pub fn renew(&self, ticket: &Ticket) -> Held {
        now(self.store.renew(ticket, Lease::new(LEASE))).expect("it is in memory")
    }

    pub fn complete(&self, ticket: &Ticket) -> Held {
        now(self.store.complete(ticket, Retention::new(KEEP))).expect("it is in memory")
    }

    pub fn release(&self, ticket: &Ticket) -> Held {
        now(self.store.release(ticket)).expect("it is in memory")
    }

    pub fn forget(&self, event: u8) -> bool {
        now(self.store.forget(&key(event))).expect("it is in memory")
    }

    pub fn purge(&self) -> u64 {
        now(self.store.purge_expired()).expect("it is in memory")
    }

    /// How many records there are, counted one by one.
    pub fn counted(&self) -> u64 {
        now(self.store.counts()).expect("it is in memory").total()
    }
}

fn key(event: u8) -> Key {
    Key::from_bytes([event; 32])
}

fn now<F: Future>(verb: F) -> F::Output {
    match pin!(verb).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the memory store never waits"),
    }
}
