//! A receiver is killed with SIGKILL again and again, under a load of duplicates out of order, and its effects are judged.
//!
//! The receiver is a worker process; the test keeps it alive only to kill it. Senders deliver each event several times, in
//! no order, and try again until each delivery has had its 2xx.

mod evidence;
mod load;

use std::collections::HashMap;
use std::env;
use std::future::Future;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, SystemTime};

use http::StatusCode;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use tokio::time::sleep;
use tower_webhook::store::Store;

use crate::process::{self, Process};
use crate::receiver::{self, Call, Receiver};
pub use evidence::{Effect, Evidence, Journal};
use load::Load;

/// The lease under which [`leases`] has the receiver claim.
pub const LEASE: Duration = Duration::from_secs(1);

/// Kills a receiver in lease mode and judges its effects: none is lost, and each duplicate is explained by a lease that ended
/// after its holder was killed.
///
/// `test`, `start` and `connect` are as in [`race::over_processes`](crate::race::over_processes). The receiver is killed
/// 100 times, or as often as `KILLS` says.
///
/// # Panics
///
/// When an event is lost, or runs twice without such an end.
pub fn leases<G, S, F>(
    test: &str,
    start: impl FnOnce() -> Option<(G, String)>,
    connect: impl FnOnce(String) -> F,
) where
    F: Future<Output = S>,
    S: Store,
{
    let build = |target, journal: Journal| async move {
        let store = connect(target).await;
        let settings = |layer: tower_webhook::DedupLayer| layer.lease(LEASE).expect("a second is allowed");
        receiver::receiver(store, settings, move |call| work(call, journal.clone()))
    };
    if let Some((_guard, evidence)) = receivers(test, start, build) {
        evidence.assert_nothing_is_lost();
        evidence.assert_leases_explain_duplicates(LEASE);
    }
}

/// Kills a receiver that `build` makes of the target, and hands over the evidence with what `start` made; `None` when that is not
/// to be had.
///
/// The handler says what it did by the [`Journal`], or leaves it where the test looks for it.
///
/// # Panics
///
/// When the senders never come to an end: an event is refused for ever.
pub fn receivers<G, F>(
    test: &str,
    start: impl FnOnce() -> Option<(G, String)>,
    build: impl FnOnce(String, Journal) -> F,
) -> Option<(G, Evidence)>
where
    F: Future<Output = Receiver>,
{
    if let Some(orders) = process::orders(test) {
        let (journal, target) = orders.split_once('\t').expect("the test gives both");
        let journal = Journal::at(PathBuf::from(journal));
        thread::spawn(|| {
            // Nobody tells a receiver anything: this ends when the test does.
            while process::listen().is_some() {}
            std::process::exit(0);
        });
        runtime().block_on(async {
            let receiver = build(target.to_owned(), journal).await;
            receiver::serve(receiver, |addr| process::say(&addr.to_string())).await;
        });
        return None;
    }
    let (guard, target) = start()?;
    let directory = TempDir::new().expect("a temporary directory can be made");
    let journal = directory.path().join("journal");
    let orders = format!("{}\t{target}", journal.display());
    let (load, killed) = runtime().block_on(torment(test, &orders));
    let evidence = Evidence::new(load, killed, &Journal::at(journal));
    eprintln!("{evidence}");
    Some((guard, evidence))
}

/// Starts receivers and kills them while the senders go on; what was sent, and which process was killed when.
async fn torment(test: &str, orders: &str) -> (Vec<u64>, HashMap<u32, SystemTime>) {
    let load = Load::start();
    let mut killed = HashMap::new();
    for _ in 0..kills() {
        let mut receiver = start_receiver(test, orders, &load);
        sleep(Duration::from_millis(fastrand::u64(LIFE_MILLIS))).await;
        receiver.kill();
        killed.insert(receiver.id(), SystemTime::now());
    }
    let _receiver = start_receiver(test, orders, &load);
    (load.finish().await, killed)
}

fn start_receiver(test: &str, orders: &str, load: &Load) -> Process {
    let mut receiver = Process::start(test, orders);
    let addr = receiver.hear().parse().expect("a receiver says its address");
    load.send_to(addr);
    receiver
}

/// A handler with an effect in the middle of its work, so that it can be killed before and behind it.
async fn work(call: Call, journal: Journal) -> StatusCode {
    sleep(Duration::from_millis(fastrand::u64(..10))).await;
    journal.note(&Effect::of(&call));
    sleep(Duration::from_millis(fastrand::u64(..10))).await;
    StatusCode::OK
}

fn kills() -> usize {
    let asked = env::var("KILLS").ok().and_then(|kills| kills.parse().ok());
    asked.unwrap_or(100)
}

fn runtime() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime starts")
}

/// How long a receiver lives.
const LIFE_MILLIS: std::ops::Range<u64> = 50..350;
