//! SQLite keeps the contract, and what it answered outlives a full disk.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use tower_webhook::store::contract::{self, Contract};
use tower_webhook_sqlx::SqliteStore;

#[tokio::test(flavor = "multi_thread")]
async fn t179_t180_t181_t183_sqlite_keeps_the_contract() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("webhooks.db");
    SqliteStore::open(&path).await.unwrap().migrate().await.unwrap();
    // Handles of their own: each has a writer that shares nothing but the file.
    let connect = || async { SqliteStore::open(&path).await.unwrap() };
    Contract::new().sequences(200).run(connect).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn t196_an_operator_sees_counts_and_purges() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("webhooks.db");
    SqliteStore::open(&path).await.unwrap().migrate().await.unwrap();
    contract::check_operate(|| async { SqliteStore::open(&path).await.unwrap() }).await;
}
