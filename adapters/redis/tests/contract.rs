//! The rules of every store, on a real server.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::future::ready;
use std::time::Duration;

use tower_webhook::store::{TieredStore, contract};
use tower_webhook_redis::{RedisStore, redis};
use tower_webhook_testkit::server::Server;

async fn connect(server: &Server) -> RedisStore {
    let client = redis::Client::open(server.url()).unwrap();
    let connection = client.get_connection_manager().await.unwrap();
    RedisStore::new(connection).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn t179_t180_t181_t183_the_store_keeps_the_contract() {
    if let Some(server) = Server::redis(&[]) {
        contract::check(|| connect(&server)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_sees_what_the_store_holds() {
    if let Some(server) = Server::redis(&[]) {
        contract::check_operate(|| connect(&server)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_store_keeps_the_contract_behind_a_front() {
    if let Some(server) = Server::redis(&[]) {
        let store = TieredStore::new(connect(&server).await);
        contract::check(|| ready(store.clone())).await;
        contract::check_operate(|| ready(store.clone())).await;
        assert!(store.answered() > 0, "the front has had its part");
    }
}

/// As many processes have them: a front each, which forgets within a step of time.
#[tokio::test(flavor = "multi_thread")]
async fn the_store_keeps_the_contract_behind_many_fronts() {
    if let Some(server) = Server::redis(&[]) {
        let connect = async || {
            let builder = TieredStore::builder(connect(&server).await);
            builder.remember(Duration::from_millis(25)).build().unwrap()
        };
        contract::check(connect).await;
    }
}
