//! What shares a call, and what doesn't.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::net::TcpListener;
use std::time::Duration;

use redis::aio::ConnectionManager;
use redis::{Value, cmd};
use tokio::task::JoinSet;
use tower_webhook::store::{Lease, Retention};
use tower_webhook::{Fingerprint, Key};
use tower_webhook_testkit::server::Server;

use super::{Batcher, LANES, MOST_AT_ONCE};
use crate::verb::Verb;

async fn connect(server: &Server) -> ConnectionManager {
    let client = redis::Client::open(server.url()).unwrap();
    client.get_connection_manager().await.unwrap()
}

async fn batcher(server: &Server) -> Batcher<ConnectionManager> {
    Batcher::new(connect(server).await, "webhook".into(), true)
}

fn claim(number: u8) -> Verb {
    let (print, key) = (Fingerprint::from_bytes([1; 16]), Key::from_bytes([number; 32]));
    let lease = Lease::new(Duration::from_secs(60));
    Verb::claim(&key, &print, lease, Retention::new(Duration::from_secs(3600)))
}

/// Asks for all of these at the same time.
async fn ask_all(batcher: &Batcher<ConnectionManager>, verbs: impl Iterator<Item = Verb>) -> Vec<Value> {
    let mut asking = JoinSet::new();
    for verb in verbs {
        let batcher = batcher.clone();
        asking.spawn(async move { batcher.ask(verb).await.unwrap() });
    }
    asking.join_all().await
}

async fn scripts_called(server: &Server) -> usize {
    let mut connection = connect(server).await;
    let stats = cmd("INFO").arg("commandstats").query_async(&mut connection).await;
    let stats: String = stats.unwrap();
    let count = stats.split_once("cmdstat_evalsha:calls=").map(|(_, rest)| rest);
    let count = count.and_then(|rest| rest.split(',').next());
    count.map_or(0, |count| count.parse().unwrap())
}

async fn cluster_info(server: &Server) -> String {
    let mut info = cmd("CLUSTER");
    info.arg("INFO");
    info.query_async(&mut connect(server).await).await.unwrap()
}

/// In one thread, so that all have asked before anybody is served.
#[tokio::test]
async fn verbs_that_come_together_share_a_call() {
    let Some(server) = Server::redis(&[]) else { return };
    let batcher = batcher(&server).await;
    let won = ask_all(&batcher, (0..200).map(claim)).await;
    assert!(won.iter().all(|answer| matches!(answer, Value::Int(1..))));
    let calls = scripts_called(&server).await;
    assert!(
        calls >= 200_usize.div_ceil(MOST_AT_ONCE),
        "no call is too long: {calls}"
    );
    assert!(calls <= 8, "few go alone: {calls}");
}

#[tokio::test]
async fn one_key_of_many_callers_has_one_winner() {
    let Some(server) = Server::redis(&[]) else { return };
    let batcher = batcher(&server).await;
    let answers = ask_all(&batcher, (0..100).map(|_| claim(7))).await;
    let won = answers.iter().filter(|answer| matches!(answer, Value::Int(_)));
    assert_eq!(won.count(), 1);
    let in_flight = answers.iter().filter(|answer| matches!(answer, Value::Array(_)));
    assert_eq!(in_flight.count(), 99);
}

#[tokio::test]
async fn a_caller_that_is_gone_changes_nothing_for_the_others() {
    let Some(server) = Server::redis(&[]) else { return };
    let batcher = batcher(&server).await;
    let mut asking = Vec::new();
    for number in 0..40 {
        let batcher = batcher.clone();
        asking.push(tokio::spawn(async move { batcher.ask(claim(number)).await }));
    }
    // They have asked, and the first call is under way.
    tokio::task::yield_now().await;
    for gone in asking.iter().step_by(2) {
        gone.abort();
    }
    for asked in asking.into_iter().skip(1).step_by(2) {
        assert!(matches!(asked.await.unwrap().unwrap(), Value::Int(1..)));
    }
}

#[tokio::test]
async fn a_record_that_nobody_can_read_is_its_own_verbs_trouble() {
    let Some(server) = Server::redis(&[]) else { return };
    let batcher = batcher(&server).await;
    let name = format!("webhook:{{{}}}", "03".repeat(32));
    let mut push = cmd("LPUSH");
    push.arg(name).arg("1");
    let _: u64 = push.query_async(&mut connect(&server).await).await.unwrap();
    let answers = ask_all(&batcher, (0..10).map(claim)).await;
    let won = answers.iter().filter(|answer| matches!(answer, Value::Int(1..)));
    assert_eq!(won.count(), 9);
    assert!(answers.contains(&Value::Int(-1)));
}

/// A server that spreads records over others refuses a call that names several, and does nothing of it.
#[tokio::test]
async fn records_that_turn_out_to_be_spread_are_asked_for_one_by_one() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
    let bus = free.unwrap().port().to_string();
    let Some(server) = Server::redis(&["--cluster-enabled", "yes", "--cluster-port", &bus]) else {
        return;
    };
    let mut slots = cmd("CLUSTER");
    slots.arg(&["ADDSLOTSRANGE", "0", "16383"]);
    let _: () = slots.query_async(&mut connect(&server).await).await.unwrap();
    while !cluster_info(&server).await.contains("cluster_state:ok") {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let batcher = batcher(&server).await;
    let won = ask_all(&batcher, (0..50).map(claim)).await;
    assert!(won.iter().all(|answer| matches!(answer, Value::Int(1..))));
    assert!(!batcher.0.may_share(), "it is not tried again");
    let before = scripts_called(&server).await;
    ask_all(&batcher, (50..60).map(claim)).await;
    assert_eq!(scripts_called(&server).await, before + 10);
}

/// A worker that vanishes with its runtime leaves nobody waiting, and the next runtime is served.
#[test]
fn a_runtime_that_ends_takes_nobody_along() {
    let Some(server) = Server::redis(&[]) else { return };
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
    };
    let other = runtime();
    let batcher = other.block_on(batcher(&server));
    // As often as there are places for workers, none of which may be lost.
    for _ in 0..LANES {
        let first = runtime();
        let left = batcher.clone();
        first.spawn(async move { left.ask(claim(0)).await });
        first.block_on(tokio::task::yield_now());
        drop(first);
    }
    assert_eq!(batcher.0.queue().running, 0);
    let answer = other.block_on(batcher.ask(claim(1))).unwrap();
    assert!(matches!(answer, Value::Int(1..)), "{answer:?}");
}
