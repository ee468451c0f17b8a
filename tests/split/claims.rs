//! Each event has its own claim: what is done is not done again, and what failed is.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::yield_now;
use tower::ServiceExt;
use tower_webhook::Identity;
use tower_webhook::provider::{Scheme, header};

use super::harness::{
    BARE, BATCH, Handler, NESTED, Script, batch, code, reason, request, retry_after, send, stack, store,
};

#[tokio::test]
async fn one_of_three_fails_and_it_alone_runs_again() {
    let (handler, (store, _)) = (Handler::default(), store());
    let stack = stack(BATCH, store, &handler);
    handler.set("b", Script::Status(500));
    let body = batch(&["a", "b", "c"]);
    assert_eq!(code(&stack, BATCH, body.clone()).await, 500);
    assert_eq!(handler.ran(), ["a", "b", "c"], "the one that fails hides none");

    handler.clear();
    assert_eq!(code(&stack, BATCH, body.clone()).await, 200);
    assert_eq!(handler.ran(), ["b"]);
    assert_eq!(code(&stack, BATCH, body).await, 200);
    assert!(handler.ran().is_empty());
}

#[tokio::test]
async fn an_event_is_known_in_whatever_company_it_comes_again() {
    let (handler, (store, _)) = (Handler::default(), store());
    let stack = stack(BATCH, store, &handler);
    assert_eq!(code(&stack, BATCH, batch(&["a", "b"])).await, 200);
    assert_eq!(handler.ran(), ["a", "b"]);
    assert_eq!(code(&stack, BATCH, batch(&["c", "b", "a", "d"])).await, 200);
    assert_eq!(handler.ran(), ["c", "d"]);
}

