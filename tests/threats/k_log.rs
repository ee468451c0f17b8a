//! Section K: what the log never holds.

use axum::response::IntoResponse;
use tower_webhook::provider::{STRIPE, Sender};
use tower_webhook::testing::Delivery;

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
