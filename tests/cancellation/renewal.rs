//! A handler that outlasts its lease: renewed beside it, whether anybody waits for its answer or not.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};

use crate::call;
use crate::cut::{for_each_cut, on_a_runtime};
use crate::scene::{LEASE, Scene};

/// Renewed at 20, 40 and 60 seconds.
const TAKES: Duration = Duration::from_secs(70);
const PAST_THE_LEASE: Duration = Duration::from_secs(65);

/// A call of one event, whose handler waits for its time, too. A renewal waits for its time and twice for the store.
const WAITS: usize = call::WAITS + 1;
const RENEWAL: usize = 3;
/// One that fails does not come to the second.
const FAILURE: usize = 2;

/// Cuts everywhere where the first renewals fail, this many of them.
fn a_claim_is_kept(failing: usize, waits: usize) {
    for_each_cut(waits, |polls| {
        on_a_runtime(async {
            let endpoint = Scene::lasting(TAKES, &[]).endpoint();
            let scene = &endpoint.scene;
            scene.state().fail_renew.store(failing, Ordering::SeqCst);
            let began = Instant::now();
            let whole = endpoint.cut(polls).await;
            let claimed = scene.count(|state| &state.wins) == 1;
            sleep_until(began + PAST_THE_LEASE).await;
            if claimed && Instant::now() < began + TAKES {
                let next = endpoint.send().await;
                assert_eq!(next, 503, "the claim was lost after {polls} polls");
            }
            sleep(TAKES).await;
            assert_eq!(endpoint.send().await, 200, "after {polls} polls");
            endpoint.check(polls).await;
            let renewed = scene.count(|state| &state.renewed);
            assert_eq!((scene.begun().len(), renewed), (1, 3), "after {polls} polls");
            whole.is_some()
        })
    });
}

#[test]
fn t168_a_call_dropped_anywhere_goes_on_renewing_its_claim() {
    a_claim_is_kept(0, WAITS + 3 * RENEWAL);
}

#[test]
fn t168_a_call_dropped_anywhere_tries_a_failed_renewal_again() {
    a_claim_is_kept(1, WAITS + FAILURE + 3 * RENEWAL);
}

/// The store takes no renewal, so that somebody else begins when the lease is over; one of them completes the event.
#[test]
fn t168_a_call_dropped_anywhere_that_loses_its_claim_completes_nothing_twice() {
    // It is tried each 5 seconds from 20 to 55, and then the end of the lease is waited for.
    for_each_cut(WAITS + 8 * FAILURE + 1, |polls| {
        on_a_runtime(async {
            let endpoint = Scene::lasting(TAKES, &[]).endpoint();
            let scene = &endpoint.scene;
            scene.state().fail_renew.store(usize::MAX, Ordering::SeqCst);
            let began = Instant::now();
            let whole = endpoint.cut(polls).await;
            sleep_until(began + PAST_THE_LEASE).await;
            scene.state().fail_renew.store(0, Ordering::SeqCst);
            assert_eq!(endpoint.send().await, 200, "after {polls} polls");
            sleep(TAKES + LEASE).await;
            let (wins, completed) = (
                scene.count(|state| &state.wins),
                scene.count(|state| &state.completed),
            );
            assert_eq!(scene.begun().len(), wins, "after {polls} polls");
            assert_eq!(scene.ended().len(), wins, "after {polls} polls");
            assert_eq!(completed, 1, "after {polls} polls");
            let counts = endpoint.counts().await;
            assert_eq!((counts.claimed, counts.completed), (0, 1), "after {polls} polls");
            whole.is_some()
        })
    });
}
