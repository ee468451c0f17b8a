//! A store that never answers a renewal.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};

use crate::call;
use crate::cut::{for_each_cut, on_a_runtime};
use crate::scene::{LEASE, Scene};

/// Renewed at 20 seconds, and over at 60.
const TAKES: Duration = Duration::from_secs(70);
const PAST_THE_LEASE: Duration = Duration::from_secs(65);

/// A call of one event, whose handler waits for its time, too; the renewal for its time, once for the store, and for the lease's
/// end.
const WAITS: usize = call::WAITS + 1 + 3;

/// The store is allowed more time than is left of the lease, so that nothing but the lease's end ends the waiting. Then somebody
/// else begins, and the handler knows that before it does.
#[test]
fn t168_a_call_dropped_anywhere_whose_renewal_hangs_is_told_when_its_lease_ends() {
    for_each_cut(WAITS, |polls| {
        on_a_runtime(async {
            let scene = Scene::lasting(TAKES, &[]);
            let endpoint = scene.endpoint_with(|dedup| dedup.claim_timeout(LEASE).unwrap());
            scene.state().hang_renew.store(usize::MAX, Ordering::SeqCst);
            let began = Instant::now();
            let whole = endpoint.cut(polls).await;
            let claimed = scene.count(|state| &state.claims);
            let is_late = began.elapsed() > PAST_THE_LEASE;
            sleep_until(began + PAST_THE_LEASE).await;
            scene.state().hang_renew.store(0, Ordering::SeqCst);
            assert_eq!(endpoint.send().await, 200, "after {polls} polls");
            sleep(TAKES + LEASE).await;
            let wins = scene.count(|state| &state.wins);
            // One that was cut behind its handler has nobody beside it any more.
            assert_eq!(wins, if is_late { 1 } else { 1 + claimed }, "after {polls} polls");
            assert_eq!((scene.begun().len(), scene.ended().len()), (wins, wins));
            assert_eq!(scene.count(|state| &state.told), claimed, "after {polls} polls");
            assert_eq!(scene.count(|state| &state.completed), 1, "after {polls} polls");
            let counts = endpoint.counts().await;
            assert_eq!((counts.claimed, counts.completed), (0, 1), "after {polls} polls");
            whole.is_some()
        })
    });
}
