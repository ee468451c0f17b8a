//! The memory store against the hostile cases a store can meet; each test carries its case's number.
#![cfg(feature = "test-util")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Barrier;

use tower_webhook::ConfigErrorKind;
use tower_webhook::store::{
    Claim, Held, Lease, ManualTime, MemoryStore, Operate, Retention, Store, StoreError, StoreErrorKind,
    Ticket,
};
use tower_webhook::{Fingerprint, Key};

const LEASE: Duration = Duration::from_secs(60);
const KEEP: Duration = Duration::from_secs(3600);
const RACERS: u64 = 16;

fn store(capacity: usize) -> (MemoryStore, ManualTime) {
    let time = ManualTime::default();
    let builder = MemoryStore::builder().capacity(capacity).clock(time.clone());
    (builder.build().unwrap(), time)
}

fn key(number: u64) -> Key {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    Key::from_bytes(bytes)
}

fn print(number: u64) -> Fingerprint {
    Fingerprint::from_bytes(u128::from(number).to_be_bytes())
}

async fn claim(store: &MemoryStore, number: u64) -> Claim {
    try_claim(store, number).await.unwrap()
}

async fn try_claim(store: &MemoryStore, number: u64) -> Result<Claim, StoreError> {
    let (key, print) = (key(number), print(number));
    store
        .claim(&key, &print, Lease::new(LEASE), Retention::new(KEEP))
        .await
}

async fn win(store: &MemoryStore, number: u64) -> Ticket {
    match claim(store, number).await {
        Claim::Won(ticket) => ticket,
        other => panic!("event {number} must be free: {other:?}"),
    }
}

async fn finish(store: &MemoryStore, number: u64, keep: Duration) {
    let ticket = win(store, number).await;
    assert_eq!(
        store.complete(&ticket, Retention::new(keep)).await.unwrap(),
        Held::Yes
    );
}

async fn refused(store: &MemoryStore, number: u64) -> StoreErrorKind {
    try_claim(store, number).await.unwrap_err().kind()
}

/// Sixteen callers claim event 1 at the same moment; the tickets of those who won.
async fn race(store: &MemoryStore) -> Vec<Ticket> {
    let barrier = Arc::new(Barrier::new(16));
    let racers = (0..RACERS).map(|_| {
        let (store, barrier) = (store.clone(), Arc::clone(&barrier));
        tokio::spawn(async move {
            barrier.wait().await;
            claim(&store, 1).await
        })
    });
    let mut winners = Vec::new();
    for racer in racers.collect::<Vec<_>>() {
        match racer.await.unwrap() {
            Claim::Won(ticket) => winners.push(ticket),
            other => assert!(matches!(other, Claim::InFlight { .. }), "{other:?}"),
        }
    }
    winners
}

#[tokio::test]
async fn t094_flood_of_new_ids() {
    let (store, time) = store(100);
    assert!(store.is_empty());
    for number in 0..100 {
        win(&store, number).await;
        assert!(!store.is_empty());
    }
    assert_eq!((store.len(), store.capacity()), (100, 100));
    for number in 100..1000 {
        assert_eq!(refused(&store, number).await, StoreErrorKind::Full);
    }
    for number in 0..100 {
        assert!(
            matches!(claim(&store, number).await, Claim::InFlight { .. }),
            "a live claim was dropped"
        );
    }
    assert_eq!((store.len(), store.evicted_early()), (100, 0));
    time.advance(LEASE);
    win(&store, 100).await;
    assert_eq!(
        (store.len(), store.evicted_early()),
        (100, 1),
        "a claim whose lease is over makes room"
    );
}

#[tokio::test]
async fn t094_settled_records_go_first_and_the_nearest_to_its_end_before_them() {
    let (store, time) = store(4);
    win(&store, 1).await;
    time.advance(LEASE);
    finish(&store, 2, KEEP).await;
    finish(&store, 3, KEEP / 2).await;
    win(&store, 4).await;
    win(&store, 5).await;
    assert_eq!(
        claim(&store, 2).await,
        Claim::Done,
        "3 was nearer its end and made room"
    );
    win(&store, 6).await;
    assert!(matches!(claim(&store, 4).await, Claim::InFlight { .. }));
    let lapsed = win(&store, 1).await;
    assert_eq!(
        lapsed.attempt(),
        2,
        "a settled record made room, not the claim whose lease is over"
    );
    assert_eq!(store.evicted_early(), 2);
    assert_eq!(refused(&store, 2).await, StoreErrorKind::Full);
}

