//! Microsoft Graph: a token in each notification of the body, and a handshake that nobody signs.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use serde_json::json;
use tower::{Layer, ServiceBuilder, ServiceExt, service_fn};
use tower_webhook::provider::senders::{MS_GRAPH, MsGraph};
use tower_webhook::testing::Delivery;
use tower_webhook::{Binding, Rejection, Secret, SplitLayer, UnsignedBody, Verified, VerifyLayer};

type Body = Full<Bytes>;

const STATE: &str = "3f1c-client-state";

fn secret() -> Secret {
    Secret::new(STATE).unwrap()
}

fn request(body: impl Into<Bytes>) -> Request<Body> {
    let request = Request::post("/graph").header("content-type", "application/json");
    request.body(Full::new(body.into())).unwrap()
}

/// The status, and the reason where it was refused. Whatever reaches the handler is an `UnsignedBody`.
async fn verdict(graph: MsGraph, request: Request<Body>) -> (u16, Option<&'static str>) {
    let handler = service_fn(async |request: Request<Body>| {
        assert!(request.extensions().get::<Verified>().is_none());
        let proof = request.extensions().get::<UnsignedBody>().unwrap();
        assert_eq!(proof.binding(), Binding::Bearer);
        Ok::<_, Infallible>(Response::new(Body::default()))
    });
    let layer = VerifyLayer::new(graph).unwrap();
    let response = layer.layer(handler).oneshot(request).await.unwrap();
    let reason = response.extensions().get::<Rejection>();
    (
        response.status().as_u16(),
        reason.map(|rejection| rejection.reason().code()),
    )
}

#[tokio::test]
async fn every_notification_must_show_a_client_state_that_is_known() {
    let good = json!({"subscriptionId": "s", "clientState": STATE});
    let other = json!({"subscriptionId": "s", "clientState": "another"});
    let bare = json!({"subscriptionId": "s"});
    let cases = [
        (json!({"value": [good]}), None),
        (json!({"value": [good, good]}), None),
        (json!({"value": [good, other]}), Some("bad_signature")),
        (json!({"value": [other, good]}), Some("bad_signature")),
        (json!({"value": [good, bare]}), Some("malformed_header")),
        (
            json!({"value": [{"clientState": null}]}),
            Some("malformed_header"),
        ),
        (json!({"value": [{"clientState": ""}]}), Some("bad_signature")),
        (json!({"value": []}), Some("missing_header")),
        (json!([good]), Some("malformed_header")),
        (json!({"clientState": STATE}), Some("malformed_header")),
    ];
    for (body, reason) in cases {
        let status = if reason.is_some() { 401 } else { 200 };
        let found = verdict(MsGraph::new(secret()), request(body.to_string())).await;
        assert_eq!(found, (status, reason), "{body}");
    }
    let twice = format!(r#"{{"value":[{{"clientState":"x","clientState":"{STATE}"}}]}}"#);
    let found = verdict(MsGraph::new(secret()), request(twice)).await;
    assert_eq!(found, (401, Some("malformed_header")));
}

#[tokio::test]
async fn subscriptions_of_several_client_states_may_share_a_delivery() {
    let secrets = tower_webhook::Secrets::new(STATE).unwrap().and("second").unwrap();
    let body = json!({"value": [{"clientState": "second"}, {"clientState": STATE}]});
    let found = verdict(MsGraph::new(secrets), request(body.to_string())).await;
    assert_eq!(found, (200, None));
}

#[tokio::test]
async fn a_token_in_the_query_is_echoed_and_reaches_no_handler() {
    let handler = service_fn(async |_: Request<Body>| -> Result<Response<Body>, Infallible> {
        panic!("a handshake reached the handler")
    });
    let layer = VerifyLayer::new(MsGraph::new(secret())).unwrap();
    let asked = Request::post("/graph?validationToken=Validation%3A+Testing+client").body(Body::default());
    let response = layer.layer(handler).oneshot(asked.unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "text/plain; charset=utf-8");
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(body, "Validation: Testing client");
    let found = verdict(MsGraph::new(secret()), request("")).await;
    assert_eq!(found, (401, Some("malformed_header")), "an empty body is neither");
}

#[tokio::test]
async fn each_notification_is_an_event_of_its_own() {
    type Seen = Vec<(Option<String>, Option<String>, bool)>;
    let seen = Arc::new(Mutex::new(Seen::new()));
    let log = Arc::clone(&seen);
    let handler = service_fn(move |request: Request<Body>| {
        let event = request.extensions().get::<UnsignedBody>().unwrap();
        let id = event.id().map(|id| (*id.value()).to_owned());
        let signed = event.id().is_some_and(|id| id.is_signed());
        let kind = event.kind().map(|kind| (*kind.value()).to_owned());
        log.lock().unwrap().push((id, kind, signed));
        std::future::ready(Ok::<_, Infallible>(Response::new(Body::default())))
    });
    let body = json!({"value": [
        {"id": "n1", "subscriptionId": "s", "changeType": "updated", "resource": "users/1"},
        {"subscriptionId": "s", "lifecycleEvent": "missed"},
    ]});
    let signed = Delivery::new(MS_GRAPH, body.to_string()).sign_as(&MsGraph::new(secret()), &secret());
    let service = ServiceBuilder::new()
        .layer(VerifyLayer::new(MsGraph::new(secret())).unwrap())
        .layer(SplitLayer::new())
        .service(handler);
    let response = service.oneshot(signed.unwrap().map(Full::new)).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(
        *seen.lock().unwrap(),
        [
            (text("n1"), text("updated"), false),
            (None, text("missed"), false)
        ]
    );
}
