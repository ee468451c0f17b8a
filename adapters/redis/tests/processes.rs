//! The store among many processes: races (179, 180), clocks (192), kills (194).
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use tower_webhook_redis::{RedisStore, redis};
use tower_webhook_testkit::server::Server;
use tower_webhook_testkit::{kill, race, skew};

async fn connect(url: String) -> RedisStore {
    let client = redis::Client::open(url).unwrap();
    let connection = client.get_connection_manager().await.unwrap();
    RedisStore::new(connection).await.unwrap()
}

fn start() -> Option<(Server, String)> {
    let server = Server::redis(&[])?;
    let url = server.url();
    Some((server, url))
}

#[test]
fn t179_t180_of_sixteen_processes_one_wins() {
    race::over_processes("t179_t180_of_sixteen_processes_one_wins", start, connect);
}

#[test]
fn t194_a_killed_receiver_loses_nothing() {
    kill::leases("t194_a_killed_receiver_loses_nothing", start, connect);
}

#[test]
fn t192_a_clock_that_is_off_by_an_hour_changes_nothing() {
    skew::of_an_hour(
        "t192_a_clock_that_is_off_by_an_hour_changes_nothing",
        start,
        connect,
    );
}