#[tokio::test]
async fn a_duplicate_in_one_delivery_runs_once() {
    let (handler, (store, _)) = (Handler::default(), store());
    let stack = stack(BATCH, store.clone(), &handler);
    assert_eq!(code(&stack, BATCH, batch(&["a", "a", "b", "a"])).await, 200);
    assert_eq!(handler.ran(), ["a", "b"]);

    let bare = super::harness::stack(BARE, store, &handler);
    let body = r#"[{"type":"x"},{"type":"x"},{"type":"y"}]"#;
    assert_eq!(code(&bare, BARE, body).await, 200);
    assert_eq!(handler.ran(), [r#"{"type":"x"}"#, r#"{"type":"y"}"#]);
}

#[tokio::test]
async fn a_duplicate_of_one_that_failed_in_the_same_delivery_runs() {
    let (handler, (store, _)) = (Handler::default(), store());
    let stack = stack(BATCH, store, &handler);
    handler.set("a", Script::Status(503));
    assert_eq!(code(&stack, BATCH, batch(&["a", "a"])).await, 503);
    assert_eq!(handler.ran(), ["a", "a"]);
}

#[tokio::test]
async fn content_is_the_identity_where_there_is_no_id() {
    let (handler, (store, _)) = (Handler::default(), store());
    let stack = stack(BARE, store, &handler);
    let body = r#"[{"n":1},{"n":2},{"n":3}]"#;
    handler.set(r#"{"n":2}"#, Script::Status(500));
    assert_eq!(code(&stack, BARE, body).await, 500);
    assert_eq!(handler.ran().len(), 3);
    handler.clear();
    assert_eq!(code(&stack, BARE, r#"[ {"n":3}, {"n":2} ]"#).await, 200);
    assert_eq!(handler.ran(), [r#"{"n":2}"#]);
}

#[tokio::test]
async fn the_same_content_under_another_parent_is_another_event() {
    let (handler, (store, _)) = (Handler::default(), store());
    let stack = stack(NESTED, store, &handler);
    let entry =
        |id: &str, time: u32| format!(r#"{{"id":"{id}","time":{time},"changes":[{{"field":"feed"}}]}}"#);
    let body = format!(
        r#"{{"object":"page","entry":[{},{}]}}"#,
        entry("1", 5),
        entry("2", 5)
    );
    assert_eq!(code(&stack, NESTED, body).await, 200);
    assert_eq!(handler.ran().len(), 2);
    // The sender packs it anew, at another time.
    let again = format!(r#"{{"object":"page","entry":[{}]}}"#, entry("2", 9));
    assert_eq!(code(&stack, NESTED, again).await, 200);
    assert!(handler.ran().is_empty());
    let elsewhere = format!(r#"{{"object":"group","entry":[{}]}}"#, entry("2", 9));
    assert_eq!(code(&stack, NESTED, elsewhere).await, 204);
    assert_eq!(handler.ran().len(), 1);
}

#[tokio::test]
async fn a_conflict_hides_no_other_event() {
    let (handler, (store, _)) = (Handler::default(), store());
    let stack = stack(BATCH, store, &handler);
    assert_eq!(code(&stack, BATCH, batch(&["a"])).await, 204);
    handler.shown();
    let body = r#"{"events":[{"id":"a","type":"other"},{"id":"b"}]}"#;
    let response = send(&stack, BATCH, body).await;
    assert_eq!(
        (response.status().as_u16(), reason(&response)),
        (422, Some("conflict"))
    );
    assert_eq!(handler.ran(), ["b"]);
}

#[tokio::test]
async fn what_a_retry_may_change_is_no_conflict() {
    let (handler, (store, _)) = (Handler::default(), store());
    let stack = stack(BATCH, store, &handler);
    let body =
        |tries: u32| format!(r#"{{"events":[{{"id":"a","try":{tries}}},{{"try":{tries},"id":"b"}}]}}"#);
    assert_eq!(code(&stack, BATCH, body(0)).await, 200);
    assert_eq!(code(&stack, BATCH, body(1)).await, 200);
    assert_eq!(handler.ran(), ["a", "b"]);
}

#[tokio::test]
async fn events_that_are_the_same_again_and_again_all_run() {
    const SAME: Scheme = BARE.identity(Identity::EachDelivery);
    let (handler, (store, _)) = (Handler::default(), store());
    let stack = stack(SAME, store, &handler);
    for _ in 0..2 {
        assert_eq!(code(&stack, SAME, "[1,1]").await, 200);
        assert_eq!(handler.ran(), ["1", "1"]);
    }
}

#[tokio::test]
async fn an_events_id_names_it_whatever_its_deliveries_are_known_by() {
    const SAME: Scheme = BATCH.identity(Identity::EachDelivery);
    let (handler, (store, _)) = (Handler::default(), store());
    let stack = stack(SAME, store, &handler);
    for _ in 0..2 {
        assert_eq!(code(&stack, SAME, batch(&["a", "b"])).await, 200);
    }
    assert_eq!(handler.ran(), ["a", "b"]);
}

#[tokio::test]
async fn an_event_may_lack_an_id_where_each_delivery_has_one() {
    const NAMED: Scheme = BARE.id(header("x-id"));
    let (handler, (store, _)) = (Handler::default(), store());
    let stack = stack(NAMED, store, &handler);
    assert_eq!(code(&stack, NAMED, "[1,2]").await, 200);
    assert_eq!(handler.ran(), ["1", "2"]);
}

#[tokio::test(start_paused = true)]
async fn an_event_in_flight_is_waited_for_by_the_sender() {
    let (handler, (store, time)) = (Handler::default(), store());
    let stack = stack(BATCH, store, &handler);
    let gate = Arc::new(Notify::new());
    handler.set("b", Script::Wait(Arc::clone(&gate)));
    let first = tokio::spawn(stack.clone().oneshot(request(BATCH, batch(&["b"]))));
    for _ in 0..50 {
        yield_now().await;
    }
    assert_eq!(handler.ran(), ["b"]);
    let response = send(&stack, BATCH, batch(&["a", "b", "c"])).await;
    assert_eq!(
        (response.status().as_u16(), reason(&response)),
        (503, Some("in_flight"))
    );
    assert!(retry_after(&response).is_some());
    assert_eq!(handler.ran(), ["a", "c"]);

    gate.notify_one();
    assert_eq!(
        first.await.unwrap().unwrap().status(),
        204,
        "an only event's answer is its own"
    );
    time.advance(Duration::from_secs(5));
    assert_eq!(code(&stack, BATCH, batch(&["a", "b", "c"])).await, 200);
    assert!(handler.ran().is_empty());
}
