//! PostgreSQL keeps the contract: at each isolation level, on a partitioned table.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::error::Error;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Executor, PgPool};
use tower_webhook::store::contract::{self, Contract};
use tower_webhook::store::{Claim, Lease, Operate, Retention, Store};
use tower_webhook::{Fingerprint, Key};
use tower_webhook_sqlx::{PostgresStore, SetupErrorKind, sqlx};
use tower_webhook_testkit::server::Server;

/// A pool whose sessions have these settings.
fn pool(server: &Server, connections: u32, settings: &[(&str, &str)]) -> PgPool {
    let options: PgConnectOptions = server.url().parse().unwrap();
    let options = options.options(settings.iter().copied());
    let pool = PgPoolOptions::new().max_connections(connections);
    pool.acquire_timeout(Duration::from_secs(5))
        .connect_lazy_with(options)
}

/// A server that trusts its disk: what these tests prove does not depend on it, and they are quicker.
fn server() -> Option<Server> {
    Server::postgres(&["-c", "fsync=off"])
}

/// Proves the contract over handles of their own, each with a pool and a queue that it shares with nobody.
async fn keeps_the_contract(server: &Server, settings: &[(&str, &str)], sequences: u32) {
    let store = || PostgresStore::new(pool(server, 2, settings));
    store().migrate().await.unwrap();
    let connect = || async { store() };
    Contract::new().sequences(sequences).run(connect).await;
    contract::check_operate(connect).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn t179_t180_t181_t183_t188_t196_postgres_keeps_the_contract() {
    let Some(server) = server() else { return };
    keeps_the_contract(&server, &[], 300).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn t187_the_contract_holds_at_each_isolation_level() {
    let Some(server) = server() else { return };
    for level in ["repeatable read", "serializable"] {
        keeps_the_contract(&server, &[("default_transaction_isolation", level)], 100).await;
    }
}

/// The README's text for whoever wants the table in partitions.
const PARTITIONED: &str = include_str!("../sql/postgres-partitioned.sql");

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_holds_on_a_partitioned_table() {
    let Some(server) = server() else { return };
    let pool = pool(&server, 1, &[]);
    pool.execute(sqlx::raw_sql(PARTITIONED)).await.unwrap();
    keeps_the_contract(&server, &[], 60).await;
    let partitions = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'webhook_event'::regclass";
    let partitions: i64 = sqlx::query_scalar(partitions).fetch_one(&pool).await.unwrap();
    assert_eq!(partitions, 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn start_up_says_what_to_do() {
    let Some(server) = server() else { return };
    let pool = pool(&server, 4, &[]);
    let store = PostgresStore::new(pool.clone()).table("hooks.claims").unwrap();
    let error = store.check().await.unwrap_err();
    assert_eq!(error.kind(), SetupErrorKind::Missing);
    assert!(error.to_string().contains("migrate()"), "{error}");
    assert!(error.source().is_some());
    assert_eq!(
        store.migrate().await.unwrap_err().kind(),
        SetupErrorKind::Database
    );

    let early = claim(&store, 1).await.unwrap_err();
    assert!(
        early.source().unwrap().to_string().contains("migrate()"),
        "{early:?}"
    );
    let source = early.source().unwrap().source().unwrap();
    assert!(
        source.downcast_ref::<sqlx::Error>().is_some(),
        "the database's own error is kept"
    );

    pool.execute("CREATE SCHEMA hooks").await.unwrap();
    let migrations: Vec<_> = (0..8)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.migrate().await })
        })
        .collect();
    for migration in migrations {
        migration.await.unwrap().unwrap();
    }
    store.check().await.unwrap();
    for (version, kind) in [(0, SetupErrorKind::Outdated), (99, SetupErrorKind::TooNew)] {
        let set = sqlx::query("UPDATE hooks.claims_schema SET version = $1").bind(version);
        set.execute(&pool).await.unwrap();
        assert_eq!(store.check().await.unwrap_err().kind(), kind);
    }
    assert_eq!(store.migrate().await.unwrap_err().kind(), SetupErrorKind::TooNew);
    pool.close().await;
    assert_eq!(store.check().await.unwrap_err().kind(), SetupErrorKind::Database);
}

async fn claim(store: &PostgresStore, number: u64) -> Result<Claim, tower_webhook::store::StoreError> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    let (lease, keep) = (Duration::from_secs(60), Duration::from_secs(3600));
    let print = Fingerprint::from_bytes([1; 16]);
    store
        .claim(
            &Key::from_bytes(bytes),
            &print,
            Lease::new(lease),
            Retention::new(keep),
        )
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn t196_a_purge_of_thousands_keeps_live_claims() {
    let Some(server) = server() else { return };
    let pool = pool(&server, 4, &[]);
    let store = PostgresStore::new(pool.clone());
    store.migrate().await.unwrap();
    let old = "INSERT INTO webhook_event (event_key, fingerprint, fence, lease_until, expires_at, purge_at, attempts, state) \
               SELECT sha256(number::text::bytea), '\\x01010101010101010101010101010101', nextval('webhook_event_fence'), \
                      now() - interval '2 days', now() - interval '1 day', now() - interval '1 hour', 1, 'D' FROM generate_series(1, 2500) AS number";
    pool.execute(old).await.unwrap();
    for number in 0..10 {
        assert!(matches!(claim(&store, number).await.unwrap(), Claim::Won(_)));
    }
    assert_eq!(store.counts().await.unwrap().expired, 2500);
    assert_eq!(store.purge_expired().await.unwrap(), 2500);
    let counts = store.counts().await.unwrap();
    assert_eq!((counts.claimed, counts.total()), (10, 10));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_somebody_left_open_takes_no_claim_with_it() {
    let Some(server) = server() else { return };
    let shared = pool(&server, 1, &[]);
    let store = PostgresStore::new(shared.clone());
    store.migrate().await.unwrap();
    // As a handler leaves it that is dropped while it begins.
    shared.acquire().await.unwrap().execute("BEGIN").await.unwrap();
    assert!(matches!(claim(&store, 1).await.unwrap(), Claim::Won(_)));
    let other = PostgresStore::new(pool(&server, 1, &[]));
    assert!(
        matches!(claim(&other, 1).await.unwrap(), Claim::InFlight { .. }),
        "it is committed"
    );
}
