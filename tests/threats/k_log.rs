//! Section K: what the log never holds.

use axum::response::IntoResponse;
use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use tower::{Layer, ServiceExt, service_fn};
use tower_webhook::provider::senders::{Adyen, MsGraph};
use tower_webhook::provider::{STRIPE, Sender};
use tower_webhook::store::MemoryStore;
use tower_webhook::testing::Delivery;
use tower_webhook::{DedupLayer, EventRouter, Secret, VerifyLayer};

use crate::harness::{SECRET, Stage, secret, with_header};
use crate::logs::Capture;

#[tokio::test]
async fn t172_no_level_of_the_log_holds_a_body_a_secret_or_a_signature() {
    let log = Capture::begin();
    let stage = Stage::answering(
        Sender::new(STRIPE, secret()),
        |verify| verify,
        |dedup| dedup,
        |call| async move {
            assert_ne!(
                call.proof.id().map(|id| *id.value()),
                Some("evt_panic"),
                "this event panics"
            );
            "handled".into_response()
        },
    );
    let mut signatures = Vec::new();
    let mut send = |id: &str, note: &str| {
        let body = format!(r#"{{"id":"{id}","type":"invoice.paid","note":"{note}"}}"#);
        let request = Delivery::new(STRIPE, body)
            .at(stage.clock.time())
            .sign(&secret())
            .unwrap();
        let signature = request.headers()["stripe-signature"].to_str().unwrap();
        signatures.push(signature.rsplit('=').next().unwrap().to_owned());
        request
    };
    let requests = [
        (send("evt_1", "kept-quiet"), 200),
        (send("evt_1", "kept-quiet"), 200),
        (send("evt_1", "kept-quiet-too"), 422),
        (send("evt_panic", "kept-quiet"), 500),
        (
            with_header(
                send("evt_2", "kept-quiet"),
                "stripe-signature",
                b"t=1,v1=feedface",
            ),
            401,
        ),
    ];
    for (request, status) in requests {
        assert_eq!(stage.send(request).await.status, status);
    }
    let text = log.text();
    for said in [
        "verified",
        "duplicate",
        "conflict",
        "panicked",
        "rejected",
        "evt_1",
    ] {
        assert!(text.contains(said), "{said} is not in {text}");
    }
    let hidden =
        signatures
            .iter()
            .map(String::as_str)
            .chain(["kept-quiet", SECRET, &SECRET[6..], "feedface"]);
    for secret in hidden {
        assert!(!text.contains(secret), "{secret} stands in {text}");
    }
}

#[tokio::test]
async fn a_handlers_error_is_logged_with_its_sender_and_the_events_key() {
    let router = EventRouter::new().on_kind("invoice.*", |_| async {
        tokio::task::yield_now().await;
        Err::<(), _>(std::io::Error::other("the disk is full"))
    });
    let dedup = DedupLayer::new(MemoryStore::default());
    let verify = VerifyLayer::new(Sender::new(STRIPE, secret())).unwrap();
    let (with_key, without) = (verify.layer(dedup.layer(router.clone())), verify.layer(router));
    let request = || {
        let body = r#"{"id":"evt_1","type":"invoice.paid"}"#;
        Delivery::new(STRIPE, body)
            .sign(&secret())
            .unwrap()
            .map(Full::new)
    };
    let log = Capture::begin();
    assert_eq!(with_key.oneshot(request()).await.unwrap().status(), 503);
    let text = log.text();
    let handled = line(&text, "handled");
    assert!(handled.contains("outcome=\"released\""), "{handled}");
    let key = handled
        .split_once("key=")
        .and_then(|(_, rest)| rest.get(..64))
        .unwrap();
    let failed = line(&text, "the handler failed");
    for said in ["provider=\"stripe\"", &format!("key={key}"), "the disk is full"] {
        assert!(failed.contains(said), "{said} is not in {failed}");
    }
    let log = Capture::begin();
    assert_eq!(without.oneshot(request()).await.unwrap().status(), 503);
    let text = log.text();
    let failed = line(&text, "the handler failed");
    assert!(
        failed.contains("the disk is full") && !failed.contains("key="),
        "{failed}"
    );
}

fn line<'a>(log: &'a str, said: &str) -> &'a str {
    log.lines()
        .find(|line| line.contains(said))
        .unwrap_or_else(|| panic!("{said} is not in {log}"))
}

#[tokio::test]
async fn t172_a_body_that_nobody_signed_is_not_in_the_log_where_it_fits_no_type() {
    let handler = service_fn(|_: Request<Full<Bytes>>| async {
        Ok::<_, std::convert::Infallible>(http::Response::new(Full::<Bytes>::default()))
    });
    let ms_graph = VerifyLayer::new(MsGraph::new(secret())).unwrap();
    let adyen = VerifyLayer::new(Adyen::new(Secret::new("0123456789ABCDEF".repeat(4)).unwrap())).unwrap();
    let bodies = [
        (ms_graph.clone(), r#"{"value":"kept-quiet"}"#),
        (
            ms_graph,
            r#"{"value":[{"clientState":["kept-quiet"]},"kept-quiet"]}"#,
        ),
        (adyen.clone(), r#"{"notificationItems":"kept-quiet"}"#),
        (
            adyen,
            r#"{"notificationItems":[{"NotificationRequestItem":"kept-quiet"}]}"#,
        ),
    ];
    let log = Capture::begin();
    for (layer, body) in bodies {
        let request = Request::post("/").header("content-type", "application/json");
        let request = request
            .body(Full::new(Bytes::from_static(body.as_bytes())))
            .unwrap();
        let answer = layer.layer(handler).oneshot(request).await.unwrap();
        assert_eq!(answer.status(), 401, "{body}");
    }
    let text = log.text();
    assert_eq!(text.matches("at line 1 column").count(), 4, "{text}");
    assert!(!text.contains("kept-quiet"), "{text}");
}
