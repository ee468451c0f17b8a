//! PostgreSQL keeps the contract: at each isolation level, on a partitioned table, with a small pool.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Executor, PgPool};
use tower_webhook::store::contract::{self, Contract};
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
}

#[tokio::test(flavor = "multi_thread")]
async fn t179_t180_t181_t183_postgres_keeps_the_contract() {
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
