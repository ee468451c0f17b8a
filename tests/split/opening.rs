//! What is an event of a delivery, what it knows, and what is bounded.

use std::time::{Duration, SystemTime};

use tower_webhook::provider::{Scheme, each, form, header, json};
use tower_webhook::{ConfigErrorKind, DedupLayer, SplitLayer, VerifyLayer};

use super::harness::{
    BARE, BATCH, Handler, NESTED, code, layered, reason, request, secret, send, stack, store,
};

#[tokio::test]
async fn an_event_has_a_proof_of_its_own() {
    let (handler, (store, _)) = (Handler::default(), store());
    let stack = stack(BATCH, store, &handler);
    let body = r#"{"account":"x", "events": [ {"id":"a","type":"thing.made","at":1700000000} ,{"id":7,"at":"soon"},{}]}"#;
    assert_eq!(code(&stack, BATCH, body).await, 200);
    let shown = handler.shown();
    let said: Vec<_> = shown
        .iter()
        .map(|event| {
            let (id, kind) = (event.proof.id(), event.proof.kind());
            (
                id.map(|id| (*id.value(), id.is_signed())),
                kind.map(|kind| (*kind.value(), kind.is_signed())),
                event.proof.timestamp().map(|time| *time.value()),
                event.proof.place().unwrap(),
            )
        })
        .collect();
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    assert_eq!(
        said,
        [
            (
                Some(("a", true)),
                Some(("thing.made", true)),
                Some(time),
                "/events/0"
            ),
            (Some(("7", true)), None, None, "/events/1"),
            (None, None, None, "/events/2"),
        ]
    );
    for event in &shown {
        assert_eq!(event.proof.whole().body(), body);
        assert_eq!(event.proof.whole().place(), None);
        assert_eq!(event.proof.body(), &event.body);
        assert_eq!(
            event.headers["content-length"],
            event.body.len().to_string().as_str()
        );
        assert_eq!((event.proof.provider(), event.proof.secret_index()), ("batch", 0));
        assert!(event.headers.contains_key("x-batch-signature"));
    }
    assert_eq!(shown[1].body, r#"{"id":7,"at":"soon"}"#);
}

#[tokio::test]
async fn the_bytes_are_not_copied() {
    let (handler, (store, _)) = (Handler::default(), store());
    let stack = stack(BARE, store, &handler);
    assert_eq!(code(&stack, BARE, r#"[{"n":1},{"n":2}]"#).await, 200);
    for event in handler.shown() {
        let whole = event.proof.whole().body().as_ptr_range();
        assert!(whole.contains(&event.body.as_ptr()));
    }
}

#[tokio::test]
async fn an_event_knows_its_parents() {
    let (handler, (store, _)) = (Handler::default(), store());
    let stack = stack(NESTED, store, &handler);
    let body = r#"{"object":"page","entry":[
        {"id":"1","changes":[{"field":"feed","n":1},{"field":"live","n":2}]},
        {"id":22,"messaging":[{"n":3}],"changes":[]},
        {"id":"3","standby":[{"n":4}]}]}"#;
    assert_eq!(code(&stack, NESTED, body).await, 200);
    let shown = handler.shown();
    let said: Vec<_> = shown
        .iter()
        .map(|event| {
            (
                event.proof.place().unwrap(),
                event.proof.kind().map(|kind| *kind.value()),
                event.proof.context("/entry/*/id"),
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            ("/entry/0/changes/0", Some("feed"), Some("1")),
            ("/entry/0/changes/1", Some("live"), Some("1")),
            ("/entry/1/messaging/0", Some("page"), Some("22")),
            // No path leads on from this entry, so that it is the event itself.
            ("/entry/2", Some("page"), None),
        ]
    );
    assert!(
        shown
            .iter()
            .take(3)
            .all(|event| event.proof.context("/object") == Some("page"))
    );
    assert_eq!(shown[0].proof.context("/nothing"), None);
    assert_eq!(shown[3].body, r#"{"id":"3","standby":[{"n":4}]}"#);
}

#[tokio::test]
async fn what_the_description_does_not_open_is_one_event() {
    for body in [
        "{}",
        r#"{"events":null}"#,
        r#"{"events":{}}"#,
        r#"{"other":[1]}"#,
        "[1,2]",
        "null",
    ] {
        let (handler, (store, _)) = (Handler::default(), store());
        let stack = stack(BATCH, store, &handler);
        assert_eq!(code(&stack, BATCH, body).await, 204, "{body}");
        let shown = handler.shown();
        assert_eq!((shown.len(), &shown[0].body[..]), (1, body.as_bytes()));
        assert_eq!(shown[0].proof.place(), None);
    }
}

#[tokio::test]
async fn without_the_layer_a_delivery_stays_one_event() {
    let (handler, (store, _)) = (Handler::default(), store());
    let verify = VerifyLayer::new(BATCH.with(secret())).unwrap();
    let stack = layered((verify, DedupLayer::new(store)), &handler);
    let body = super::harness::batch(&["a", "b"]);
    assert_eq!(code(&stack, BATCH, body.clone()).await, 204);
    assert_eq!(handler.ran(), [body]);
}

#[tokio::test]
async fn a_sender_without_several_events_is_left_alone() {
    let github = tower_webhook::provider::GITHUB;
    let (handler, (store, _)) = (Handler::default(), store());
    let stack = stack(github, store, &handler);
    assert_eq!(code(&stack, github, r#"{"events":[1,2]}"#).await, 204);
    assert_eq!(handler.ran(), ["test_1"]);
}

#[tokio::test]
async fn without_a_verify_layer_nothing_runs() {
    let (handler, (store, _)) = (Handler::default(), store());
    let stack = layered((SplitLayer::new(), DedupLayer::new(store)), &handler);
    let response = send(&stack, BATCH, "{}").await;
    assert_eq!(
        (response.status().as_u16(), reason(&response)),
        (500, Some("layer_missing"))
    );
    assert!(handler.ran().is_empty());
}

#[tokio::test]
async fn a_document_that_cannot_be_opened_runs_nothing() {
    let deep = format!(r#"{{"events":[1],"x":{}{}}}"#, "[".repeat(127), "]".repeat(127));
    for body in [
        r#"{"events":[1],"events":[2]}"#,
        r#"{"events":[1]} x"#,
        r#"{"events":[1"#,
        "{\"events\":[\"\\ud800\"]}",
        deep.as_str(),
        "",
    ] {
        let (handler, (store, _)) = (Handler::default(), store());
        let stack = stack(BATCH, store, &handler);
        let response = send(&stack, BATCH, body.to_owned()).await;
        assert_eq!(
            (response.status().as_u16(), reason(&response)),
            (400, Some("malformed_body")),
            "{body}"
        );
        assert!(handler.ran().is_empty());
    }
    let (handler, (store, _)) = (Handler::default(), store());
    let stack = stack(BATCH, store, &handler);
    assert_eq!(code(&stack, BATCH, &b"{\"events\":[\"\xff\"]}"[..]).await, 400);
}

#[tokio::test]
async fn the_number_of_events_is_bounded() {
    let (handler, (store, _)) = (Handler::default(), store());
    let split = SplitLayer::new().limit(3).unwrap();
    let verify = VerifyLayer::new(BARE.with(secret())).unwrap();
    let stack = layered((verify, split, DedupLayer::new(store.clone())), &handler);
    assert_eq!(code(&stack, BARE, "[1,2,3]").await, 200);
    assert_eq!(handler.ran().len(), 3);
    let response = send(&stack, BARE, "[5,6,7,8]").await;
    assert_eq!(
        (response.status().as_u16(), reason(&response)),
        (413, Some("body_too_large"))
    );
    assert!(handler.ran().is_empty(), "none of them ran");

    // Nor do parents without number, or events spread over parents.
    let verify = VerifyLayer::new(NESTED.with(secret())).unwrap();
    let stack = layered(
        (
            verify,
            SplitLayer::new().limit(3).unwrap(),
            DedupLayer::new(store),
        ),
        &handler,
    );
    for body in [
        r#"{"entry":[{"changes":[]},{"changes":[]},{"changes":[]},{"changes":[]}]}"#,
        r#"{"entry":[{"changes":[1,2]},{"changes":[3,4]}]}"#,
    ] {
        assert_eq!(code(&stack, NESTED, body).await, 413, "{body}");
    }
    let error = SplitLayer::new().limit(0).unwrap_err();
    assert_eq!(error.kind(), ConfigErrorKind::Limit);
}

#[tokio::test]
async fn a_megabyte_of_tiny_events_is_refused_by_their_number() {
    let (handler, (store, _)) = (Handler::default(), store());
    let stack = stack(BARE, store, &handler);
    let body = format!("[{}0]", "0,".repeat(500_000));
    assert_eq!(code(&stack, BARE, body).await, 413);
    assert!(handler.ran().is_empty());
}

#[tokio::test]
async fn an_event_as_deep_as_a_document_may_be_is_one() {
    let (handler, (store, _)) = (Handler::default(), store());
    let stack = stack(BARE, store, &handler);
    let body = format!("{}{}", "[".repeat(127), "]".repeat(127));
    assert_eq!(code(&stack, BARE, body.clone()).await, 204);
    assert_eq!(handler.shown()[0].body, &body[1..253]);
    let deeper = format!("[{body}]");
    assert_eq!(code(&stack, BARE, deeper).await, 400);
}

#[tokio::test]
async fn a_layer_inside_another_opens_nothing_twice() {
    const TWICE: Scheme = BARE.events(&[each("/*")]);
    let (handler, (store, _)) = (Handler::default(), store());
    let verify = VerifyLayer::new(TWICE.with(secret())).unwrap();
    let stack = layered(
        (
            verify,
            SplitLayer::new(),
            SplitLayer::new(),
            DedupLayer::new(store),
        ),
        &handler,
    );
    assert_eq!(code(&stack, TWICE, "[[1,2],[3]]").await, 200);
    assert_eq!(handler.ran(), ["[1,2]", "[3]"]);
}

#[test]
fn a_description_that_cannot_be_meant_is_refused() {
    const BASE: Scheme = Scheme::hmac_sha256("x").signature(header("x-s").hex());
    const BAD: [Scheme; 10] = [
        BASE.events(&[each("")]),
        BASE.events(&[each("/events")]),
        BASE.events(&[each("events/*")]),
        BASE.events(&[each("/a/*").id(header("x-id"))]),
        BASE.events(&[each("/a/*").kind(&[form("kind")])]),
        BASE.events(&[each("/a/*").within(&[json("id")])]),
        BASE.events(&[each("/a/*").context(&["/b/*/id"])]),
        BASE.events(&[each("/a/*").context(&["/a/*/id"])]),
        BASE.events(&[each("/a/*/b/*").context(&["/a/*"])]),
        BASE.events(&[each("/a/*").unstable(&["try"])]),
    ];
    for scheme in BAD {
        assert_eq!(
            scheme.check().unwrap_err().kind(),
            ConfigErrorKind::Scheme,
            "{scheme:?}"
        );
    }
    assert!(request(BASE, "x").headers().contains_key("x-s"));
    const GOOD: Scheme = BASE.events(&[each("/a/*/b/*").context(&["/a/*/id", "/c"])]);
    assert!(GOOD.check().is_ok());
}
