//! A server, stores on it, and a few verbs in short.
#![allow(clippy::unwrap_used, reason = "a test may fail")]
#![allow(dead_code, reason = "each test program uses its own part")]

use std::time::Duration;

use tower_webhook::store::{Claim, Lease, Retention, Store, StoreError, Ticket};
use tower_webhook::{Fingerprint, Key};
use tower_webhook_redis::redis::aio::ConnectionManager;
use tower_webhook_redis::{RedisStore, redis};
use tower_webhook_testkit::server::Server;

pub(crate) const PRINT: Fingerprint = Fingerprint::from_bytes([1; 16]);
pub(crate) const LEASE: Lease = Lease::new(Duration::from_secs(60));
pub(crate) const KEEP: Retention = Retention::new(Duration::from_secs(3600));

pub(crate) async fn connection(url: String) -> ConnectionManager {
    let client = redis::Client::open(url).unwrap();
    client.get_connection_manager().await.unwrap()
}

pub(crate) async fn store(server: &Server) -> RedisStore {
    RedisStore::new(connection(server.url()).await).await.unwrap()
}

pub(crate) fn key(number: u8) -> Key {
    Key::from_bytes([number; 32])
}

pub(crate) async fn claim(store: &impl Store, key: &Key) -> Result<Claim, StoreError> {
    store.claim(key, &PRINT, LEASE, KEEP).await
}

pub(crate) async fn win(store: &impl Store, key: &Key) -> Ticket {
    match claim(store, key).await.unwrap() {
        Claim::Won(ticket) => ticket,
        other => panic!("the key is free: {other:?}"),
    }
}

/// Sends a command as an operator at a prompt would.
pub(crate) async fn say<T: redis::FromRedisValue>(server: &Server, words: &[&str]) -> T {
    let mut command = redis::cmd(words[0]);
    command.arg(&words[1..]);
    let mut connection = connection(server.url()).await;
    command.query_async(&mut connection).await.unwrap()
}
