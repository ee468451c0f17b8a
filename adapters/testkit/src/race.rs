//! Sixteen processes claim one key at the same moment, and one of them wins.

use std::future::Future;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::runtime::{Builder, Runtime};
use tower_webhook::store::{Claim, Held, Lease, Retention, Store, Ticket};
use tower_webhook::{Fingerprint, Key};

use crate::process::{self, Process};

/// Races processes for keys that are fresh, released and expired.
///
/// `test` is the name of the calling test. `start` makes what the store needs (a server) and says where it is; it runs
/// once, and `None` ends the test. `connect` makes a worker's store of that text.
///
/// # Panics
///
/// When a race has no winner or two, or when a fence does not rise.
pub fn over_processes<G, S, F>(
    test: &str,
    start: impl FnOnce() -> Option<(G, String)>,
    connect: impl FnOnce(String) -> F,
) where
    F: Future<Output = S>,
    S: Store,
{
    if let Some(target) = process::orders(test) {
        return runtime().block_on(async { work(connect(target).await).await });
    }
    let Some((_guard, target)) = start() else {
        return;
    };
    let mut racers: Vec<Process> = (0..RACERS).map(|_| Process::start(test, &target)).collect();
    for racer in &mut racers {
        assert_eq!(racer.hear(), "ready");
    }
    for round in 0..ROUNDS {
        let key = format!("{:016x}{:048x}", fastrand::u64(..), round);
        let fresh = race(&mut racers, &key, "fresh");
        racers[fresh.racer].tell("release");
        assert_eq!(racers[fresh.racer].hear(), "Yes");

        let released = race(&mut racers, &key, "released");
        assert!(released.fence > fresh.fence, "{released:?} came after {fresh:?}");
        assert_eq!(released.attempt, 2);
        racers[released.racer].tell("lapse");
        assert_eq!(racers[released.racer].hear(), "Yes");

        let expired = race(&mut racers, &key, "expired");
        assert!(
            expired.fence > released.fence,
            "{expired:?} came after {released:?}"
        );
        assert_eq!(expired.attempt, 3);
        racers[released.racer].tell("complete stale");
        assert_eq!(racers[released.racer].hear(), "Lost", "the lease had ended");
    }
}

#[derive(Debug)]
struct Winner {
    racer: usize,
    fence: u64,
    attempt: u32,
}

/// Has each process claim the key at one moment; the only winner.
fn race(racers: &mut [Process], key: &str, state: &str) -> Winner {
    let moment = now() + HEAD_START;
    for racer in racers.iter_mut() {
        racer.tell(&format!("claim {key} {}", moment.as_micros()));
    }
    let mut winner = None;
    for (number, racer) in racers.iter_mut().enumerate() {
        let answer = racer.hear();
        let mut words = answer.split(' ');
        match (words.next(), words.next(), words.next()) {
            (Some("won"), Some(fence), Some(attempt)) => {
                assert!(winner.is_none(), "two processes have won one {state} key");
                winner = Some(Winner {
                    racer: number,
                    fence: fence.parse().expect("a fence is a number"),
                    attempt: attempt.parse().expect("an attempt is a number"),
                });
            }
            (Some("busy"), None, None) => {}
            _ => panic!("the losers of a race for a {state} key find it in flight; one answered {answer}"),
        }
    }
    winner.unwrap_or_else(|| panic!("of {RACERS} processes, none has won the {state} key"))
}

/// A worker: does what it is told until the test is gone.
async fn work<S: Store>(store: S) {
    process::say("ready");
    let mut tickets: Vec<Ticket> = Vec::new();
    while let Some(order) = process::listen() {
        let mut words = order.split(' ');
        let (verb, key, moment) = (words.next(), words.next(), words.next());
        let newest = tickets.last();
        let answer = match (verb, key, moment, newest) {
            (Some("claim"), Some(key), Some(moment), _) => {
                let moment = moment.parse().map_or(Duration::ZERO, Duration::from_micros);
                tokio::time::sleep(moment.saturating_sub(now())).await;
                match store.claim(&parse(key), &PRINT, LONG, KEEP).await {
                    Ok(Claim::Won(ticket)) => {
                        let won = format!("won {} {}", ticket.fence(), ticket.attempt());
                        tickets.push(ticket);
                        won
                    }
                    Ok(Claim::InFlight { .. }) => "busy".to_owned(),
                    other => format!("{other:?}"),
                }
            }
            (Some("release"), .., Some(ticket)) => told(store.release(ticket).await),
            (Some("complete"), .., Some(ticket)) => {
                // Of two wins of one key the first, which is the stale one.
                let same = |other: &&Ticket| other.key() == ticket.key();
                let first = tickets.iter().find(same).unwrap_or(ticket);
                told(store.complete(first, KEEP).await)
            }
            (Some("lapse"), .., Some(ticket)) => {
                let held = store.renew(ticket, SHORT).await;
                tokio::time::sleep(2 * SHORT.duration()).await;
                told(held)
            }
            _ => format!("what is {order}?"),
        };
        process::say(&answer);
    }
}

fn told(held: Result<Held, tower_webhook::store::StoreError>) -> String {
    held.map_or_else(|error| format!("{error:?}"), |held| format!("{held:?}"))
}

fn parse(hex: &str) -> Key {
    let mut bytes = [0; 32];
    for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(&hex[at..at + 2], 16).expect("a key is written in hex");
    }
    Key::from_bytes(bytes)
}

fn now() -> Duration {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("the clock is set")
}

fn runtime() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime starts")
}

const RACERS: usize = 16;
const ROUNDS: u32 = 20;
/// In which all processes have heard of the race.
const HEAD_START: Duration = Duration::from_millis(20);
const PRINT: Fingerprint = Fingerprint::from_bytes([1; 16]);
const LONG: Lease = Lease::new(Duration::from_secs(600));
const SHORT: Lease = Lease::new(Duration::from_millis(50));
const KEEP: Retention = Retention::new(Duration::from_secs(3600));
