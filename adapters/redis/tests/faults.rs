//! The store in trouble, by the numbers of the threats: 175 to 177 and 193.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::net::SocketAddr;

use tower_webhook_redis::{RedisStore, redis};
use tower_webhook_testkit::faults;
use tower_webhook_testkit::server::Server;

async fn connect(addr: SocketAddr) -> RedisStore {
    let client = redis::Client::open(format!("redis://{addr}")).unwrap();
    let connection = client.get_connection_manager().await.unwrap();
    RedisStore::new(connection).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn t175_t176_t177_t193_faults_of_the_wire_lose_nothing() {
    if let Some(server) = Server::redis(&[]) {
        faults::of_the_wire(&server, connect).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn t175_t176_t177_t193_restarts_lose_nothing_that_is_on_disk() {
    if let Some(server) = Server::redis(&["--appendonly", "yes", "--appendfsync", "always"]) {
        faults::of_the_server(server, connect).await;
    }
}
