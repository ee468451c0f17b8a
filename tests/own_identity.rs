//! What makes two deliveries one event where no description of headers and fields says it: by token, by URL, or not at all.
#![cfg(feature = "jsonwebtoken")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use p256::pkcs8::EncodePrivateKey;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tower::util::BoxCloneService;
use tower::{ServiceBuilder, ServiceExt, service_fn};
use tower_webhook::key_source::{KeySource, KeyUrl};
use tower_webhook::provider::jwt::{PUBSUB, messagebird, oidc, plaid};
use tower_webhook::provider::senders::MsGraph;
use tower_webhook::provider::{Part, Provider, Scheme, header};
use tower_webhook::store::MemoryStore;
use tower_webhook::testing::{Delivery, ManualClock};
use tower_webhook::{BoxError, DedupLayer, Secret, SplitLayer, VerifyLayer};

type Body = Full<Bytes>;

const NOW: u64 = 1_700_000_000;

/// An endpoint and how often its handler has run.
struct Endpoint(
    BoxCloneService<Request<Body>, Response<Body>, Infallible>,
    Arc<AtomicUsize>,
);

impl Endpoint {
    fn of(provider: impl Provider) -> Self {
        let runs = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&runs);
        let service = ServiceBuilder::new()
            .layer(
                VerifyLayer::new(provider)
                    .unwrap()
                    .clock(ManualClock::at_unix(NOW)),
            )
            .layer(SplitLayer::new())
            .layer(DedupLayer::new(MemoryStore::default()))
            .service(service_fn(move |_: Request<Body>| {
                counted.fetch_add(1, Ordering::SeqCst);
                std::future::ready(Ok(Response::new(Body::default())))
            }));
        Self(BoxCloneService::new(service), runs)
    }

    /// How often the handler has run once this delivery has been taken.
    async fn send(&self, request: Request<Body>) -> usize {
        let response = self.0.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        self.1.load(Ordering::SeqCst)
    }
}

fn request(method: Method, uri: &str, header: (&str, &str), body: &Value) -> Request<Body> {
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let request = Request::builder()
        .method(method)
        .uri(uri)
        .header(header.0, header.1);
    request.body(Full::new(body.into())).unwrap()
}

