//! Two processes whose clocks are two hours apart share a store.

use std::ffi::OsStr;
use std::fs;
use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

use tower_webhook::store::Store;

use crate::process::Process;
use crate::server::binary::missing;
use crate::worker::{self, LONG, Winner, now};

/// Has a process an hour ahead and one an hour behind claim the same keys: leases and retention must be the store's.
///
/// `test`, `start` and `connect` are as in [`race::over_processes`](crate::race::over_processes). The clocks are set by
/// libfaketime (<https://github.com/wolfcw/libfaketime>, Debian's package `libfaketime`).
///
/// # Panics
///
/// When a process's clock makes a difference.
pub fn of_an_hour<G, S, F>(
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
    let Some(library) = library() else {
        return missing("libfaketime");
    };
    let Some((_guard, target)) = start() else {
        return;
    };
    let mut ahead = start_at("+3600s", test, &target, &library);
    let mut behind = start_at("-3600s", test, &target, &library);
    assert!(time(&mut ahead) > now() + HALF_AN_HOUR, "the clock is set ahead");
    assert!(time(&mut behind) + HALF_AN_HOUR < now(), "the clock is set back");
    prove(&mut ahead, &mut behind, 1);
    prove(&mut behind, &mut ahead, 2);
}

fn prove(first: &mut Process, second: &mut Process, salt: u64) {
    let key = |number: u64| format!("{:016x}{salt:024x}{number:024x}", fastrand::u64(..));

    let claimed = key(1);
    win(first, &claimed);
    let answer = second.ask(&format!("claim {claimed} 0"));
    let left = answer
        .strip_prefix("busy ")
        .and_then(|left| left.parse::<u64>().ok());
    let left = left.unwrap_or_else(|| panic!("a lease runs for everybody; the second was told {answer}"));
    assert!(
        left <= LONG.duration().as_secs() && left > LONG.duration().as_secs() / 2,
        "a lease has {left} s left whatever clock asks"
    );
    assert_eq!(first.ask("complete"), "Yes");
    assert_eq!(second.ask(&format!("claim {claimed} 0")), "Ok(Done)");

    let lapsed = key(2);
    let before = win(first, &lapsed);
    assert_eq!(first.ask("lapse"), "Yes");
    let after = win(second, &lapsed);
    assert!(after.fence > before.fence, "{after:?} came after {before:?}");
    assert_eq!(after.attempt, 2, "the lease ended, the record did not");

    let over = key(3);
    win(first, &over);
    assert_eq!(first.ask("complete-briefly"), "Yes");
    assert_eq!(win(second, &over).attempt, 1, "the retention is over");
}

fn win(process: &mut Process, key: &str) -> Winner {
    let answer = process.ask(&format!("claim {key} 0"));
    Winner::read(&answer).unwrap_or_else(|| panic!("the key is free, but the process was told {answer}"))
}

fn time(process: &mut Process) -> Duration {
    let micros = process.ask("time").parse().expect("a time is a number");
    Duration::from_micros(micros)
}

fn start_at(offset: &str, test: &str, target: &str, library: &OsStr) -> Process {
    let environment = [
        ("LD_PRELOAD", library),
        ("FAKETIME", OsStr::new(offset)),
        // Or it would not find out that a thread waits for a moment of the real clock.
        ("FAKETIME_DONT_FAKE_MONOTONIC", OsStr::new("1")),
    ];
    let mut process = Process::start_in(test, target, &environment);
    assert_eq!(process.hear(), "ready");
    process
}

/// Debian's place for it, by architecture.
fn library() -> Option<std::ffi::OsString> {
    let architectures = fs::read_dir("/usr/lib").ok()?.map_while(Result::ok);
    let places = architectures.map(|entry| entry.path().join("faketime/libfaketimeMT.so.1"));
    places
        .into_iter()
        .find(|place: &PathBuf| place.is_file())
        .map(PathBuf::into_os_string)
}

const HALF_AN_HOUR: Duration = Duration::from_secs(1800);
