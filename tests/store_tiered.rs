//! The tiered store: what its front answers, for how long, and that the rules hold over any store.
#![cfg(feature = "test-util")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tower_webhook::store::{
    Claim, Held, Lease, ManualTime, MemoryStore, Retention, Store, StoreError, Ticket, TieredStore, contract,
};
use tower_webhook::{ConfigErrorKind, Fingerprint, Key};

const PRINT: Fingerprint = Fingerprint::from_bytes([1; 16]);
const OTHER_PRINT: Fingerprint = Fingerprint::from_bytes([2; 16]);
const LEASE: Lease = Lease::new(Duration::from_secs(60));
const KEEP: Retention = Retention::new(Duration::from_secs(3600));
const REMEMBER: Duration = Duration::from_secs(10);

/// A memory store that counts the claims that reach it, and can hold an answer back.
#[derive(Clone)]
struct Counting {
    store: MemoryStore,
    claims: Arc<AtomicUsize>,
    hold: Arc<AtomicUsize>,
    held: Arc<Notify>,
    go_on: Arc<Notify>,
}

impl Store for Counting {
    async fn claim(
        &self,
        key: &Key,
        print: &Fingerprint,
        lease: Lease,
        keep: Retention,
    ) -> Result<Claim, StoreError> {
        self.claims.fetch_add(1, Ordering::SeqCst);
        let claim = self.store.claim(key, print, lease, keep).await;
        if self.hold.swap(0, Ordering::SeqCst) > 0 {
            self.held.notify_one();
            self.go_on.notified().await;
        }
        claim
    }

    async fn renew(&self, ticket: &Ticket, lease: Lease) -> Result<Held, StoreError> {
        self.store.renew(ticket, lease).await
    }

    async fn complete(&self, ticket: &Ticket, keep: Retention) -> Result<Held, StoreError> {
        self.store.complete(ticket, keep).await
    }

    async fn release(&self, ticket: &Ticket) -> Result<Held, StoreError> {
        self.store.release(ticket).await
    }

    async fn forget(&self, key: &Key) -> Result<bool, StoreError> {
        self.store.forget(key).await
    }
}

struct Stage {
    tiered: TieredStore<Counting>,
    behind: Counting,
    time: ManualTime,
}

impl Stage {
    fn new() -> Self {
        Self::with_capacity(1000)
    }

    fn with_capacity(capacity: usize) -> Self {
        let time = ManualTime::default();
        let behind = Counting {
            store: MemoryStore::builder().clock(time.clone()).build().unwrap(),
            claims: Arc::default(),
            hold: Arc::default(),
            held: Arc::default(),
            go_on: Arc::default(),
        };
        let builder = TieredStore::builder(behind.clone()).capacity(capacity);
        let tiered = builder.remember(REMEMBER).clock(time.clone()).build().unwrap();
        Self { tiered, behind, time }
    }

    async fn claim(&self, number: u32) -> Claim {
        claim(&self.tiered, number, PRINT).await
    }

    async fn finish(&self, number: u32, keep: Retention) {
        let ticket = won(self.claim(number).await);
        assert_eq!(self.tiered.complete(&ticket, keep).await.unwrap(), Held::Yes);
    }

    /// How many claims have reached the store since the last call.
    fn asked(&self) -> usize {
        self.behind.claims.swap(0, Ordering::SeqCst)
    }
}

fn key(number: u32) -> Key {
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    Key::from_bytes(bytes)
}

async fn claim(store: &impl Store, number: u32, print: Fingerprint) -> Claim {
    store.claim(&key(number), &print, LEASE, KEEP).await.unwrap()
}

