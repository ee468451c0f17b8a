//! SQLite keeps the contract, and what it answered outlives a full disk.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{Connection, Executor};
use tower_webhook::store::contract::{self, Contract};
use tower_webhook::store::{Claim, Held, Lease, Operate, Retention, Store, StoreError, StoreErrorKind};
use tower_webhook::{Fingerprint, Key};
use tower_webhook_sqlx::{SetupErrorKind, SqliteStore, sqlx};

fn key(number: u64) -> Key {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    Key::from_bytes(bytes)
}

async fn claim(store: &SqliteStore, number: u64) -> Result<Claim, StoreError> {
    let (lease, keep) = (Duration::from_secs(60), Duration::from_secs(3600));
    let print = Fingerprint::from_bytes([1; 16]);
    store
        .claim(&key(number), &print, Lease::new(lease), Retention::new(keep))
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn t179_t180_t181_t183_sqlite_keeps_the_contract() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("webhooks.db");
    SqliteStore::open(&path).await.unwrap().migrate().await.unwrap();
    // Handles of their own: each has a writer that shares nothing but the file.
    let connect = || async { SqliteStore::open(&path).await.unwrap() };
    Contract::new().sequences(60).run(connect).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn t196_an_operator_sees_counts_and_purges() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("webhooks.db");
    SqliteStore::open(&path).await.unwrap().migrate().await.unwrap();
    contract::check_operate(|| async { SqliteStore::open(&path).await.unwrap() }).await;
}

/// A view stands for a table so large that it takes seconds to count.
#[tokio::test]
async fn a_claim_waits_for_no_operator_who_counts() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("webhooks.db");
    let store = SqliteStore::open(&path).await.unwrap();
    store.migrate().await.unwrap();
    let view =
        "CREATE VIEW large AS WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT 2000000)
        SELECT n AS expires_at, n AS lease_until, 'D' AS state FROM n";
    another_writer(&path).await.execute(view).await.unwrap();
    let large = store.clone().table("large").unwrap();
    let counting = tokio::spawn(async move { large.counts().await });
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    let began = claim(&store, 1).await.unwrap();
    assert!(!counting.is_finished(), "the count is under way");
    assert!(matches!(began, Claim::Won(_)), "{began:?}");
    assert_eq!(counting.await.unwrap().unwrap().expired, 2_000_000);
}

#[tokio::test]
async fn a_store_in_memory_is_counted_where_it_is() {
    let store = SqliteStore::open(":memory:").await.unwrap();
    store.migrate().await.unwrap();
    assert!(matches!(claim(&store, 1).await.unwrap(), Claim::Won(_)));
    assert_eq!(store.counts().await.unwrap().claimed, 1);
    assert!(store.inspect(&key(1)).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn t191_a_full_disk_fails_whole_transactions_and_keeps_what_was_answered() {
    let directory = tempfile::tempdir().unwrap();
    let options = SqliteStore::options().filename(directory.path().join("webhooks.db"));
    let store = SqliteStore::open_with(options.clone().pragma("max_page_count", "40"))
        .await
        .unwrap();
    store.migrate().await.unwrap();
    let claims: Vec<_> = (0..4000)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move { (number, claim(&store, number).await) })
        })
        .collect();
    let (mut won, mut failed) = (Vec::new(), Vec::new());
    for claim in claims {
        match claim.await.unwrap() {
            (number, Ok(Claim::Won(ticket))) => won.push((number, ticket)),
            (number, Err(error)) => failed.push((number, error)),
            other => panic!("a new key was answered {other:?}"),
        }
    }
    assert!(
        !won.is_empty() && !failed.is_empty(),
        "the disk fills up half-way"
    );
    for (_, error) in &failed {
        assert_eq!(error.kind(), StoreErrorKind::Unavailable);
        assert!(
            error.source().unwrap().to_string().contains("no room"),
            "{error:?}"
        );
    }
    drop(store);

    let store = SqliteStore::open_with(options).await.unwrap();
    for (number, ticket) in won {
        assert!(matches!(
            claim(&store, number).await.unwrap(),
            Claim::InFlight { .. }
        ));
        let keep = Retention::new(Duration::from_secs(60));
        assert_eq!(store.complete(&ticket, keep).await.unwrap(), Held::Yes);
    }
    for (number, _) in failed {
        assert_eq!(
            store.inspect(&key(number)).await.unwrap(),
            None,
            "nothing is half done"
        );
    }
}

#[tokio::test]
async fn a_duplicate_writes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("webhooks.db");
    let store = SqliteStore::open(&path).await.unwrap();
    store.migrate().await.unwrap();
    let log = || path.with_extension("db-wal").metadata().unwrap().len();
    let before = log();
    let Claim::Won(first) = claim(&store, 1).await.unwrap() else {
        panic!("the key is free");
    };
    let after = log();
    assert!(after > before, "a claim is in the log");
    let again = claim(&store, 1).await.unwrap();
    assert!(matches!(again, Claim::InFlight { .. }), "{again:?}");
    assert_eq!(log(), after);
    let Claim::Won(second) = claim(&store, 2).await.unwrap() else {
        panic!("the key is free");
    };
    assert!(second.fence() > first.fence());
}

