//! Genuine deliveries over TCP while others do their worst:
//! `cargo build --release --example receiver && cargo test --release --test load`.
//!
//! The receiver has a core of its own. Attackers are a process on another one, and compute only when the genuine sender there does not
//! want to: a real attacker computes elsewhere. Where there is but one core, or no `taskset`, all of them share what there is, and
//! how much slower deliveries become says little. `LOAD_SECONDS` says for how long they go on: ten without it, 600 for a soak;
//! `LOAD_KINDS` names the attacks, to see what one of them does alone.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod attack;
mod cores;
mod genuine;
mod receiver;

use std::net::SocketAddr;
use std::process::Child;
use std::time::{Duration, Instant};

use cores::Cores;
use genuine::Latencies;
use receiver::Receiver;

/// For how many seconds the genuine deliveries go alone.
const QUIET: u64 = 10;
/// What one connection may cost the receiver beyond what was sent on it: buffers, a task, a timer.
const PER_CONNECTION: u64 = 16 << 10;
/// The idle and the slow connections, all of which the receiver must have held at once.
const ALL: u64 = 11_000;
/// How much slower the slowest hundredth may become: on cores apart, and where they are shared.
const SLOWER: [f64; 2] = [2.0, 15.0];
/// Another program may take a core away for a part of a round; it doesn't in each of three.
const ROUNDS: usize = 3;
/// The share of the time that the receiver computes under attack, at least: the attackers have their core.
const BUSY: f64 = 0.8;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, word, address, seconds, kinds @ ..] = &arguments[..]
        && word == "attack"
    {
        return attack::all(address.parse().unwrap(), seconds.parse().unwrap(), kinds).await;
    }
    let seconds =
        std::env::var("LOAD_SECONDS").map_or(10, |text| text.parse().expect("LOAD_SECONDS in seconds"));
    let kinds = std::env::var("LOAD_KINDS").unwrap_or_default();
    let cores = Cores::take();
    for _ in 0..ROUNDS {
        if round(&cores, seconds, &kinds).await || !kinds.is_empty() {
            return;
        }
    }
    panic!(
        "in no round were all attackers there and genuine deliveries less than {} times slower",
        limit(&cores)
    );
}

fn limit(cores: &Cores) -> f64 {
    SLOWER[usize::from(!cores.are_apart())]
}

/// Whether the attackers were all there with a core of their own, and genuine deliveries no slower than they may be.
async fn round(cores: &Cores, seconds: u64, kinds: &str) -> bool {
    let receiver = Receiver::start(cores).await;
    let (files, memory) = (receiver.files(), receiver.memory());

    let quiet = genuine::send(receiver.address(), QUIET).await;
    let mut attackers = attackers(cores, receiver.address(), seconds + 1, kinds);
    let watch = receiver.watch();
    tokio::time::sleep(attack::GATHERED).await;
    let (began, computed) = (Instant::now(), receiver.computed());
    let loud = genuine::send(receiver.address(), seconds).await;
    let busy = (receiver.computed() - computed).as_secs_f64() / began.elapsed().as_secs_f64();
    assert!(attackers.wait().unwrap().success(), "the attackers failed");
    let most = watch.end();

    settle(&receiver, files).await;
    let after = genuine::send(receiver.address(), 1).await;
    report("quiet", &quiet);
    report("attacked", &loud);
    report("afterwards", &after);
    let slower = times(&loud, &quiet, Latencies::typical_p99);
    println!(
        "    p99 x the quiet one, over kept and new connections: {:.2?}, typical {slower:.2?}",
        times(&loud, &quiet, |of| of.at(99))
    );
    println!("    the receiver computed {:.0} % of the time", 100.0 * busy);
    let grown = most.memory.saturating_sub(memory);
    let each = grown / most.files.max(1);
    println!(
        "    {} connections, {} MiB more, {each} bytes each",
        most.files,
        grown >> 20
    );
    assert!(
        !kinds.is_empty() || each < PER_CONNECTION,
        "a connection costs {each} bytes"
    );
    receiver.stop();
    let are_there = most.files >= ALL && (busy > BUSY || !cores.are_apart());
    are_there && slower.iter().all(|times| *times < limit(cores))
}

fn times(loud: &[Latencies; 2], quiet: &[Latencies; 2], p99: impl Fn(&Latencies) -> f64) -> [f64; 2] {
    [0, 1].map(|kind| p99(&loud[kind]) / p99(&quiet[kind]))
}

/// This program once more, as the attackers.
fn attackers(cores: &Cores, address: SocketAddr, seconds: u64, kinds: &str) -> Child {
    cores
        .idly(&std::env::current_exe().unwrap())
        .args(["attack", &address.to_string(), &seconds.to_string()])
        .args(kinds.split_whitespace())
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

fn report(name: &str, latencies: &[Latencies; 2]) {
    for (kind, latencies) in ["kept", "new"].iter().zip(latencies) {
        let [half, p99, most] = [50, 99, 100].map(|hundredth| latencies.at(hundredth));
        println!(
            "    {name}, {kind} connections: {} deliveries, each accepted; ms: half {half:.2}, p99 {p99:.2}, typical {:.2}, most {most:.2}",
            latencies.count(),
            latencies.typical_p99(),
        );
    }
}
