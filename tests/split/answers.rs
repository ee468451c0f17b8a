//! One answer for all: what makes the sender do what the worst of them needs.

use std::sync::{Arc, Mutex};

use http_body_util::BodyExt;
use tower_webhook::{DedupLayer, SplitLayer, VerifyLayer};

use super::harness::{
    BATCH, Handler, Script, batch, code, layered, reason, retry_after, secret, send, stack, store,
};

/// The answer to events that are answered so, by their names in order.
async fn answer(scripts: &[(&str, Script)]) -> (u16, Option<String>) {
    let (handler, (store, _)) = (Handler::default(), store());
    let stack = stack(BATCH, store, &handler);
    for (event, script) in scripts {
        handler.set(event, script.clone());
    }
    let names: Vec<_> = scripts.iter().map(|(event, _)| *event).collect();
    let response = send(&stack, BATCH, batch(&names)).await;
    assert_eq!(handler.ran(), names, "every event ran");
    (
        response.status().as_u16(),
        retry_after(&response).map(str::to_owned),
    )
}

#[tokio::test]
async fn the_worst_answer_is_the_delivery_s() {
    use Script::{RetryAfter, Status};
    let after = |seconds: &str| Some(seconds.to_owned());
    let cases = [
        (vec![Status(200), Status(204), Status(202)], (200, None)),
        (vec![Status(404), Status(204)], (404, None)),
        (vec![Status(404), Status(500), Status(422)], (500, None)),
        (vec![Status(404), Status(429), Status(422)], (429, None)),
        (vec![Status(302), Status(204)], (302, None)),
        (vec![Status(404), Status(422)], (404, None)),
        (vec![RetryAfter(202, 90), Status(500)], (500, None)),
        (vec![Status(500), RetryAfter(503, 7)], (503, after("7"))),
        (
            vec![RetryAfter(503, 7), RetryAfter(503, 30), Status(400)],
            (503, after("30")),
        ),
        (vec![RetryAfter(429, 60), RetryAfter(503, 5)], (503, after("60"))),
        (
            vec![RetryAfter(503, 7), Status(404), Status(200)],
            (503, after("7")),
        ),
    ];
    for (scripts, expected) in cases {
        let named: Vec<_> = ["a", "b", "c"].into_iter().zip(scripts).collect();
        assert_eq!(answer(&named).await, expected);
    }
}

#[tokio::test]
async fn an_only_event_s_answer_is_its_own() {
    let (handler, (store, _)) = (Handler::default(), store());
    let stack = stack(BATCH, store, &handler);
    handler.set("a", Script::Status(201));
    let response = send(&stack, BATCH, batch(&["a"])).await;
    assert_eq!(response.status(), 201);
    assert_eq!(
        response.into_body().collect().await.unwrap().to_bytes(),
        "said 201"
    );
    let response = send(&stack, BATCH, batch(&["b", "c"])).await;
    assert_eq!(response.status(), 200);
    assert!(
        response
            .into_body()
            .collect()
            .await
            .unwrap()
            .to_bytes()
            .is_empty()
    );
}

#[tokio::test]
async fn no_events_are_a_success_without_a_handler() {
    let (handler, (store, _)) = (Handler::default(), store());
    let stack = stack(BATCH, store, &handler);
    assert_eq!(code(&stack, BATCH, r#"{"events":[]}"#).await, 200);
    assert!(handler.ran().is_empty());
}

#[tokio::test]
async fn an_id_may_have_255_bytes() {
    let (handler, (store, _)) = (Handler::default(), store());
    let stack = stack(BATCH, store, &handler);
    let id = "x".repeat(255);
    assert_eq!(code(&stack, BATCH, batch(&[&id])).await, 204);
    assert_eq!(handler.ran(), [id]);
}

#[tokio::test]
async fn an_event_that_cannot_be_read_is_refused_by_itself() {
    let long = "x".repeat(256);
    let bad = [
        r#"{"id":""}"#,
        r#"{"id":"  "}"#,
        r#"{"id":true}"#,
        r#"{"id":{}}"#,
        r#"{"id":1.5}"#,
        r#"{"id":"a","id":"b"}"#,
        &format!(r#"{{"id":"{long}"}}"#),
        &format!(r#"{{"id":"a","type":"{long}"}}"#),
    ];
    for event in bad {
        let (handler, (store, _)) = (Handler::default(), store());
        let refused = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&refused);
        let split = SplitLayer::new().on_reject(move |rejection, event| {
            let place = event.place().map(str::to_owned);
            seen.lock().unwrap().push((rejection.reason().code(), place));
        });
        let verify = VerifyLayer::new(BATCH.with(secret())).unwrap();
        let stack = layered((verify, split, DedupLayer::new(store)), &handler);
        let body = format!(r#"{{"events":[{{"id":"one"}},{event},{{"id":"two"}}]}}"#);
        let response = send(&stack, BATCH, body).await;
        assert_eq!(response.status(), 400, "{event}");
        let code = reason(&response).unwrap();
        assert!(
            ["malformed_id", "malformed_body"].contains(&code),
            "{event}: {code}"
        );
        assert_eq!(handler.ran(), ["one", "two"], "{event}");
        assert_eq!(*refused.lock().unwrap(), [(code, Some("/events/1".to_owned()))]);
    }
}