#[tokio::test]
async fn t094_a_released_record_goes_before_an_event_that_is_over_later() {
    let (store, _) = store(2);
    let ticket = win(&store, 1).await;
    store.release(&ticket).await.unwrap();
    finish(&store, 2, 2 * KEEP).await;
    win(&store, 3).await;
    assert_eq!(claim(&store, 2).await, Claim::Done);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t094_parallel_flood_keeps_within_the_capacity() {
    let (store, _) = store(64);
    let floods = (0..8).map(|flood: u64| {
        let store = store.clone();
        tokio::spawn(async move {
            for number in flood * 1000..(flood + 1) * 1000 {
                finish(&store, number, KEEP).await;
                assert!(store.len() <= 64);
            }
        })
    });
    for flood in floods.collect::<Vec<_>>() {
        flood.await.unwrap();
    }
    assert_eq!((store.len(), store.evicted_early()), (64, 8000 - 64));
}

/// A large store divides its keys, and the room for them, among ledgers.
#[tokio::test]
async fn t094_a_large_store_keeps_nearly_all_that_it_has_room_for() {
    let (store, _) = store(100_001);
    for number in 0..100_001 {
        finish(&store, number, KEEP).await;
    }
    assert!((98_000..=100_001).contains(&store.len()), "{}", store.len());
    for number in 100_001..200_000 {
        finish(&store, number, KEEP).await;
    }
    assert_eq!((store.len(), store.evicted_early()), (100_001, 99_999));
    assert_eq!(store.counts().await.unwrap().total(), 100_001);
    for number in 110_000..200_000 {
        assert_eq!(
            claim(&store, number).await,
            Claim::Done,
            "{number} is newer than what goes"
        );
    }
}

/// Whoever writes the fence beside data that two events change refuses no write of the later one.
#[tokio::test]
async fn fences_rise_from_event_to_event_in_a_large_store() {
    let (store, time) = store(100_000);
    let mut last = 0;
    for number in 0..1000 {
        time.advance(Duration::from_micros(1));
        let fence = win(&store, number).await.fence();
        assert!(fence > last, "{fence} comes after {last}");
        last = fence;
    }
    time.advance(Duration::from_secs(1));
    assert_eq!(win(&store, 1000).await.fence(), 1_001_000);
}

#[tokio::test]
async fn t094_what_was_forgotten_makes_no_later_event_go_first() {
    let (store, _) = store(3);
    finish(&store, 1, KEEP / 4).await;
    let released = win(&store, 2).await;
    store.release(&released).await.unwrap();
    finish(&store, 3, 2 * KEEP).await;
    assert!(store.forget(&key(1)).await.unwrap());
    win(&store, 4).await;
    win(&store, 5).await;
    assert_eq!(claim(&store, 3).await, Claim::Done, "2 was nearer its end");
}

#[tokio::test]
async fn t196_in_a_large_store_all_that_is_over_goes() {
    let (store, time) = store(100_001);
    for number in 0..20_000 {
        finish(&store, number, KEEP).await;
    }
    time.advance(KEEP);
    for number in 20_000..30_000 {
        win(&store, number).await;
    }
    assert_eq!((store.len(), store.evicted_early()), (10_000, 0));
    time.advance(KEEP);
    assert_eq!(store.purge_expired().await.unwrap(), 10_000);
    assert!(store.is_empty());
}

#[tokio::test]
async fn a_record_goes_at_the_very_moment_at_which_it_is_over() {
    let (store, time) = store(10);
    let ticket = win(&store, 1).await;
    store.release(&ticket).await.unwrap();
    win(&store, 2).await;
    finish(&store, 3, KEEP).await;
    time.advance(KEEP - Duration::from_nanos(1));
    assert_eq!(store.purge_expired().await.unwrap(), 0);
    time.advance(Duration::from_nanos(1));
    assert_eq!(store.purge_expired().await.unwrap(), 3);
}

#[tokio::test]
async fn an_event_that_is_completed_again_is_kept_from_then_on() {
    let (store, time) = store(10);
    let ticket = win(&store, 1).await;
    for _ in 0..2 {
        let held = store.complete(&ticket, Retention::new(KEEP)).await;
        assert_eq!(held.unwrap(), Held::Yes);
        time.advance(KEEP - Duration::from_nanos(1));
        assert_eq!(claim(&store, 1).await, Claim::Done);
    }
    time.advance(Duration::from_nanos(1));
    assert_eq!(win(&store, 1).await.attempt(), 1);
}

#[tokio::test]
async fn a_completed_event_tells_its_attempts_and_its_fence() {
    let (store, _) = store(10);
    for _ in 0..2 {
        let ticket = win(&store, 1).await;
        store.release(&ticket).await.unwrap();
    }
    finish(&store, 1, KEEP).await;
    let record = store.inspect(&key(1)).await.unwrap().unwrap();
    assert_eq!((record.attempts(), record.fence()), (3, 3));
}

#[test]
fn a_store_without_room_is_refused() {
    let refused = MemoryStore::builder().capacity(0).build().unwrap_err();
    assert_eq!(refused.kind(), ConfigErrorKind::Limit);
}

#[tokio::test]
async fn t096_restart_forgets() {
    let before = MemoryStore::default();
    assert!(!before.durable());
    finish(&before, 1, KEEP).await;
    assert_eq!(
        win(&MemoryStore::default(), 1).await.attempt(),
        1,
        "a new process knows nothing"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t173_parallel_events_do_not_mix() {
    let (store, _) = store(100_000);
    let events = (0..1000).map(|number: u64| {
        let store = store.clone();
        tokio::spawn(async move {
            let first = win(&store, number).await;
            assert_eq!((first.key(), first.attempt()), (&key(number), 1));
            store.release(&first).await.unwrap();
            let second = win(&store, number).await;
            assert_eq!((second.key(), second.attempt()), (&key(number), 2));
            let held = store.complete(&second, Retention::new(KEEP)).await.unwrap();
            assert_eq!((held, claim(&store, number).await), (Held::Yes, Claim::Done));
        })
    });
    for event in events.collect::<Vec<_>>() {
        event.await.unwrap();
    }
    assert_eq!(store.len(), 1000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t179_fresh_key_has_one_winner() {
    for _ in 0..50 {
        assert_eq!(race(&store(100).0).await.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t180_expired_lease_has_one_winner_with_a_higher_fence() {
    let (store, time) = store(100);
    let mut before = win(&store, 1).await;
    for _ in 0..50 {
        time.advance(LEASE);
        let winners = race(&store).await;
        let [winner] = winners.as_slice() else {
            panic!("{winners:?}");
        };
        assert!(winner.fence() > before.fence() && winner.attempt() == before.attempt() + 1);
        before = winner.clone();
    }
}

#[tokio::test]
async fn t181_stale_owner_is_refused() {
    let (store, time) = store(100);
    let stale = win(&store, 1).await;
    time.advance(LEASE);
    let newest = win(&store, 1).await;
    assert_eq!(
        store.complete(&stale, Retention::new(KEEP)).await.unwrap(),
        Held::Lost
    );
    assert_eq!(store.release(&stale).await.unwrap(), Held::Lost);
    assert_eq!(store.renew(&stale, Lease::new(LEASE)).await.unwrap(), Held::Lost);
    assert_eq!(claim(&store, 1).await, Claim::InFlight { retry_after: LEASE });
    assert_eq!(
        store.complete(&newest, Retention::new(KEEP)).await.unwrap(),
        Held::Yes
    );
}

#[tokio::test]
async fn t183_release_leaves_fence_and_attempts() {
    let (store, _) = store(100);
    let first = win(&store, 1).await;
    assert_eq!(store.release(&first).await.unwrap(), Held::Yes);
    assert_eq!(store.len(), 1, "release ends a claim, not the record");
    let second = win(&store, 1).await;
    assert!(second.fence() > first.fence() && second.attempt() == 2);
}
