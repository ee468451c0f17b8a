//! A worker that claims and settles as its test tells it.

use std::future::Future;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::runtime::Builder;
use tower_webhook::store::{Claim, Held, Lease, Retention, Store, StoreError, Ticket};
use tower_webhook::{Fingerprint, Key};

use crate::process;

/// A claim won by a worker.
#[derive(Debug)]
pub(crate) struct Winner {
    pub(crate) fence: u64,
    pub(crate) attempt: u32,
}

impl Winner {
    /// What a worker has won by its answer, if it has.
    pub(crate) fn read(answer: &str) -> Option<Self> {
        let (fence, attempt) = answer.strip_prefix("won ")?.split_once(' ')?;
        Some(Self {
            fence: fence.parse().ok()?,
            attempt: attempt.parse().ok()?,
        })
    }
}

/// Does a worker's work where this process is one of this test.
pub(crate) fn is_done<S, F>(test: &str, connect: impl FnOnce(String) -> F) -> bool
where
    F: Future<Output = S>,
    S: Store,
{
    let Some(target) = process::orders(test) else {
        return false;
    };
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime starts");
    runtime.block_on(async { work(connect(target).await).await });
    true
}

/// The time by this process's clock, since 1970.
pub(crate) fn now() -> Duration {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("the clock is set")
}

/// Does what it is told until the test is gone.
async fn work<S: Store>(store: S) {
    process::say("ready");
    let mut tickets: Vec<Ticket> = Vec::new();
    while let Some(order) = process::listen() {
        let words: Vec<&str> = order.split(' ').collect();
        let answer = match (words.as_slice(), tickets.last()) {
            (["time"], _) => now().as_micros().to_string(),
            (["claim", key, moment], _) => {
                let moment = moment.parse().map_or(Duration::ZERO, Duration::from_micros);
                tokio::time::sleep(moment.saturating_sub(now())).await;
                match store.claim(&parse(key), &PRINT, LONG, KEEP).await {
                    Ok(Claim::Won(ticket)) => {
                        let won = format!("won {} {}", ticket.fence(), ticket.attempt());
                        tickets.push(ticket);
                        won
                    }
                    Ok(Claim::InFlight { retry_after }) => format!("busy {}", retry_after.as_secs()),
                    other => format!("{other:?}"),
                }
            }
            (["release"], Some(ticket)) => told(store.release(ticket).await),
            (["complete"], Some(ticket)) => told(store.complete(ticket, KEEP).await),
            (["complete-briefly"], Some(ticket)) => {
                let held = store.complete(ticket, Retention::new(SHORT.duration())).await;
                tokio::time::sleep(2 * SHORT.duration()).await;
                told(held)
            }
            (["complete-first"], Some(ticket)) => {
                let same = |other: &&Ticket| other.key() == ticket.key();
                let first = tickets.iter().find(same).unwrap_or(ticket);
                told(store.complete(first, KEEP).await)
            }
            (["lapse"], Some(ticket)) => {
                let held = store.renew(ticket, SHORT).await;
                tokio::time::sleep(2 * SHORT.duration()).await;
                told(held)
            }
            _ => format!("what is {order}?"),
        };
        process::say(&answer);
    }
}

fn told(held: Result<Held, StoreError>) -> String {
    held.map_or_else(|error| format!("{error:?}"), |held| format!("{held:?}"))
}

fn parse(hex: &str) -> Key {
    let mut bytes = [0; 32];
    for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(&hex[at..at + 2], 16).expect("a key is written in hex");
    }
    Key::from_bytes(bytes)
}

/// The lease of each claim.
pub(crate) const LONG: Lease = Lease::new(Duration::from_secs(600));
const PRINT: Fingerprint = Fingerprint::from_bytes([1; 16]);
const SHORT: Lease = Lease::new(Duration::from_millis(50));
const KEEP: Retention = Retention::new(Duration::from_secs(3600));
