//! What goes wrong in the middle of a delivery: the store, a handler, the client.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::yield_now;
use tokio::time::timeout;
use tower::ServiceExt;
use tower_webhook::store::{Claim, Held, Lease, MemoryStore, Retention, Store, StoreError, Ticket};
use tower_webhook::{Fingerprint, Key};

use super::harness::{BATCH, Handler, Script, batch, code, reason, request, retry_after, send, stack, store};

/// A memory store that can't be reached at some claims, by their number from 1.
#[derive(Clone)]
struct Away {
    inner: MemoryStore,
    claims: Arc<AtomicUsize>,
    at: Arc<Mutex<HashSet<usize>>>,
}

impl Away {
    fn new(at: impl IntoIterator<Item = usize>) -> Self {
        Self {
            inner: store().0,
            claims: Arc::default(),
            at: Arc::new(Mutex::new(at.into_iter().collect())),
        }
    }
}

impl Store for Away {
    async fn claim(
        &self,
        key: &Key,
        print: &Fingerprint,
        lease: Lease,
        keep: Retention,
    ) -> Result<Claim, StoreError> {
        let number = self.claims.fetch_add(1, Ordering::SeqCst) + 1;
        if self.at.lock().unwrap().contains(&number) {
            return Err(StoreError::unavailable("away"));
        }
        self.inner.claim(key, print, lease, keep).await
    }

    async fn renew(&self, ticket: &Ticket, lease: Lease) -> Result<Held, StoreError> {
        self.inner.renew(ticket, lease).await
    }

    async fn complete(&self, ticket: &Ticket, keep: Retention) -> Result<Held, StoreError> {
        self.inner.complete(ticket, keep).await
    }

    async fn release(&self, ticket: &Ticket) -> Result<Held, StoreError> {
        self.inner.release(ticket).await
    }

    async fn forget(&self, key: &Key) -> Result<bool, StoreError> {
        self.inner.forget(key).await
    }
}

#[tokio::test]
async fn the_store_is_away_at_the_second_event() {
    let handler = Handler::default();
    let stack = stack(BATCH, Away::new([2]), &handler);
    let response = send(&stack, BATCH, batch(&["a", "b", "c"])).await;
    assert_eq!(
        (response.status().as_u16(), reason(&response)),
        (503, Some("store_unavailable"))
    );
    assert!(retry_after(&response).is_some());
    assert_eq!(handler.ran(), ["a", "c"]);
    assert_eq!(code(&stack, BATCH, batch(&["a", "b", "c"])).await, 200);
    assert_eq!(handler.ran(), ["b"]);
}

#[tokio::test]
async fn the_store_is_away_throughout() {
    let handler = Handler::default();
    let stack = stack(BATCH, Away::new(1..=3), &handler);
    assert_eq!(code(&stack, BATCH, batch(&["a", "b", "c"])).await, 503);
    assert!(handler.ran().is_empty());
    assert_eq!(code(&stack, BATCH, batch(&["a", "b", "c"])).await, 200);
    assert_eq!(handler.ran(), ["a", "b", "c"]);
}

#[tokio::test]
async fn the_second_handler_panics() {
    let (handler, (store, _)) = (Handler::default(), store());
    let stack = stack(BATCH, store, &handler);
    handler.set("b", Script::Panic);
    assert_eq!(code(&stack, BATCH, batch(&["a", "b", "c"])).await, 500);
    assert_eq!(handler.ran(), ["a", "b", "c"]);
    handler.clear();
    assert_eq!(code(&stack, BATCH, batch(&["a", "b", "c"])).await, 200);
    assert_eq!(handler.ran(), ["b"]);
}

/// Polls the delivery until the event is running, then drops it, as a server does when its client hangs up.
#[tokio::test(start_paused = true)]
async fn the_client_hangs_up_in_the_second_event() {
    let (handler, (store, _)) = (Handler::default(), store());
    let stack = stack(BATCH, store, &handler);
    let gate = Arc::new(Notify::new());
    handler.set("b", Script::Wait(Arc::clone(&gate)));
    let delivery = tokio::spawn(stack.clone().oneshot(request(BATCH, batch(&["a", "b", "c"]))));
    let mut ran = Vec::new();
    for _ in 0..PATIENCE {
        yield_now().await;
        ran.extend(handler.ran());
    }
    assert_eq!(ran, ["a", "b"]);
    delivery.abort();
    assert!(delivery.await.unwrap_err().is_cancelled());

    // A second run of it would wait at the gate, too.
    let again = timeout(Duration::from_secs(5), code(&stack, BATCH, batch(&["b"]))).await;
    assert_eq!(again.ok(), Some(503), "the second is still running");
    gate.notify_one();
    handler.clear();
    for _ in 0..PATIENCE {
        yield_now().await;
    }
    assert_eq!(code(&stack, BATCH, batch(&["b"])).await, 200, "it ran to its end");
    assert!(
        handler.ran().is_empty(),
        "nothing began after the client was gone"
    );
    assert_eq!(code(&stack, BATCH, batch(&["a", "b", "c"])).await, 200);
    assert_eq!(handler.ran(), ["c"]);
}

#[tokio::test]
async fn a_delivery_that_is_dropped_before_it_is_polled_has_begun_nothing() {
    let (handler, (store, _)) = (Handler::default(), store());
    let stack = stack(BATCH, store, &handler);
    drop(stack.clone().oneshot(request(BATCH, batch(&["a"]))));
    yield_now().await;
    assert!(handler.ran().is_empty());
}

/// As often as a task on this runtime needs to be let run until it waits.
const PATIENCE: usize = 50;
