//! Sixteen processes claim one key at the same moment, and one of them wins.

use std::future::Future;
use std::time::Duration;

use tower_webhook::store::Store;

use crate::process::Process;
use crate::worker::{self, Winner, now};

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
    if worker::is_done(test, connect) {
        return;
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
        let (holder, fresh) = race(&mut racers, &key, "fresh");
        assert_eq!(racers[holder].ask("release"), "Yes");

        let (holder, released) = race(&mut racers, &key, "released");
        assert!(released.fence > fresh.fence, "{released:?} came after {fresh:?}");
        assert_eq!(released.attempt, 2);
        assert_eq!(racers[holder].ask("lapse"), "Yes");

        let (_, expired) = race(&mut racers, &key, "expired");
        assert!(
            expired.fence > released.fence,
            "{expired:?} came after {released:?}"
        );
        assert_eq!(expired.attempt, 3);
        assert_eq!(
            racers[holder].ask("complete-first"),
            "Lost",
            "its lease had ended"
        );
    }
}

/// Has each process claim the key at one moment; the only winner, and which process it is.
fn race(racers: &mut [Process], key: &str, state: &str) -> (usize, Winner) {
    let moment = now() + HEAD_START;
    for racer in racers.iter_mut() {
        racer.tell(&format!("claim {key} {}", moment.as_micros()));
    }
    let mut winner = None;
    for (number, racer) in racers.iter_mut().enumerate() {
        let answer = racer.hear();
        if let Some(won) = Winner::read(&answer) {
            assert!(winner.is_none(), "two processes have won one {state} key");
            winner = Some((number, won));
        } else {
            assert!(
                answer.starts_with("busy"),
                "the losers of a race for a {state} key find it in flight; one answered {answer}"
            );
        }
    }
    winner.unwrap_or_else(|| panic!("of {RACERS} processes, none has won the {state} key"))
}

const RACERS: usize = 16;
const ROUNDS: u32 = 20;
/// In which all processes have heard of the race.
const HEAD_START: Duration = Duration::from_millis(20);
