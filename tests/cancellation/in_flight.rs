//! A second delivery that waits for the first one's handler.

use std::time::Duration;

use tokio::time::sleep;
use tower_webhook::InFlight;

use crate::cut::{for_each_cut, on_a_runtime};
use crate::scene::{Scene, request};

const TAKES: Duration = Duration::from_secs(2);

/// The secrets and five times the body; twice the store at the last look.
const WAITS: usize = 1 + 5 + 2;
/// Twice the store, and the pause until the next one.
const LOOK: usize = 3;

/// Cuts a second delivery that waits this long for a handler, which fails or not; it is answered so when it isn't cut.
fn a_second_delivery_waits(patience: Duration, failing: &[&'static str], answer: u16, waits: usize) {
    for_each_cut(waits, |polls| {
        on_a_runtime(async {
            let endpoint = Scene::lasting(TAKES, failing)
                .endpoint_with(|dedup| dedup.in_flight(InFlight::Wait(patience)));
            let first = tokio::spawn(endpoint.call(request()));
            endpoint.settle().await;
            assert_eq!(endpoint.scene.begun().len(), 1);
            let whole = endpoint.cut(polls).await;
            assert!(whole.is_none_or(|status| status == answer), "{whole:?}");
            let status = first.await.unwrap();
            assert_eq!(status, if failing.is_empty() { 200 } else { 500 });
            sleep(TAKES + patience).await;
            endpoint.check(polls).await;
            assert_eq!(endpoint.send().await, 200, "after {polls} polls");
            endpoint.check(polls).await;
            let runs = endpoint.scene.begun().len();
            assert_eq!(runs, 1 + failing.len(), "after {polls} polls");
            assert_eq!(endpoint.counts().await.completed, 1, "after {polls} polls");
            whole.is_some()
        })
    });
}

#[test]
fn t168_a_call_dropped_anywhere_while_it_waits_for_a_success_runs_nothing() {
    a_second_delivery_waits(Duration::from_secs(10), &[], 200, WAITS + 9 * LOOK);
}

#[test]
fn t168_a_call_dropped_anywhere_while_it_waits_for_a_failure_leaves_no_claim() {
    // Then it runs: the handler's readiness, its own waits with the time it takes, and the store.
    a_second_delivery_waits(Duration::from_secs(10), &["1"], 200, WAITS + 9 * LOOK + 1 + 3 + 2);
}

#[test]
fn t168_a_call_dropped_anywhere_until_its_patience_ends_runs_nothing() {
    a_second_delivery_waits(Duration::from_secs(1), &[], 503, WAITS + 6 * LOOK);
}
