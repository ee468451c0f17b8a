//! A delivery of several events, dropped anywhere on its way through the three layers.

use http::Request;
use tower_webhook::provider::{Scheme, Sender, each, header, json};
use tower_webhook::testing::Delivery;
use tower_webhook::{SplitLayer, VerifyLayer};

use crate::cut::{for_each_cut, on_a_runtime};
use crate::handler::{Trickle, Unready, Vault, secret};
use crate::scene::{Endpoint, LEASE, Scene};

const BATCH: Scheme = Scheme::hmac_sha256("batch")
    .signature(header("x-batch-signature").hex())
    .events(&[each("/events/*").id(json("/id"))]);
const EVENTS: [&str; 3] = ["a", "b", "c"];

/// The secrets, six times the body, and for each event what an event alone waits for behind that.
const WAITS: usize = 1 + 6 + 3 * 7;

fn request() -> Request<Trickle> {
    let body = r#"{"events":[{"id":"a"},{"id":"b"},{"id":"c"}]}"#;
    let delivery = Delivery::new(BATCH, body);
    delivery.sign(&secret()).unwrap().map(Trickle::from)
}

fn endpoint(scene: &Scene) -> Endpoint {
    let verify = VerifyLayer::new(Sender::new(BATCH, Vault)).unwrap();
    scene.behind(request, |dedup| (verify, SplitLayer::new(), dedup))
}

#[test]
fn t168_a_delivery_of_several_dropped_anywhere_runs_each_event_once() {
    for_each_cut(WAITS, |polls| {
        on_a_runtime(async {
            let endpoint = endpoint(&Scene::default());
            let whole = endpoint.cut(polls).await;
            let claims = endpoint.scene.count(|state| &state.claims);
            endpoint.settle().await;
            endpoint.check(polls).await;
            let begun = endpoint.scene.begun();
            assert_eq!(begun, EVENTS[..claims], "after {polls} polls");
            assert_eq!(endpoint.send().await, 200, "after {polls} polls");
            endpoint.check(polls).await;
            assert_eq!(endpoint.scene.begun(), EVENTS, "after {polls} polls");
            whole.is_some()
        })
    });
}

#[test]
fn t168_a_delivery_of_several_dropped_anywhere_before_a_layer_is_ready_runs_each_event_once() {
    // For the delivery, and for each event.
    for_each_cut(WAITS + 1 + 3, |polls| {
        on_a_runtime(async {
            let verify = VerifyLayer::new(Sender::new(BATCH, Vault)).unwrap();
            let layers = |dedup| (verify, Unready, SplitLayer::new(), Unready, dedup);
            let endpoint = Scene::default().behind(request, layers);
            let whole = endpoint.cut(polls).await;
            let claims = endpoint.scene.count(|state| &state.claims);
            endpoint.settle().await;
            assert_eq!(endpoint.scene.begun(), EVENTS[..claims], "after {polls} polls");
            assert_eq!(endpoint.send().await, 200, "after {polls} polls");
            endpoint.check(polls).await;
            assert_eq!(endpoint.scene.begun(), EVENTS, "after {polls} polls");
            whole.is_some()
        })
    });
}

/// The sender is quicker than the event under way, which it is told to try again.
#[test]
fn t168_a_delivery_of_several_dropped_anywhere_and_sent_at_once_runs_each_event_once() {
    for_each_cut(WAITS, |polls| {
        on_a_runtime(async {
            let endpoint = endpoint(&Scene::default());
            let whole = endpoint.cut(polls).await;
            let next = endpoint.send().await;
            assert!(next == 200 || next == 503, "{next} after {polls} polls");
            endpoint.settle().await;
            endpoint.check(polls).await;
            assert_eq!(endpoint.send().await, 200, "after {polls} polls");
            let mut begun = endpoint.scene.begun();
            begun.sort();
            assert_eq!(begun, EVENTS, "after {polls} polls");
            whole.is_some()
        })
    });
}

#[test]
fn t168_a_delivery_of_several_dropped_anywhere_leaves_a_failed_event_to_the_next() {
    for_each_cut(WAITS, |polls| {
        on_a_runtime(async {
            let endpoint = endpoint(&Scene::failing(&["b"]));
            let whole = endpoint.cut(polls).await;
            assert!(whole.is_none_or(|status| status == 500), "{whole:?}");
            endpoint.settle().await;
            let failed = endpoint.scene.ended().contains(&"b".to_owned());
            let wanted = if failed { 200 } else { 500 };
            assert_eq!(endpoint.send().await, wanted, "after {polls} polls");
            assert_eq!(endpoint.send().await, 200, "after {polls} polls");
            endpoint.check(polls).await;
            let mut begun = endpoint.scene.begun();
            begun.sort();
            assert_eq!(begun, ["a", "b", "b", "c"], "after {polls} polls");
            whole.is_some()
        })
    });
}

/// The process stops: the event under way is given back by its lease, and those behind it have not begun.
#[test]
fn t169_a_runtime_that_ends_anywhere_in_a_delivery_of_several_leaves_its_events_to_the_lease() {
    for_each_cut(WAITS, |polls| {
        let endpoint = endpoint(&Scene::default());
        let whole = on_a_runtime(endpoint.cut(polls));
        let scene = &endpoint.scene;
        let (won, done) = (
            scene.count(|state| &state.wins),
            scene.count(|state| &state.completed),
        );
        assert!(won - done <= 1, "two claims at once after {polls} polls");
        on_a_runtime(async {
            let next = endpoint.send().await;
            let wanted = if won == done { 200 } else { 503 };
            assert_eq!(next, wanted, "after {polls} polls");
            scene.state().time.advance(LEASE);
            assert_eq!(endpoint.send().await, 200, "after {polls} polls");
            let wins = scene.count(|state| &state.wins);
            assert_eq!(wins, EVENTS.len() + won - done, "after {polls} polls");
            assert_eq!(scene.count(|state| &state.completed), 3, "after {polls} polls");
            let counts = endpoint.counts().await;
            assert_eq!((counts.claimed, counts.completed), (0, 3), "after {polls} polls");
        });
        whole.is_some()
    });
}
