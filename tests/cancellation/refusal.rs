//! A request that is refused by its head, with the rest of it read away.

use std::sync::Arc;

use http::Request;

use crate::cut::{cut, for_each_cut, on_a_runtime};
use crate::handler::Trickle;
use crate::scene::{Scene, request};

/// Of the body; its end is waited for, too.
const PIECES: usize = 4;

/// A delivery without its signature.
fn unsigned() -> Request<Trickle> {
    let mut request = request();
    request.headers_mut().remove("x-hub-signature-256").unwrap();
    request
}

/// Cuts a refusal while the body is read away, which comes to its end or not.
fn a_refusal_leaves_nothing_behind(endless: bool, waits: usize) {
    for_each_cut(waits, |polls| {
        on_a_runtime(async {
            let endpoint = Scene::default().endpoint();
            let mut refused = unsigned();
            refused.body_mut().endless = endless;
            let alive = Arc::clone(&refused.body().alive);
            let whole = cut(endpoint.call(refused), polls).await;
            assert!(whole.is_none_or(|status| status == 401), "{whole:?}");
            assert_eq!(
                Arc::strong_count(&alive),
                1,
                "the body is kept after {polls} polls"
            );
            endpoint.settle().await;
            let claims = endpoint.scene.count(|state| &state.claims);
            assert_eq!((claims, endpoint.scene.begun().len()), (0, 0));
            assert_eq!(endpoint.send().await, 200, "after {polls} polls");
            endpoint.check(polls).await;
            assert_eq!(endpoint.scene.begun().len(), 1);
            whole.is_some()
        })
    });
}

#[test]
fn t168_a_refusal_dropped_anywhere_in_its_body_leaves_nothing_behind() {
    a_refusal_leaves_nothing_behind(false, PIECES + 1);
}

#[test]
fn t168_a_refusal_dropped_anywhere_in_a_body_without_an_end_leaves_nothing_behind() {
    a_refusal_leaves_nothing_behind(true, PIECES + 1);
}
