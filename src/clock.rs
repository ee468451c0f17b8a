//! The time by which freshness is judged.
//!
//! Leases and retention are not judged by it: a store has a clock of its own.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// Tells the time of day, or admits that it can't.
pub trait Clock: Send + Sync + 'static {
    /// The time now. `None` when the clock can't be believed: a delivery whose freshness it would have to judge is then
    /// answered with 503, and the sender tries again.
    fn now(&self) -> Option<SystemTime>;
}

/// The machine's clock, disbelieved while it is plainly wrong.
///
/// It is plainly wrong when it shows a time before this version of the crate was made, and for a minute after it has
/// jumped by half an hour or more: a machine that has just been started, restored or attacked through its time server.
#[derive(Default)]
pub struct SystemClock {
    state: Mutex<Option<State>>,
}

#[derive(Clone, Copy)]
struct State {
    wall: SystemTime,
    steady: Instant,
    suspect_until: Option<Instant>,
}

impl Clock for SystemClock {
    fn now(&self) -> Option<SystemTime> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (believed, next) = judge(*state, SystemTime::now(), Instant::now());
        *state = Some(next);
        believed
    }
}

/// Compares the wall clock with the steady one, which nobody can set.
fn judge(before: Option<State>, wall: SystemTime, steady: Instant) -> (Option<SystemTime>, State) {
    let suspect_until = before.and_then(|before| {
        let expected = before.wall.checked_add(steady.duration_since(before.steady));
        let jumped = expected.is_none_or(|expected| apart(expected, wall) >= JUMP);
        if jumped {
            steady.checked_add(DISTRUST)
        } else {
            before.suspect_until.filter(|until| steady < *until)
        }
    });
    let believable = suspect_until.is_none() && wall >= SystemTime::UNIX_EPOCH + MADE;
    (
        believable.then_some(wall),
        State {
            wall,
            steady,
            suspect_until,
        },
    )
}

/// How far two times are apart, whichever comes first.
pub(crate) fn apart(one: SystemTime, other: SystemTime) -> Duration {
    one.duration_since(other)
        .unwrap_or_else(|reversed| reversed.duration())
}

impl fmt::Debug for SystemClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SystemClock")
    }
}

/// 2026-11-01: no machine that runs this version can truly be before it.
const MADE: Duration = Duration::from_secs(1_793_491_200);
/// A time server corrects by less; a jump of this size makes fresh what is stale.
const JUMP: Duration = Duration::from_secs(30 * 60);
/// Long enough for a time server to put a wrong clock right.
const DISTRUST: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + MADE + Duration::from_secs(seconds)
    }

    #[test]
    fn t071_a_clock_that_steps_is_disbelieved_for_a_minute() {
        let start = Instant::now();
        let (believed, state) = judge(None, at(10_000), start);
        assert_eq!(believed, Some(at(10_000)));
        for step in [10_000 + 3_601, 10_000 - 3_599] {
            let (believed, stepped) = judge(Some(state), at(step), start + Duration::from_secs(1));
            assert_eq!(believed, None);
            let (believed, still) = judge(Some(stepped), at(step + 59), start + Duration::from_secs(60));
            assert_eq!(believed, None);
            let (believed, _) = judge(Some(still), at(step + 60), start + Duration::from_secs(61));
            assert_eq!(believed, Some(at(step + 60)));
        }
    }

    #[test]
    fn t071_a_clock_before_this_version_was_made_is_disbelieved() {
        let (believed, _) = judge(
            None,
            SystemTime::UNIX_EPOCH - Duration::from_secs(1),
            Instant::now(),
        );
        assert_eq!(believed, None);
        let (believed, _) = judge(None, at(0) - Duration::from_secs(1), Instant::now());
        assert_eq!(believed, None);
    }

    #[test]
    fn small_corrections_are_believed() {
        let start = Instant::now();
        let (_, state) = judge(None, at(10_000), start);
        let (believed, _) = judge(Some(state), at(10_000 + 1_700), start);
        assert_eq!(believed, Some(at(11_700)));
    }
}
