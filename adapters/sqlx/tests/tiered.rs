//! Each store keeps the contract behind a front: one that all share, and one for each process.
#![cfg(any(feature = "mysql", feature = "postgres", feature = "sqlite"))]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::future::ready;
use std::time::Duration;

use tower_webhook::store::contract::{self, Contract};
use tower_webhook::store::{Operate, TieredStore};
#[cfg(any(feature = "mysql", feature = "postgres"))]
use tower_webhook_testkit::server::Server;

async fn keeps_the_contract<S: Operate>(connect: impl AsyncFn() -> S, sequences: u32) {
    let shared = TieredStore::new(connect().await);
    let contract = Contract::new().sequences(sequences);
    contract.clone().run(|| ready(shared.clone())).await;
    contract::check_operate(|| ready(shared.clone())).await;
    assert!(shared.answered() > 0, "the front has had its part");
    // As many processes have them: each forgets within a step of the contract's time.
    let own = async || {
        let builder = TieredStore::builder(connect().await);
        builder.remember(Duration::from_millis(25)).build().unwrap()
    };
    contract.run(own).await;
}

#[cfg(feature = "sqlite")]
#[tokio::test(flavor = "multi_thread")]
async fn sqlite_keeps_the_contract_behind_fronts() {
    use tower_webhook_sqlx::SqliteStore;

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("webhooks.db");
    SqliteStore::open(&path).await.unwrap().migrate().await.unwrap();
    let connect = async || SqliteStore::open(&path).await.unwrap();
    keeps_the_contract(connect, 30).await;
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread")]
async fn postgres_keeps_the_contract_behind_fronts() {
    use tower_webhook_sqlx::{PostgresStore, sqlx::postgres::PgPoolOptions};

    let Some(server) = Server::postgres(&["-c", "fsync=off"]) else {
        return;
    };
    let connect = async || {
        let pool = PgPoolOptions::new().max_connections(2);
        PostgresStore::new(pool.connect_lazy(&server.url()).unwrap())
    };
    connect().await.migrate().await.unwrap();
    keeps_the_contract(connect, 100).await;
}

#[cfg(feature = "mysql")]
#[tokio::test(flavor = "multi_thread")]
async fn mariadb_keeps_the_contract_behind_fronts() {
    use tower_webhook_sqlx::{MySqlStore, sqlx::mysql::MySqlPoolOptions};

    let Some(server) = Server::mariadb(&["--innodb-flush-log-at-trx-commit=0"]) else {
        return;
    };
    let connect = async || {
        let pool = MySqlPoolOptions::new().max_connections(2);
        MySqlStore::new(pool.connect_lazy(&server.url()).unwrap())
    };
    connect().await.migrate().await.unwrap();
    keeps_the_contract(connect, 60).await;
}
