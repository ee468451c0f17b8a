//! A sender that signs nothing never looks like one that does.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use axum::body::Body;
use axum::routing::{post, post_service};
use axum::{Router, http::Request, http::StatusCode};
use bytes::Bytes;
use tower::ServiceExt;
use tower_webhook::provider::senders::{MAILGUN, Mailgun};
use tower_webhook::provider::{Part, Scheme, header};
use tower_webhook::store::MemoryStore;
use tower_webhook::testing::Delivery;
use tower_webhook::{
    Binding, DedupLayer, EventRouter, Secret, Secrets, Tenants, UnsignedBody, UnsignedWebhook, Verified,
    VerifyLayer, Webhook,
};

const BEARER: Scheme = Scheme::token("bearer")
    .signature(header("authorization").token("Bearer "))
    .id(header("x-id"));

fn secret() -> Secret {
    Secret::new("a token of sufficient length").unwrap()
}

fn app(route: axum::routing::MethodRouter) -> Router {
    let layers = (
        VerifyLayer::new(BEARER.with(secret())).unwrap(),
        DedupLayer::new(MemoryStore::default()),
    );
    Router::new().route("/", route.layer(layers))
}

fn delivery(secret: &Secret) -> Request<Body> {
    Delivery::new(BEARER, "{}").sign(secret).unwrap().map(Body::from)
}

async fn status(route: axum::routing::MethodRouter, request: Request<Body>) -> StatusCode {
    app(route).oneshot(request).await.unwrap().status()
}

#[tokio::test]
async fn t150_a_shared_token_is_compared_and_proves_no_body() {
    async fn handler(proof: UnsignedBody, UnsignedWebhook(read): UnsignedWebhook<Bytes>) -> &'static str {
        assert_eq!(proof.binding(), Binding::Bearer);
        assert!(!proof.id().unwrap().is_signed());
        assert_eq!(proof.danger_unsigned_body(), &read);
        "asked for as what it is"
    }
    assert_eq!(status(post(handler), delivery(&secret())).await, StatusCode::OK);
    let other = Secret::new("a token of sufficient lengtH").unwrap();
    assert_eq!(
        status(post(handler), delivery(&other)).await,
        StatusCode::UNAUTHORIZED
    );
    let mut bare = delivery(&secret());
    bare.headers_mut()
        .insert("authorization", "a token of sufficient length".parse().unwrap());
    assert_eq!(status(post(handler), bare).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_unsigned_delivery_says_what_a_signed_one_does() {
    async fn handler(proof: UnsignedBody) {
        assert_eq!((proof.provider(), proof.tenant()), ("mailgun", Some("acme")));
        assert_eq!(proof.secret_index(), 2);
        assert!(proof.timestamp().unwrap().is_signed());
        assert!(proof.key("", None).is_some());
    }
    let [first, second] =
        [1, 2].map(|number| Secret::new(format!("another token, number {number}")).unwrap());
    let secrets = Secrets::from(first).and_secret(second).unwrap();
    let tenants = Tenants::new(|_| Some("acme".to_owned()));
    tenants
        .insert("acme", secrets.and_secret(secret()).unwrap())
        .unwrap();
    let layer = VerifyLayer::new(Mailgun::new(tenants)).unwrap();
    let app = Router::new().route("/", post(handler).layer(layer));
    let delivery = Delivery::new(MAILGUN, r#"{"event":"opened"}"#);
    let request = delivery.sign_as(&Mailgun::new(secret()), &secret()).unwrap();
    let response = app.oneshot(request.map(Body::from)).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test]
async fn what_asks_for_a_signed_event_is_not_given_an_unsigned_one() {
    async fn proven(_: Verified) {}
    async fn typed(_: Webhook<Bytes>) {}
    let internal = StatusCode::INTERNAL_SERVER_ERROR;
    assert_eq!(status(post(proven), delivery(&secret())).await, internal);
    assert_eq!(status(post(typed), delivery(&secret())).await, internal);
    let router = EventRouter::new().otherwise(async |_| {});
    assert_eq!(
        status(post_service(router.clone()), delivery(&secret())).await,
        internal
    );
    let router = router.danger_unsigned_bodies();
    assert_eq!(
        status(post_service(router), delivery(&secret())).await,
        StatusCode::OK
    );
}

#[test]
fn the_binding_is_computed_from_the_content() {
    let bound = |content| Scheme::own("x", "by hand").content(content).binding();
    assert_eq!(bound(&[Part::Header("x-time"), Part::Body]), Binding::Body);
    assert_eq!(bound(&[Part::Json("/id")]), Binding::Fields);
    assert_eq!(bound(&[Part::Header("x-id"), Part::Checksum]), Binding::Checksum);
    assert_eq!(bound(&[Part::Header("x-time")]), Binding::Envelope);
    assert_eq!(bound(&[]), Binding::Bearer);
    assert_eq!(BEARER.binding(), Binding::Bearer);
    assert!(BEARER.content(&[Part::Body]).check().is_err());
}

#[test]
fn a_sender_that_signs_its_url_must_be_told_it() {
    const URL: Scheme = Scheme::hmac_sha256("url")
        .signature(header("x-signature").base64())
        .content(&[Part::Url, Part::Body]);
    assert!(VerifyLayer::new(URL.with(secret())).is_err());
    assert!(VerifyLayer::new(URL.with(secret()).public_url("https://hooks.example.com/x")).is_ok());
}
