//! What every check works with: handles on the store, unused keys, passing time.

use std::collections::hash_map::RandomState;
use std::future::Future;
use std::hash::BuildHasher;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::runtime::{Handle, RuntimeFlavor};

use crate::store::{Claim, Held, Lease, Retention, Store, StoreError, Ticket};
use crate::verified::{Fingerprint, Key};

/// How many callers race, each with a handle of its own.
pub(super) const RACERS: usize = 16;

/// The fingerprint of an event's content.
pub(super) const PRINT: Fingerprint = Fingerprint::from_bytes([1; 16]);
/// The fingerprint of other content under the same id.
pub(super) const OTHER_PRINT: Fingerprint = Fingerprint::from_bytes([2; 16]);

/// How long a lease or a retention is: long enough to outlast the check, or so short that [`Scene::pass`] outlasts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    Long,
    Short,
}

pub(super) struct Scene<'a, S> {
    handles: Vec<Arc<S>>,
    advance: Option<&'a dyn Fn(Duration)>,
    tick: Duration,
    salt: u64,
    keys: AtomicU64,
}

impl<'a, S: Store> Scene<'a, S> {
    pub(super) async fn set<F, Fut>(connect: F, advance: Option<&'a dyn Fn(Duration)>, tick: Duration) -> Self
    where
        F: Fn() -> Fut,
        Fut: Future<Output = S>,
    {
        let flavor = Handle::current().runtime_flavor();
        assert!(
            flavor != RuntimeFlavor::CurrentThread,
            "the contract races its callers: run it with #[tokio::test(flavor = \"multi_thread\")]",
        );
        let mut handles = Vec::with_capacity(RACERS);
        for _ in 0..RACERS {
            handles.push(Arc::new(connect().await));
        }
        let salt = RandomState::new().hash_one(0);
        Self {
            handles,
            advance,
            tick,
            salt,
            keys: AtomicU64::new(0),
        }
    }

    pub(super) fn handles(&self) -> &[Arc<S>] {
        &self.handles
    }

    pub(super) fn store(&self) -> &S {
        &self.handles[0]
    }

    /// A key that nobody has used before.
    pub(super) fn key(&self) -> Key {
        let number = self.keys.fetch_add(1, Ordering::Relaxed);
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&self.salt.to_be_bytes());
        bytes[24..].copy_from_slice(&number.to_be_bytes());
        Key::from_bytes(bytes)
    }

    pub(super) fn lease(&self, span: Span) -> Lease {
        Lease::new(self.length(span, Duration::from_secs(600)))
    }

    pub(super) fn keep(&self, span: Span) -> Retention {
        Retention::new(self.length(span, Duration::from_secs(3600)))
    }

    fn length(&self, span: Span, long: Duration) -> Duration {
        if span == Span::Long { long } else { self.tick }
    }

    /// Lets each short lease and each short retention end.
    pub(super) async fn pass(&self) {
        // Twice as long, so that a store may round a lease up to its clock's next tick.
        let span = 2 * self.tick;
        match self.advance {
            Some(advance) => advance(span),
            None => tokio::time::sleep(span).await,
        }
    }

    pub(super) async fn claim(&self, key: &Key, lease: Span) -> Claim {
        self.claim_as(key, &PRINT, lease, Span::Long).await
    }

    pub(super) async fn claim_as(&self, key: &Key, print: &Fingerprint, lease: Span, keep: Span) -> Claim {
        let claim = self.store().claim(key, print, self.lease(lease), self.keep(keep));
        answer("claim", claim.await)
    }

    /// Claims a key that must be free.
    pub(super) async fn win(&self, key: &Key, lease: Span, when: &str) -> Ticket {
        match self.claim(key, lease).await {
            Claim::Won(ticket) => ticket,
            other => panic!("rule 1: a claim of a key {when} must win; the store answered {other:?}"),
        }
    }

    pub(super) async fn renew(&self, ticket: &Ticket, lease: Span) -> Held {
        answer("renew", self.store().renew(ticket, self.lease(lease)).await)
    }

    pub(super) async fn complete(&self, ticket: &Ticket, keep: Span) -> Held {
        answer("complete", self.store().complete(ticket, self.keep(keep)).await)
    }

    pub(super) async fn release(&self, ticket: &Ticket) -> Held {
        answer("release", self.store().release(ticket).await)
    }

    pub(super) async fn forget(&self, key: &Key) -> bool {
        answer("forget", self.store().forget(key).await)
    }
}

/// The answer, or the end of the proof.
pub(super) fn answer<T>(verb: &str, result: Result<T, StoreError>) -> T {
    result.unwrap_or_else(|error| panic!("the store failed to {verb}, so that nothing is proven: {error:?}"))
}
