//! A delivery of one event, dropped anywhere on its way through both layers.

use crate::cut::{for_each_cut, on_a_runtime};
use crate::scene::{LEASE, Scene};

/// The secrets, five times the body, the handler twice and its readiness, the store twice at either end.
pub(crate) const WAITS: usize = 13;

#[test]
fn t168_a_call_dropped_anywhere_runs_its_handler_once() {
    for_each_cut(WAITS, |polls| {
        on_a_runtime(async {
            let endpoint = Scene::default().endpoint();
            let whole = endpoint.cut(polls).await;
            let next = endpoint.send().await;
            endpoint.settle().await;
            endpoint.check(polls).await;
            assert!(next == 200 || next == 503, "{next} after {polls} polls");
            let runs = || endpoint.scene.begun().len();
            assert_eq!(runs(), 1, "after {polls} polls the next try got {next}");
            assert_eq!((endpoint.send().await, runs()), (200, 1), "after {polls} polls");
            whole.is_some()
        })
    });
}

#[test]
fn t168_a_call_dropped_anywhere_before_a_failure_leaves_the_event_to_the_next() {
    for_each_cut(WAITS, |polls| {
        on_a_runtime(async {
            let endpoint = Scene::failing(&["1"]).endpoint();
            let whole = endpoint.cut(polls).await;
            endpoint.settle().await;
            endpoint.check(polls).await;
            let claimed = endpoint.scene.count(|state| &state.wins) == 1;
            let wanted = if claimed { 200 } else { 500 };
            assert_eq!(endpoint.send().await, wanted, "after {polls} polls");
            assert_eq!(endpoint.send().await, 200);
            endpoint.check(polls).await;
            let (runs, attempts) = (
                endpoint.scene.begun().len(),
                endpoint.scene.count(|state| &state.attempts),
            );
            assert_eq!((runs, attempts), (2, 2), "after {polls} polls");
            whole.is_some()
        })
    });
}

/// The process stops: what was handed to its runtime is lost with it, and the lease's end gives the event back.
#[test]
fn t169_a_runtime_that_ends_anywhere_leaves_the_event_to_the_lease() {
    for_each_cut(WAITS, |polls| {
        let endpoint = Scene::default().endpoint();
        let whole = on_a_runtime(endpoint.cut(polls));
        let won = endpoint.scene.count(|state| &state.wins);
        on_a_runtime(async {
            let done = endpoint.counts().await.completed == 1;
            endpoint.scene.state().time.advance(LEASE);
            assert_eq!(endpoint.send().await, 200, "after {polls} polls");
            let wins = endpoint.scene.count(|state| &state.wins);
            assert_eq!(wins, won + usize::from(!done), "after {polls} polls");
            let runs = endpoint.scene.ended().len();
            assert!((1..=2).contains(&runs), "{runs} whole runs after {polls} polls");
            assert_eq!(endpoint.counts().await.claimed, 0, "after {polls} polls");
        });
        whole.is_some()
    });
}
