//! A handler without a claim, and a claim without a handler.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::call;
use crate::cut::{for_each_cut, on_a_runtime};
use crate::log;
use crate::scene::{Scene, request};

/// The store can't be reached, and the handler runs all the same: to its end, too.
#[test]
fn t168_a_call_dropped_anywhere_without_a_claim_cuts_no_handler_off() {
    // The store's one wait is all that is left of its four.
    for_each_cut(call::WAITS - 3, |polls| {
        on_a_runtime(async {
            let endpoint = Scene::default().endpoint_with(|dedup| dedup.danger_fail_open());
            let scene = &endpoint.scene;
            scene.state().fail_claim.store(1, Ordering::SeqCst);
            let whole = endpoint.cut(polls).await;
            let claims = scene.count(|state| &state.claims);
            endpoint.settle().await;
            assert_eq!(scene.begun().len(), claims, "after {polls} polls");
            assert_eq!(scene.ended().len(), claims, "after {polls} polls");
            scene.state().fail_claim.store(0, Ordering::SeqCst);
            assert_eq!(endpoint.send().await, 200, "after {polls} polls");
            let completed = scene.count(|state| &state.completed);
            assert_eq!((scene.ended().len(), completed), (claims + 1, 1));
            assert_eq!(endpoint.counts().await.claimed, 0, "after {polls} polls");
            whole.is_some()
        })
    });
}

/// An event that has failed as often as it may is completed without a run, and its dead letter is written once.
#[test]
fn t168_a_call_dropped_anywhere_buries_an_event_once() {
    // Neither the handler's three waits, nor more of the store.
    for_each_cut(call::WAITS - 3, |polls| {
        on_a_runtime(async {
            let letters = Arc::new(AtomicUsize::new(0));
            let count = Arc::clone(&letters);
            let endpoint = Scene::failing(&["1"]).endpoint_with(|dedup| {
                let dedup = dedup.max_attempts(1).unwrap();
                dedup.on_dead_letter(move |_| {
                    count.fetch_add(1, Ordering::SeqCst);
                })
            });
            assert_eq!(endpoint.send().await, 500);
            let whole = endpoint.cut(polls).await;
            endpoint.settle().await;
            let claims = endpoint.scene.count(|state| &state.claims);
            assert_eq!(letters.load(Ordering::SeqCst), claims - 1, "after {polls} polls");
            for _ in 0..2 {
                assert_eq!(endpoint.send().await, 200, "after {polls} polls");
                assert_eq!(letters.load(Ordering::SeqCst), 1, "after {polls} polls");
            }
            let completed = endpoint.scene.count(|state| &state.completed);
            assert_eq!((endpoint.scene.begun().len(), completed), (1, 1));
            assert_eq!(endpoint.counts().await.claimed, 0, "after {polls} polls");
            whole.is_some()
        })
    });
}

/// A hook that panics takes the call with it; what is left of that has come to its end, and is not run on.
#[test]
fn t166_a_hook_that_panics_releases_its_claim_and_leaves_nothing_to_run() {
    log::begin();
    on_a_runtime(async {
        let hooks = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&hooks);
        let endpoint = Scene::failing(&["1"]).endpoint_with(|dedup| {
            let dedup = dedup.max_attempts(1).unwrap();
            dedup.on_dead_letter(move |_| {
                if count.fetch_add(1, Ordering::SeqCst) == 0 {
                    // So that no panic is counted but those that nobody means.
                    resume_unwind(Box::new(()));
                }
            })
        });
        assert_eq!(endpoint.send().await, 500);
        let panicked = tokio::spawn(endpoint.call(request())).await.unwrap_err();
        assert!(panicked.is_panic());
        endpoint.settle().await;
        let released = endpoint.scene.count(|state| &state.released);
        assert_eq!((released, endpoint.scene.begun().len()), (2, 1));
        assert_eq!(endpoint.send().await, 200);
        assert_eq!(hooks.load(Ordering::SeqCst), 2);
        assert_eq!(endpoint.counts().await.claimed, 0);
        assert_eq!(log::panics(), 0);
    });
}
