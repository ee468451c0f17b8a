//! Genuine deliveries over TCP while others do their worst: `cargo build --example receiver && cargo test --test load`.
//!
//! The receiver and the attackers are processes of their own, the latter at the lowest priority: a real attacker computes
//! elsewhere. `LOAD_SECONDS` says for how long they go on: ten without it, 600 for a soak.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod attack;
mod genuine;
mod receiver;

use std::net::SocketAddr;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use genuine::Latencies;
use receiver::Receiver;

/// For how long the genuine deliveries go alone.
const QUIET: Duration = Duration::from_secs(4);
/// What one connection may cost the receiver beyond what was sent on it: buffers, a task, a timer.
const PER_CONNECTION: u64 = 64 << 10;
/// Of the 10,000 idle and 1,000 slow connections, which the receiver cuts off after ten seconds: those that a slow machine must
/// have seen at once.
const ENOUGH: u64 = 3_000;
/// How much slower the slowest hundredth may become. The goal is 2; the rest is for machines on which both compute.
const SLOWER: f64 = 15.0;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, word, address, seconds] = &arguments[..]
        && word == "attack"
    {
        return attack::all(address.parse().unwrap(), seconds.parse().unwrap()).await;
    }
    let seconds =
        std::env::var("LOAD_SECONDS").map_or(10, |text| text.parse().expect("LOAD_SECONDS in seconds"));
    let receiver = Receiver::start().await;
    let (files, memory) = (receiver.files(), receiver.memory());

    let quiet = genuine::send(receiver.address(), QUIET).await;
    let mut attackers = attackers(receiver.address(), seconds + 1);
    let most = receiver.watch();
    tokio::time::sleep(attack::GATHERED).await;
    let loud = genuine::send(receiver.address(), Duration::from_secs(seconds)).await;
    assert!(attackers.wait().unwrap().success(), "the attackers failed");
    let most = tokio::task::spawn_blocking(|| most.join().unwrap())
        .await
        .unwrap();

    settle(&receiver, files).await;
    let after = genuine::send(receiver.address(), Duration::from_secs(1)).await;
    let ratio = loud.p99() / quiet.p99();
    report("quiet", &quiet);
    report("attacked", &loud);
    report("afterwards", &after);
    let grown = most.memory.saturating_sub(memory);
    let each = grown / most.files.max(1);
    println!(
        "    p99 {ratio:.2} x the quiet one; {} connections, {} MiB more, {each} bytes each",
        most.files,
        grown >> 20
    );
    assert!(
        most.files > ENOUGH,
        "the attackers were not all there: {} connections",
        most.files
    );
    assert!(each < PER_CONNECTION, "a connection costs {each} bytes");
    assert!(ratio < SLOWER, "genuine deliveries were {ratio:.1} times slower");
    receiver.stop();
}

/// This program once more, as the attackers.
fn attackers(address: SocketAddr, seconds: u64) -> Child {
    let program = std::env::current_exe().unwrap();
    let mut command = Command::new("nice");
    command.args(["-n", "19"]).arg(program).arg("attack");
    command
        .args([address.to_string(), seconds.to_string()])
        .spawn()
        .unwrap()
}

/// The receiver lets go of every connection.
async fn settle(receiver: &Receiver, files: u64) {
    let began = Instant::now();
    while receiver.files() > files {
        assert!(
            began.elapsed() < Duration::from_secs(40),
            "{} descriptors are still open, {files} were at the start",
            receiver.files()
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

fn report(name: &str, latencies: &Latencies) {
    let [half, p99, most] = [latencies.at(50), latencies.p99(), latencies.at(100)];
    println!(
        "    {name}: {} deliveries accepted, each; ms: half {half:.2}, p99 {p99:.2}, most {most:.2}; new connections, most {:.2}",
        latencies.count(),
        latencies.connecting()
    );
}
