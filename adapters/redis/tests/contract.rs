//! The rules of every store, on a real server.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use tower_webhook::store::contract;
use tower_webhook_redis::{RedisStore, redis};
use tower_webhook_testkit::server::Server;

async fn connect(server: &Server) -> RedisStore {
    let client = redis::Client::open(server.url()).unwrap();
    let connection = client.get_connection_manager().await.unwrap();
    RedisStore::new(connection).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_store_keeps_the_contract() {
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