fn won(claim: Claim) -> Ticket {
    match claim {
        Claim::Won(ticket) => ticket,
        other => panic!("the key is free: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rules_hold_over_a_memory_store() {
    let store = TieredStore::new(MemoryStore::default());
    contract::check(|| ready(store.clone())).await;
    contract::check_operate(|| ready(store.clone())).await;
    assert!(store.answered() > 0, "the front has had its part");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rules_hold_on_a_test_clock() {
    let stage = Stage::new();
    contract::check_with_clock(|| ready(stage.tiered.clone()), |span| stage.time.advance(span)).await;
    assert!(stage.tiered.answered() > 0, "the front has had its part");
}

/// As in many processes: each handle has a front of its own, which forgets within a step of time.
#[tokio::test(flavor = "multi_thread")]
async fn the_rules_hold_among_fronts_that_remember_no_longer_than_a_step() {
    let time = ManualTime::default();
    let store = MemoryStore::builder().clock(time.clone()).build().unwrap();
    let connect = || {
        let builder = TieredStore::builder(store.clone()).remember(Duration::from_millis(25));
        ready(builder.clock(time.clone()).build().unwrap())
    };
    contract::Contract::new()
        .sequences(2000)
        .run_with_clock(connect, |span| time.advance(span))
        .await;
}

#[tokio::test]
async fn a_duplicate_of_a_completed_event_asks_nobody() {
    let stage = Stage::new();
    stage.finish(1, KEEP).await;
    assert_eq!(stage.asked(), 1);
    for _ in 0..100 {
        assert_eq!(stage.claim(1).await, Claim::Done);
    }
    assert_eq!((stage.asked(), stage.tiered.answered()), (0, 100));
}

#[tokio::test]
async fn what_another_process_completed_is_asked_for_once() {
    let stage = Stage::new();
    let ticket = won(claim(&stage.behind, 1, PRINT).await);
    stage.behind.complete(&ticket, KEEP).await.unwrap();
    stage.asked();
    for _ in 0..100 {
        assert_eq!(stage.claim(1).await, Claim::Done);
    }
    assert_eq!(stage.asked(), 1);
}

#[tokio::test]
async fn only_done_is_answered_without_the_store() {
    let stage = Stage::new();
    let ticket = won(stage.claim(1).await);
    assert!(matches!(stage.claim(1).await, Claim::InFlight { .. }));
    stage.tiered.release(&ticket).await.unwrap();
    let again = won(stage.claim(1).await);
    assert_eq!(again.attempt(), 2);
    assert_eq!(stage.asked(), 3);
    assert_eq!(stage.tiered.complete(&ticket, KEEP).await.unwrap(), Held::Lost);
    assert!(
        matches!(stage.claim(1).await, Claim::InFlight { .. }),
        "a stale ticket teaches nothing"
    );
}

#[tokio::test]
async fn other_content_under_a_known_id_is_still_a_conflict() {
    let stage = Stage::new();
    stage.finish(1, KEEP).await;
    assert_eq!(stage.claim(1).await, Claim::Done);
    assert_eq!(claim(&stage.tiered, 1, OTHER_PRINT).await, Claim::Conflict);
    assert_eq!(stage.claim(1).await, Claim::Done);
}

#[tokio::test]
async fn a_forget_works_at_once_here_and_within_the_time_elsewhere() {
    let stage = Stage::new();
    stage.finish(1, KEEP).await;
    assert!(stage.tiered.clone().forget(&key(1)).await.unwrap());
    assert_eq!(won(stage.claim(1).await).attempt(), 1);

    stage.finish(2, KEEP).await;
    assert!(stage.behind.forget(&key(2)).await.unwrap());
    stage.time.advance(REMEMBER - Duration::from_nanos(1));
    assert_eq!(stage.claim(2).await, Claim::Done, "the front has not heard of it");
    stage.time.advance(Duration::from_nanos(1));
    assert_eq!(won(stage.claim(2).await).attempt(), 1);
}

#[tokio::test]
async fn an_answer_from_before_a_forget_is_not_learnt_after_it() {
    let stage = Stage::new();
    let ticket = won(claim(&stage.behind, 1, PRINT).await);
    stage.behind.complete(&ticket, KEEP).await.unwrap();
    stage.behind.hold.store(1, Ordering::SeqCst);
    let tiered = stage.tiered.clone();
    let slow = tokio::spawn(async move { claim(&tiered, 1, PRINT).await });
    stage.behind.held.notified().await;
    assert!(stage.tiered.forget(&key(1)).await.unwrap());
    stage.behind.go_on.notify_one();
    assert_eq!(slow.await.unwrap(), Claim::Done, "it was, when it was asked");
    won(stage.claim(1).await);
}

#[tokio::test]
async fn a_completion_is_learnt_only_with_the_content_of_its_own_claim() {
    let stage = Stage::new();
    won(stage.claim(1).await);
    stage.behind.forget(&key(1)).await.unwrap();
    stage.behind.hold.store(1, Ordering::SeqCst);
    let tiered = stage.tiered.clone();
    let slow = tokio::spawn(async move { claim(&tiered, 1, OTHER_PRINT).await });
    stage.behind.held.notified().await;
    // Of any key: the front then learns nothing from the claim under way.
    stage.tiered.forget(&key(2)).await.unwrap();
    stage.behind.go_on.notify_one();
    let ticket = won(slow.await.unwrap());
    assert_eq!(stage.tiered.complete(&ticket, KEEP).await.unwrap(), Held::Yes);
    assert_eq!(stage.claim(1).await, Claim::Conflict);
}

#[tokio::test]
async fn a_retention_that_is_shorter_ends_first() {
    let stage = Stage::new();
    stage.finish(1, Retention::new(Duration::from_secs(2))).await;
    stage.time.advance(Duration::from_secs(1));
    assert_eq!(stage.claim(1).await, Claim::Done);
    stage.time.advance(Duration::from_secs(1));
    assert_eq!(won(stage.claim(1).await).attempt(), 1);
}

#[tokio::test]
async fn t094_a_flood_of_new_ids_fills_no_memory() {
    let stage = Stage::with_capacity(100);
    for number in 0..10_000 {
        stage.finish(number, KEEP).await;
        // A second record in the order of time for the same event.
        stage.claim(number).await;
        assert!(stage.tiered.remembered() <= 128, "64 parts share the capacity");
    }
    assert!(stage.tiered.remembered() > 64, "some are");
    stage.asked();
    assert_eq!(stage.claim(9_999).await, Claim::Done, "the newest is remembered");
    assert_eq!(stage.asked(), 0);
    assert_eq!(stage.claim(0).await, Claim::Done, "the oldest is asked for");
    assert_eq!(stage.asked(), 1);
}

#[tokio::test]
async fn t094_the_room_is_for_events_however_often_one_is_learnt_anew() {
    let stage = Stage::with_capacity(1);
    let ticket = won(stage.claim(1).await);
    stage.tiered.release(&ticket).await.unwrap();
    stage.finish(1, KEEP).await;
    stage.asked();
    assert_eq!(stage.claim(1).await, Claim::Done);
    assert_eq!(stage.asked(), 0);
    stage.finish(2, KEEP).await;
    assert_eq!(stage.tiered.remembered(), 1);
}

#[test]
fn a_front_without_sense_is_refused() {
    let builder = || TieredStore::builder(MemoryStore::default());
    for builder in [
        builder().capacity(0),
        builder().remember(Duration::ZERO),
        builder().remember(Duration::from_secs(3601)),
    ] {
        assert_eq!(builder.build().unwrap_err().kind(), ConfigErrorKind::Limit);
    }
    assert!(builder().remember(Duration::from_secs(3600)).build().is_ok());
    assert!(!TieredStore::new(MemoryStore::default()).durable());
}
