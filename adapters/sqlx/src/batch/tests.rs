//! How verbs are gathered, with an engine that the test holds up.

use std::sync::Mutex as Lock;
use std::time::Duration;

use sqlx::Sqlite;
use sqlx::sqlite::SqlitePool;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tower_webhook::Fingerprint;
use tower_webhook::store::{Lease, Retention, StoreErrorKind, Ticket};

use super::*;

/// Answers when it is let, and notes what came together.
struct Slow {
    pool: SqlitePool,
    permits: Semaphore,
    batches: Lock<Vec<(usize, usize)>>,
}

impl Engine for Slow {
    type Database = Sqlite;

    async fn connect(&self) -> sqlx::Result<Lent<Sqlite>> {
        Lent::from(&self.pool).await
    }

    async fn carry_out(&self, _: &mut Lent<Sqlite>, batch: &Batch) -> sqlx::Result<Answers> {
        let sizes = (batch.wishes.len(), batch.steps.len());
        self.batches.lock().expect("no test panics here").push(sizes);
        self.permits.acquire().await.expect("it stays open").forget();
        Ok(Answers {
            claims: vec![Ok(Claim::Done); batch.wishes.len()],
            held: vec![Held::Yes; batch.steps.len()],
        })
    }
}

fn batcher() -> Batcher<Slow> {
    batcher_at(PACE)
}

fn batcher_at(pace: Pace) -> Batcher<Slow> {
    let engine = Slow {
        pool: SqlitePool::connect_lazy("sqlite::memory:").expect("a good address"),
        permits: Semaphore::new(0),
        batches: Lock::default(),
    };
    Batcher::new(engine, pace)
}

fn key(number: u8) -> Key {
    Key::from_bytes([number; 32])
}

fn claim(batcher: &Batcher<Slow>, number: u8) -> JoinHandle<Result<Claim, StoreError>> {
    let (lease, keep) = (Duration::from_secs(1), Duration::from_secs(2));
    let print = Fingerprint::from_bytes([1; 16]);
    let wish = Wish::new(&key(number), &print, Lease::new(lease), Retention::new(keep));
    let batcher = batcher.clone();
    tokio::spawn(async move { batcher.claim(wish).await })
}

fn release(batcher: &Batcher<Slow>, number: u8) -> JoinHandle<Result<Held, StoreError>> {
    let step = Step::release(&Ticket::new(key(number), 1, 1));
    let batcher = batcher.clone();
    tokio::spawn(async move { batcher.step(step).await })
}

impl Batcher<Slow> {
    fn batches(&self) -> Vec<(usize, usize)> {
        self.engine().batches.lock().expect("no test panics here").clone()
    }

    /// Waits until this many batches have begun.
    async fn begun(&self, count: usize) {
        while self.batches().len() < count {
            tokio::task::yield_now().await;
        }
    }