/// On one thread, where a blocked runtime could never let go of what it waits for.
#[tokio::test]
async fn t191_a_claim_waits_for_another_writer_without_blocking_the_runtime() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("webhooks.db");
    let store = SqliteStore::open(&path).await.unwrap();
    store.migrate().await.unwrap();
    let mut other = another_writer(&path).await;
    let tx = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let waiting = tokio::spawn({
        let store = store.clone();
        async move { claim(&store, 1).await }
    });
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(!waiting.is_finished(), "the other writer has the lock");
    tx.commit().await.unwrap();
    assert!(matches!(waiting.await.unwrap().unwrap(), Claim::Won(_)));
}

#[tokio::test]
async fn t191_a_writer_that_does_not_let_go_makes_the_store_unavailable() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("webhooks.db");
    let options = SqliteStore::options()
        .filename(&path)
        .busy_timeout(Duration::from_millis(50));
    let store = SqliteStore::open_with(options).await.unwrap();
    store.migrate().await.unwrap();
    let mut other = another_writer(&path).await;
    let tx = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let error = claim(&store, 1).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unavailable);
    assert!(
        error.source().unwrap().to_string().contains("in the way"),
        "{error:?}"
    );
    tx.rollback().await.unwrap();
    assert!(matches!(claim(&store, 1).await.unwrap(), Claim::Won(_)));
}

async fn another_writer(path: &Path) -> sqlx::SqliteConnection {
    sqlx::SqliteConnection::connect_with(&SqliteStore::options().filename(path))
        .await
        .unwrap()
}

#[tokio::test]
async fn the_file_is_opened_so_that_an_answer_is_on_the_disk() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("webhooks.db");
    let pool = SqlitePoolOptions::new()
        .connect_with(SqliteStore::options().filename(path))
        .await
        .unwrap();
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode")
        .fetch_one(&pool)
        .await
        .unwrap();
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!((mode.as_str(), synchronous), ("wal", 2));
}

#[tokio::test]
async fn start_up_says_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("webhooks.db");
    let store = SqliteStore::open(&path).await.unwrap().table("claims").unwrap();
    let error = store.check().await.unwrap_err();
    assert_eq!(error.kind(), SetupErrorKind::Missing);
    assert!(error.to_string().contains("migrate()"), "{error}");
    let early = claim(&store, 1).await.unwrap_err();
    assert!(
        early.source().unwrap().to_string().contains("migrate()"),
        "{early:?}"
    );
    store.migrate().await.unwrap();
    store.migrate().await.unwrap();
    store.check().await.unwrap();
    let mut other = another_writer(&path).await;
    for (version, kind) in [("0", SetupErrorKind::Outdated), ("99", SetupErrorKind::TooNew)] {
        let set = sqlx::AssertSqlSafe(format!("UPDATE claims_schema SET version = {version}"));
        other.execute(set).await.unwrap();
        assert_eq!(store.check().await.unwrap_err().kind(), kind);
    }
    let error = SqliteStore::open(directory.path()).await.unwrap_err();
    assert_eq!(error.kind(), SetupErrorKind::Database);
    let error = store.table("other.claims").unwrap_err();
    assert_eq!(error.kind(), SetupErrorKind::Name);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_somebody_left_open_takes_no_claim_with_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("webhooks.db");
    let shared = SqlitePoolOptions::new().max_connections(1);
    let options = SqliteStore::options().filename(&path);
    let shared = shared.connect_with(options).await.unwrap();
    let store = SqliteStore::new(shared.clone());
    store.migrate().await.unwrap();
    shared.acquire().await.unwrap().execute("BEGIN").await.unwrap();
    assert!(matches!(claim(&store, 1).await.unwrap(), Claim::Won(_)));
    let other = SqliteStore::open(&path).await.unwrap();
    assert!(
        matches!(claim(&other, 1).await.unwrap(), Claim::InFlight { .. }),
        "it is committed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_purged_when_it_is_over_whatever_its_retention_was_before() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("webhooks.db");
    let store = SqliteStore::open(&path).await.unwrap();
    store.migrate().await.unwrap();
    let pool = SqlitePoolOptions::new();
    let pool = pool
        .connect_with(SqliteStore::options().filename(&path))
        .await
        .unwrap();
    let places = async || {
        let places = "SELECT purge_at - expires_at, expires_at - unixepoch() * 1000000 FROM webhook_event";
        let places: (i64, i64) = sqlx::query_as(places).fetch_one(&pool).await.unwrap();
        places
    };
    let Claim::Won(ticket) = claim(&store, 1).await.unwrap() else {
        panic!("a new key is won")
    };
    let slack = 3_600_000_000 / 64;
    assert_eq!(places().await.0, slack);
    let same = Retention::new(Duration::from_secs(3600));
    assert_eq!(store.complete(&ticket, same).await.unwrap(), Held::Yes);
    let (late, _) = places().await;
    assert!(
        (0..slack).contains(&late),
        "the completion leaves its place in the index: {late}"
    );
    let short = Retention::new(Duration::from_millis(1));
    assert_eq!(store.complete(&ticket, short).await.unwrap(), Held::Yes);
    let (late, left) = places().await;
    assert!(
        late == 0 && left <= 1_001_000,
        "a shorter retention moves it: {late}, {left}"
    );
    while store.purge_expired().await.unwrap() == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(store.counts().await.unwrap().total(), 0);
}
