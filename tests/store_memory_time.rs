//! The memory store as time passes: leases, retention, and what is dropped when.
#![cfg(feature = "test-util")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::time::Duration;

use tower_webhook::store::{Claim, Held, Lease, ManualTime, MemoryStore, Retention, Store, Ticket};
use tower_webhook::{Fingerprint, Key};

const LEASE: Duration = Duration::from_secs(60);
const KEEP: Duration = Duration::from_secs(3600);
/// So small that all keys share one ledger, where it is known what goes when.
const CAPACITY: usize = 10_000;
const PRINT: Fingerprint = Fingerprint::from_bytes([1; 16]);

fn store() -> (MemoryStore, ManualTime) {
    let time = ManualTime::default();
    let builder = MemoryStore::builder().capacity(CAPACITY).clock(time.clone());
    (builder.build().unwrap(), time)
}

fn key(number: u64) -> Key {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    Key::from_bytes(bytes)
}

async fn claim(store: &MemoryStore, number: u64, lease: Duration, keep: Duration) -> Claim {
    let (key, lease, keep) = (key(number), Lease::new(lease), Retention::new(keep));
    store.claim(&key, &PRINT, lease, keep).await.unwrap()
}

async fn win(store: &MemoryStore, number: u64) -> Ticket {
    match claim(store, number, LEASE, KEEP).await {
        Claim::Won(ticket) => ticket,
        other => panic!("event {number} must be free: {other:?}"),
    }
}

#[tokio::test]
async fn t192_callers_clock_moves_no_lease() {
    let (store, time) = store();
    win(&store, 1).await;
    // Real time passes, as it does for a caller whose clock is ahead; the store's stands still.
    std::thread::sleep(Duration::from_millis(5));
    let claimed = claim(&store, 1, LEASE, KEEP).await;
    assert_eq!(claimed, Claim::InFlight { retry_after: LEASE });
    time.advance(LEASE - Duration::from_nanos(1));
    assert!(matches!(
        claim(&store, 1, LEASE, KEEP).await,
        Claim::InFlight { .. }
    ));
    time.advance(Duration::from_nanos(1));
    assert_eq!(win(&store, 1).await.attempt(), 2);
}

#[tokio::test]
async fn t196_cleanup_drops_only_what_is_past_its_retention() {
    let (store, time) = store();
    for number in 0..1000 {
        let ticket = win(&store, number).await;
        let keep = if number % 2 == 0 { KEEP } else { 2 * KEEP };
        store.complete(&ticket, Retention::new(keep)).await.unwrap();
    }
    let live = win(&store, 5000).await;
    assert_eq!(store.renew(&live, Lease::new(2 * KEEP)).await.unwrap(), Held::Yes);
    time.advance(KEEP);
    assert_eq!(store.len(), 1001, "nothing is dropped until a claim comes along");
    for number in 10_000..10_500 {
        win(&store, number).await;
    }
    assert_eq!(
        store.len(),
        500 + 1 + 500,
        "each record past its retention is gone, and no other"
    );
    for number in (1..1000).step_by(2) {
        assert_eq!(claim(&store, number, LEASE, KEEP).await, Claim::Done);
    }
    assert!(matches!(
        claim(&store, 5000, LEASE, KEEP).await,
        Claim::InFlight { .. }
    ));
    assert_eq!(store.evicted_early(), 0);
}

#[tokio::test]
async fn t196_one_claim_drops_a_few_records_only() {
    let (store, time) = store();
    for number in 0..9_000 {
        let ticket = win(&store, number).await;
        store.complete(&ticket, Retention::new(KEEP)).await.unwrap();
    }
    time.advance(KEEP);
    win(&store, 9_000).await;
    assert_eq!(
        store.len(),
        9_000 - 4 + 1,
        "a claim does not wait for all that is over"
    );
}

#[tokio::test]
async fn t196_lease_outlasts_a_shorter_retention() {
    let (store, time) = store();
    let Claim::Won(ticket) = claim(&store, 1, LEASE, LEASE / 2).await else {
        panic!("a new event must be free");
    };
    time.advance(LEASE / 2);
    assert!(
        matches!(claim(&store, 1, LEASE, KEEP).await, Claim::InFlight { .. }),
        "the claim is in flight"
    );
    store.renew(&ticket, Lease::new(KEEP)).await.unwrap();
    time.advance(KEEP / 2);
    assert!(
        matches!(claim(&store, 1, LEASE, KEEP).await, Claim::InFlight { .. }),
        "a renewal keeps the record"
    );
}

#[tokio::test]
async fn t198_forgotten_event_runs_again() {
    let (store, time) = store();
    let operator = store.clone();
    let first = win(&store, 1).await;
    store.complete(&first, Retention::new(KEEP)).await.unwrap();
    assert_eq!(claim(&store, 1, LEASE, KEEP).await, Claim::Done);
    assert!(operator.forget(&key(1)).await.unwrap());
    assert!(!operator.forget(&key(1)).await.unwrap());
    let second = win(&store, 1).await;
    assert!(second.attempt() == 1 && second.fence() > first.fence());
    assert_eq!(store.release(&first).await.unwrap(), Held::Lost);
    time.advance(KEEP);
    assert!(
        !operator.forget(&key(1)).await.unwrap(),
        "what is past its retention is forgotten already"
    );
    assert!(store.is_empty());
}

#[tokio::test]
async fn endless_lengths_overflow_nothing() {
    let (store, time) = store();
    time.advance(KEEP);
    let Claim::Won(ticket) = claim(&store, 1, Duration::MAX, Duration::MAX).await else {
        panic!("a new event must be free");
    };
    assert_eq!(
        store.renew(&ticket, Lease::new(Duration::MAX)).await.unwrap(),
        Held::Yes
    );
    time.advance(Duration::MAX);
    assert_eq!(
        store
            .complete(&ticket, Retention::new(Duration::MAX))
            .await
            .unwrap(),
        Held::Lost
    );
}