    /// Waits until this many verbs wait for the next batch.
    async fn waiting(&self, count: usize) {
        while self.0.queue().waiting.len() != count {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn those_who_come_while_it_is_busy_go_together() {
    let batcher = batcher();
    let mut claims = vec![claim(&batcher, 0)];
    batcher.begun(1).await;
    claims.extend((1..=20).map(|number| claim(&batcher, number)));
    let held = release(&batcher, 99);
    batcher.waiting(21).await;
    batcher.engine().permits.add_permits(2);
    for claim in claims {
        assert_eq!(claim.await.expect("no panic").expect("an answer"), Claim::Done);
    }
    assert_eq!(held.await.expect("no panic").expect("an answer"), Held::Yes);
    assert_eq!(batcher.batches(), [(1, 0), (20, 1)]);
}

#[tokio::test]
async fn steps_of_one_key_go_one_after_the_other() {
    let batcher = batcher();
    let first = claim(&batcher, 0);
    batcher.begun(1).await;
    let steps: Vec<_> = [7, 7, 8, 7].map(|number| release(&batcher, number)).into();
    batcher.waiting(4).await;
    batcher.engine().permits.add_permits(4);
    for step in steps {
        assert_eq!(step.await.expect("no panic").expect("an answer"), Held::Yes);
    }
    assert!(first.await.is_ok());
    assert_eq!(batcher.batches(), [(1, 0), (0, 2), (0, 1), (0, 1)]);
}

#[tokio::test]
async fn claims_and_steps_go_apart_where_a_batch_mixes_nothing() {
    let batcher = batcher_at(Pace { mixes: false, ..PACE });
    let mut claims = vec![claim(&batcher, 0)];
    batcher.begun(1).await;
    let mut steps = Vec::new();
    for number in 1..=3 {
        steps.push(release(&batcher, number));
        batcher.waiting(2 * usize::from(number) - 1).await;
        claims.push(claim(&batcher, number));
        batcher.waiting(2 * usize::from(number)).await;
    }
    batcher.engine().permits.add_permits(3);
    for claim in claims {
        assert!(claim.await.expect("no panic").is_ok());
    }
    for step in steps {
        assert!(step.await.expect("no panic").is_ok());
    }
    assert_eq!(batcher.batches(), [(1, 0), (0, 3), (3, 0)]);
}

#[tokio::test]
async fn a_batch_goes_beside_another_only_with_company() {
    let batcher = batcher_at(Pace {
        lanes: 2,
        company: 3,
        followers: 3,
        ..PACE
    });
    let mut claims = vec![claim(&batcher, 0)];
    batcher.begun(1).await;
    claims.extend([1, 2].map(|number| claim(&batcher, number)));
    batcher.waiting(2).await;
    assert_eq!(batcher.batches(), [(1, 0)]);
    claims.push(claim(&batcher, 3));
    batcher.begun(2).await;
    assert_eq!(batcher.batches(), [(1, 0), (3, 0)]);
    claims.push(claim(&batcher, 4));
    batcher.waiting(1).await;
    // Whichever of the two is done first leaves what waits to the other.
    batcher.engine().permits.add_permits(1);
    while batcher.0.queue().running == 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(batcher.batches(), [(1, 0), (3, 0)]);
    batcher.engine().permits.add_permits(2);
    for claim in claims {
        assert!(claim.await.expect("no panic").is_ok());
    }
}

#[tokio::test]
async fn a_connection_rests_for_a_moment_and_is_given_back() {
    let batcher = batcher_at(Pace { rests: true, ..PACE });
    batcher.engine().permits.add_permits(2);
    for number in 0..2 {
        assert!(claim(&batcher, number).await.expect("no panic").is_ok());
        while !batcher.0.queue().is_resting {
            tokio::task::yield_now().await;
        }
        assert_eq!(batcher.0.queue().running, 1);
    }
    while batcher.0.queue().running > 0 || batcher.engine().pool.num_idle() == 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn who_has_gone_is_not_carried_out() {
    let batcher = batcher();
    let first = claim(&batcher, 0);
    batcher.begun(1).await;
    let (gone, stays) = (claim(&batcher, 1), claim(&batcher, 2));
    batcher.waiting(2).await;
    gone.abort();
    assert!(gone.await.is_err());
    batcher.engine().permits.add_permits(2);
    assert!(first.await.is_ok() && stays.await.is_ok());
    assert_eq!(batcher.batches(), [(1, 0), (1, 0)]);
}

#[tokio::test]
async fn a_batch_that_nobody_waits_for_holds_nobody_up() {
    let batcher = batcher();
    let first = claim(&batcher, 0);
    batcher.begun(1).await;
    let next = claim(&batcher, 1);
    first.abort();
    batcher.begun(2).await;
    batcher.engine().permits.add_permits(1);
    assert!(next.await.expect("no panic").is_ok());
}

#[tokio::test]
async fn a_verb_waits_for_as_long_as_a_receiver_may_be_told_to() {
    let batcher = batcher();
    let patient = claim(&batcher, 0);
    batcher.begun(1).await;
    tokio::time::pause();
    pass(Duration::from_secs(59)).await;
    assert!(!patient.is_finished());
    batcher.engine().permits.add_permits(1);
    assert!(patient.await.expect("no panic").is_ok());

    let endless = claim(&batcher, 1);
    batcher.begun(2).await;
    pass(Duration::from_secs(61)).await;
    assert!(endless.is_finished(), "a lane is not held up for ever");
    assert!(endless.await.expect("no panic").is_err());
}

/// Lets time pass, and those who waited for it take note.
async fn pass(time: Duration) {
    tokio::time::advance(time).await;
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn so_many_may_wait_and_no_more() {
    let batcher = batcher();
    let first = claim(&batcher, 0);
    batcher.begun(1).await;
    let waiting: Vec<_> = (0..MOST_WAITING).map(|_| claim(&batcher, 1)).collect();
    batcher.waiting(MOST_WAITING).await;
    let error = claim(&batcher, 2)
        .await
        .expect("no panic")
        .expect_err("there is no room");
    assert_eq!(error.kind(), StoreErrorKind::Unavailable);
    waiting.into_iter().for_each(|claim| claim.abort());
    while batcher.0.queue().waiting.iter().any(Waiting::is_wanted) {
        tokio::task::yield_now().await;
    }
    let next = claim(&batcher, 3);
    batcher.waiting(1).await;
    batcher.engine().permits.add_permits(2);
    assert!(first.await.is_ok() && next.await.expect("no panic").is_ok());
}

#[test]
fn a_runtime_that_ends_leaves_nobody_waiting() {
    let runtime = || {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
    };
    let (first, second) = (runtime().expect("a runtime"), runtime().expect("a runtime"));
    let batcher = batcher_on(&first);
    first.block_on(async {
        drop(claim(&batcher, 0));
        batcher.begun(1).await;
    });
    let entered = second.enter();
    let orphan = claim(&batcher, 1);
    drop(entered);
    second.block_on(batcher.waiting(1));
    drop(first);
    let error = second
        .block_on(orphan)
        .expect("no panic")
        .expect_err("its task has gone");
    assert_eq!(error.kind(), StoreErrorKind::Unavailable);
    batcher.engine().permits.add_permits(1);
    let next = second.block_on(async { claim(&batcher, 2).await });
    assert!(
        next.expect("no panic").is_ok(),
        "the next verb starts a task of its own"
    );
}

fn batcher_on(runtime: &tokio::runtime::Runtime) -> Batcher<Slow> {
    let _entered = runtime.enter();
    batcher()
}

const PACE: Pace = Pace {
    lanes: 1,
    company: 1,
    followers: 1,
    mixes: true,
    rests: false,
};
