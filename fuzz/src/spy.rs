//! A store that counts what it is asked, in front of a memory store.

use std::sync::{Arc, Mutex};

use tower_webhook::store::{Claim, Held, Lease, MemoryStore, Retention, Store, StoreError, Ticket};
use tower_webhook::{Fingerprint, Key};

/// Clones share the records and the counts.
#[derive(Debug, Clone)]
pub struct Spy {
    inner: MemoryStore,
    asked: Arc<Mutex<Asked>>,
}

#[derive(Debug, Default)]
struct Asked {
    claims: Vec<Key>,
    verbs: usize,
}

impl Default for Spy {
    fn default() -> Self {
        let inner = MemoryStore::builder()
            .capacity(64)
            .build()
            .expect("room for some");
        Self {
            inner,
            asked: Arc::default(),
        }
    }
}

impl Spy {
    /// The keys that were claimed, won or not.
    pub fn claims(&self) -> Vec<Key> {
        self.asked.lock().expect("nobody panicked").claims.clone()
    }

    /// How often the store was asked for anything.
    pub fn verbs(&self) -> usize {
        self.asked.lock().expect("nobody panicked").verbs
    }

    fn note(&self, claim: Option<&Key>) {
        let mut asked = self.asked.lock().expect("nobody panicked");
        asked.verbs += 1;
        asked.claims.extend(claim);
    }
}

impl Store for Spy {
    async fn claim(
        &self,
        key: &Key,
        print: &Fingerprint,
        lease: Lease,
        keep: Retention,
    ) -> Result<Claim, StoreError> {
        self.note(Some(key));
        self.inner.claim(key, print, lease, keep).await
    }

    async fn renew(&self, ticket: &Ticket, lease: Lease) -> Result<Held, StoreError> {
        self.note(None);
        self.inner.renew(ticket, lease).await
    }

    async fn complete(&self, ticket: &Ticket, keep: Retention) -> Result<Held, StoreError> {
        self.note(None);
        self.inner.complete(ticket, keep).await
    }

    async fn release(&self, ticket: &Ticket) -> Result<Held, StoreError> {
        self.note(None);
        self.inner.release(ticket).await
    }

    async fn forget(&self, key: &Key) -> Result<bool, StoreError> {
        self.note(None);
        self.inner.forget(key).await
    }
}