fn digest(text: &str) -> String {
    Sha256::digest(text)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn secret() -> Secret {
    Secret::new("signing-secret").unwrap()
}

fn shared() -> EncodingKey {
    EncodingKey::from_secret(b"signing-secret")
}

/// The private key with the scalar 1…, and a source that has its public half at every URL.
struct Issuer(EncodingKey);

struct Shipped(Value);

impl Issuer {
    fn new() -> (Self, Shipped) {
        let secret = p256::SecretKey::from_slice(&[1; 32]).unwrap();
        let point = secret.public_key().to_sec1_bytes();
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let jwk = json!({"kty": "EC", "crv": "P-256", "alg": "ES256", "kid": "k1", "use": "sig",
            "x": text(&point[1..33]), "y": text(&point[33..65])});
        let key = EncodingKey::from_ec_der(secret.to_pkcs8_der().unwrap().as_bytes());
        (Self(key), Shipped(jwk))
    }

    fn token(&self, claims: &Value) -> String {
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some("k1".into());
        encode(&header, claims, &self.0).unwrap()
    }
}

impl KeySource for Shipped {
    async fn fetch(&self, _: &KeyUrl) -> Result<Bytes, BoxError> {
        Ok(json!({"keys": [self.0]}).to_string().into())
    }
}

#[tokio::test]
async fn plaids_next_update_of_an_item_is_another_event_though_its_body_is_the_same() {
    let (issuer, keys) = Issuer::new();
    let endpoint = Endpoint::of(plaid(keys).unwrap());
    let body = json!({"webhook_type": "TRANSACTIONS", "webhook_code": "SYNC_UPDATES_AVAILABLE", "item_id": "i",
        "initial_update_complete": true, "historical_update_complete": true, "environment": "production"});
    for (run, iat) in [NOW - 200, NOW].into_iter().enumerate() {
        let claims = json!({"iat": iat, "request_body_sha256": digest(&body.to_string())});
        let delivery = request(
            Method::POST,
            "/plaid",
            ("plaid-verification", &issuer.token(&claims)),
            &body,
        );
        assert_eq!(endpoint.send(delivery).await, run + 1);
    }
}

#[tokio::test]
async fn messagebirds_events_without_a_body_are_told_apart_by_their_query() {
    let endpoint = Endpoint::of(messagebird(secret(), "https://example.com/sms"));
    let sent = |query: &str| {
        let url_hash = digest(&format!("https://example.com/sms?{query}"));
        let claims = json!({"iss": "MessageBird", "nbf": NOW, "exp": NOW + 60, "url_hash": url_hash});
        let token = encode(&Header::new(Algorithm::HS256), &claims, &shared()).unwrap();
        let header = ("messagebird-signature-jwt", &*token);
        request(Method::GET, &format!("/sms?{query}"), header, &Value::Null)
    };
    assert_eq!(endpoint.send(sent("id=1")).await, 1);
    assert_eq!(endpoint.send(sent("id=2")).await, 2);
    assert_eq!(endpoint.send(sent("id=1")).await, 2, "a retry is none");
}

#[tokio::test]
async fn an_own_senders_events_are_told_apart_by_the_url_that_it_signs() {
    const ACME: Scheme = Scheme::hmac_sha256("acme")
        .signature(header("x-acme-signature").hex())
        .empty_body()
        .content(&[Part::Url, Part::Body]);
    const URL: &str = "https://example.com/acme";
    let endpoint = Endpoint::of(ACME.with(secret()).public_url(URL));
    let sent = |query: &str| {
        let delivery = Delivery::new(ACME, "")
            .public_url(URL)
            .uri(format!("/acme?{query}"));
        delivery.sign(&secret()).unwrap().map(Full::new)
    };
    assert_eq!(endpoint.send(sent("id=1")).await, 1);
    assert_eq!(endpoint.send(sent("id=2")).await, 2);
    assert_eq!(endpoint.send(sent("id=1")).await, 2, "a retry is none");
}

#[tokio::test]
async fn an_own_senders_events_are_told_apart_by_the_method_and_the_element_that_it_signs() {
    const SIGNED: Scheme = Scheme::hmac_sha256("acme").signature(header("x-acme-signature").hex());
    const BY_METHOD: Scheme = SIGNED
        .methods(&[Method::POST, Method::PUT])
        .content(&[Part::Method, Part::Body]);
    const BY_ELEMENT: Scheme = SIGNED
        .signature(header("x-acme-signature").pairs("v1").hex())
        .content(&[Part::Element("n"), Part::Body]);
    let sent = |method: Method, element: &str, signed: &str| {
        let delivery = Delivery::new(SIGNED, format!("{signed}{{}}"))
            .sign(&secret())
            .unwrap();
        let mac = delivery.headers()["x-acme-signature"].to_str().unwrap();
        request(
            method,
            "/",
            ("x-acme-signature", &format!("{element}{mac}")),
            &json!({}),
        )
    };
    let by_method = Endpoint::of(BY_METHOD.with(secret()));
    let by_element = Endpoint::of(BY_ELEMENT.with(secret()));
    for (run, method, element) in [
        (1, Method::POST, "1"),
        (2, Method::PUT, "2"),
        (2, Method::POST, "1"),
    ] {
        let signed = sent(method.clone(), "", method.as_str());
        assert_eq!(by_method.send(signed).await, run, "{method}");
        let signed = sent(Method::POST, &format!("n={element},v1="), element);
        assert_eq!(by_element.send(signed).await, run, "{element}");
    }
}

#[tokio::test]
async fn a_graph_notification_without_an_id_is_an_event_each_time() {
    let endpoint = Endpoint::of(MsGraph::new(secret()));
    let sent = |notification: Value| {
        let body = json!({"value": [notification]});
        request(
            Method::POST,
            "/graph",
            ("content-type", "application/json"),
            &body,
        )
    };
    let change = json!({"subscriptionId": "s", "clientState": "signing-secret", "changeType": "updated",
        "resource": "me/drive/root", "resourceData": {"@odata.type": "#Microsoft.Graph.DriveItem"}});
    assert_eq!(endpoint.send(sent(change.clone())).await, 1);
    assert_eq!(endpoint.send(sent(change.clone())).await, 2);
    let mut named = change;
    named["id"] = json!("n1");
    assert_eq!(endpoint.send(sent(named.clone())).await, 3);
    assert_eq!(endpoint.send(sent(named)).await, 3, "its id names it");
}

#[tokio::test]
async fn pubsubs_count_of_tries_makes_no_other_event() {
    let (issuer, keys) = Issuer::new();
    let jwks = KeyUrl::new("https://www.googleapis.com/oauth2/v3/certs").unwrap();
    let (google, push) = ("https://accounts.google.com", "https://example.com/push");
    // As `pubsub`, with keys that a test can have.
    let endpoint = Endpoint::of(oidc(PUBSUB, google, push, jwks, keys).es256());
    let claims =
        json!({"iss": "https://accounts.google.com", "aud": "https://example.com/push", "exp": NOW + 600});
    let token = format!("Bearer {}", issuer.token(&claims));
    let sent = |attempt: u32, id: &str| {
        let body = json!({"deliveryAttempt": attempt, "subscription": "projects/p/subscriptions/s",
            "message": {"messageId": id, "data": "e30="}});
        request(Method::POST, "/push", ("authorization", &token), &body)
    };
    assert_eq!(endpoint.send(sent(1, "m1")).await, 1);
    assert_eq!(endpoint.send(sent(2, "m1")).await, 1);
    assert_eq!(endpoint.send(sent(1, "m2")).await, 2);
}
