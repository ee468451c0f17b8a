//! A completion that the store does not take at once: tried again, after the answer is out.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::task::yield_now;
use tokio::time::{advance, sleep};

use crate::call;
use crate::cut::{cut, for_each_cut, on_a_runtime};
use crate::scene::{Endpoint, LEASE, Scene};

/// Tried again 100, 300 and 700 ms after the first time, of which the last is taken.
const FAILING: usize = 3;
/// A completion that fails does not come to the store's second wait.
const WAITS: usize = call::WAITS - 1;
/// The clock, and the others' turns.
const STEP: usize = 1 + 4;
const TICK: Duration = Duration::from_millis(50);

fn endpoint() -> Endpoint {
    let endpoint = Scene::default().endpoint();
    let failing = &endpoint.scene.state().fail_complete;
    failing.store(FAILING, Ordering::SeqCst);
    endpoint
}

#[test]
fn t168_a_call_dropped_anywhere_before_its_completion_fails_is_completed_later() {
    for_each_cut(WAITS, |polls| {
        on_a_runtime(async {
            let endpoint = endpoint();
            let whole = endpoint.cut(polls).await;
            let next = endpoint.send().await;
            assert!(next == 200 || next == 503, "{next} after {polls} polls");
            sleep(LEASE / 2).await;
            endpoint.check(polls).await;
            assert_eq!(endpoint.send().await, 200, "after {polls} polls");
            assert_eq!(endpoint.scene.begun().len(), 1, "after {polls} polls");
            let counts = endpoint.counts().await;
            assert_eq!((counts.claimed, counts.completed), (0, 1), "after {polls} polls");
            whole.is_some()
        })
    });
}

/// A call, and then the time until its event is completed, in steps so small that each wait of the later tries lies between two.
async fn until_completed(endpoint: &Endpoint) {
    assert_eq!(endpoint.send().await, 200);
    while endpoint.scene.count(|state| &state.completed) == 0 {
        advance(TICK).await;
        for _ in 0..4 {
            yield_now().await;
        }
    }
}

/// The process stops while the completion is still to be tried again: the event is run once more, when the lease is over.
#[test]
fn t169_a_runtime_that_ends_anywhere_before_a_later_completion_leaves_the_event_to_the_lease() {
    for_each_cut(WAITS + 15 * STEP, |polls| {
        let endpoint = endpoint();
        let whole = on_a_runtime(cut(until_completed(&endpoint), polls));
        let scene = &endpoint.scene;
        scene.state().fail_complete.store(0, Ordering::SeqCst);
        on_a_runtime(async {
            let (won, done) = (
                scene.count(|state| &state.wins),
                scene.count(|state| &state.completed),
            );
            assert_eq!(endpoint.counts().await.completed, u64::try_from(done).unwrap());
            if won == 1 {
                let wanted = if done == 1 { 200 } else { 503 };
                assert_eq!(endpoint.send().await, wanted, "after {polls} polls");
            }
            scene.state().time.advance(LEASE);
            assert_eq!(endpoint.send().await, 200, "after {polls} polls");
            let wins = scene.count(|state| &state.wins);
            assert_eq!(wins, won + 1 - done, "after {polls} polls");
            assert_eq!(scene.count(|state| &state.completed), 1, "after {polls} polls");
            let counts = endpoint.counts().await;
            assert_eq!((counts.claimed, counts.completed), (0, 1), "after {polls} polls");
        });
        whole.is_some()
    });
}
