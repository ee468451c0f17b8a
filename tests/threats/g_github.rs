//! Section G: GitHub's unsigned kind, and its form mode.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::routing::post;
use bytes::Bytes;
use http::Request;
use proptest::prelude::*;
use serde_json::{Value, json};
use tower::ServiceExt;
use tower_webhook::event::{Json, github};
use tower_webhook::provider::GITHUB;
use tower_webhook::testing::Delivery;
use tower_webhook::{Event, Identity, Reason, Verified, VerifyLayer, Webhook, github as from_github};

use crate::harness::{Stage, rejected, run, secret, signed, with_header};
use crate::samples;

/// What a handler that asks for an `E` gets of this request: the status, and the event.
pub async fn extracted<E: Event>(request: Request<Bytes>) -> (u16, Option<(Verified, E)>) {
    let got = Arc::new(Mutex::new(None));
    let slot = Arc::clone(&got);
    let handler = move |proof: Verified, Webhook(event): Webhook<E>| async move {
        *slot.lock().unwrap() = Some((proof, event));
    };
    let layer = VerifyLayer::new(from_github(secret())).unwrap();
    let router = Router::new().route("/", post(handler)).layer(layer);
    let answer = router.oneshot(request.map(Body::from)).await.unwrap();
    let status = answer.status().as_u16();
    (status, got.lock().unwrap().take())
}

fn of_kind(kind: &str, payload: &Value) -> Request<Bytes> {
    let delivery = Delivery::new(GITHUB, payload.to_string()).kind(kind);
    delivery.sign(&secret()).unwrap()
}

fn issue_opened() -> Value {
    samples::payload(json!({ "action": "opened", "issue": samples::issue(12) }))
}

#[tokio::test]
async fn t085_a_changed_kind_fits_no_other_type() {
    let (status, event) = extracted::<github::Issues>(of_kind("issues", &issue_opened())).await;
    assert_eq!((status, event.is_some()), (200, true));
    let renamed = || of_kind("push", &issue_opened());
    assert_eq!(extracted::<github::Push>(renamed()).await.0, 400);
    assert_eq!(
        extracted::<github::Issues>(renamed()).await.0,
        400,
        "the stated kind counts, too"
    );
    assert_eq!(
        extracted::<github::Ping>(of_kind("ping", &issue_opened()))
            .await
            .0,
        400
    );
    assert_eq!(
        extracted::<github::IssueComment>(of_kind("issue_comment", &issue_opened()))
            .await
            .0,
        400
    );
    let (status, event) = extracted::<github::Event>(renamed()).await;
    let (proof, event) = event.unwrap();
    assert_eq!((status, event.kind()), (200, "push"));
    assert!(matches!(event, github::Event::Other(other) if other.reason().is_some()));
    let kind = proof.kind().unwrap();
    assert_eq!(
        (*kind.value(), kind.is_signed()),
        ("push", false),
        "the proof says that nobody vouches for it"
    );
}

#[tokio::test]
async fn t085_a_replay_under_another_kind_is_a_duplicate() {
    for identity in [Identity::DeliveryId, Identity::SignedContent] {
        let stage = Stage::with(
            from_github(secret()),
            |verify| verify,
            |dedup| dedup.identity(identity),
        );
        for kind in ["issues", "push", "ping", "", "x"] {
            let answer = stage.send(of_kind(kind, &issue_opened())).await;
            assert_eq!(answer.status, 200);
        }
        assert_eq!((stage.seen.handled(), stage.seen.claims()), (1, 5));
    }
}

proptest! {
    #[test]
    fn t085_no_name_of_a_kind_makes_another_event_of_a_body(kind in "[a-z_]{1,20}") {
        run(async {
            let (status, event) = extracted::<github::Event>(of_kind(&kind, &issue_opened())).await;
            let (_, event) = event.unwrap();
            assert_eq!(status, 200);
            assert!(matches!(event, github::Event::Other(_)) || kind == "issues", "{kind}");
        });
    }
}

/// The payload as GitHub's form mode sends it, each byte that needs it escaped once.
fn wrapped(payload: &str) -> String {
    let pairs = [("payload", payload)];
    serde_urlencoded::to_string(pairs).unwrap()
}

fn form(kind: &str, body: impl Into<Bytes>) -> Request<Bytes> {
    Delivery::new(GITHUB, body)
        .kind(kind)
        .form()
        .sign(&secret())
        .unwrap()
}

#[tokio::test]
async fn t135_a_form_is_verified_raw_and_decoded_once() {
    let mut payload = issue_opened();
    payload["issue"]["title"] = json!("100%25 a+b %2B & = \u{e9} \"x\"");
    let request = || form("issues", wrapped(&payload.to_string()));
    let (status, event) = extracted::<github::Event>(request()).await;
    let (proof, event) = event.unwrap();
    assert_eq!(
        (status, proof.body()),
        (200, request().body()),
        "the bytes that were signed"
    );
    match event {
        github::Event::Issues(issues) => assert_eq!(issues.issue.title, payload["issue"]["title"]),
        other => panic!("{other:?}"),
    }
    let (status, event) = extracted::<Json<Value>>(request()).await;
    let (_, Json(read)) = event.unwrap();
    assert_eq!((status, read), (200, payload));
}

#[tokio::test]
async fn t135_another_spelling_of_the_form_is_another_body() {
    let body = wrapped(r#"{"zen":"a b"}"#);
    let respelt = body.replace("%7B", "%7b");
    assert_ne!(body, respelt);
    let mut request = form("ping", body.clone());
    *request.body_mut() = respelt.into();
    rejected(GITHUB, request, Reason::BadSignature).await;
    // What was signed is the form and not the JSON in it.
    let json = signed(GITHUB, r#"{"zen":"a b"}"#);
    let mut request = form("ping", body);
    request.headers_mut().insert(
        "x-hub-signature-256",
        json.headers()["x-hub-signature-256"].clone(),
    );
    rejected(GITHUB, request, Reason::BadSignature).await;
}

#[tokio::test]
async fn t135_a_form_without_one_payload_is_no_event() {
    let payload = wrapped(&issue_opened().to_string());
    for body in [
        "other=1".to_owned(),
        format!("{payload}&payload=1"),
        format!("{payload}&p%61yload=1"),
        "payload=%FF".to_owned(),
        "payload=%7B%22a%22%3A".to_owned(),
        "payload=".to_owned(),
        wrapped(&wrapped("{}")),
    ] {
        assert_eq!(
            extracted::<Json<Value>>(form("issues", body.clone())).await.0,
            400,
            "{body}"
        );
        assert_eq!(
            extracted::<github::Issues>(form("issues", body.clone())).await.0,
            400,
            "{body}"
        );
        let (_, event) = extracted::<github::Event>(form("issues", body)).await;
        assert!(matches!(event, Some((_, github::Event::Other(_)))));
    }
    let as_json = with_header(form("issues", payload), "content-type", b"application/json");
    assert_eq!(extracted::<Json<Value>>(as_json).await.0, 400);
}
