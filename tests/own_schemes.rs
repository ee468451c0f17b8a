//! Schemes that a user says: the peers' cases of receivers that are told header, hash and encoding.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "support/shared.rs"]
mod shared;

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use serde_json::Value;
use tower::{Layer, ServiceExt, service_fn};
use tower_webhook::provider::{
    Answer, Check, Part, Proof, Provider, Refusal, Scheme, Sender, element, header,
};
use tower_webhook::testing::ManualClock;
use tower_webhook::{ConfigErrorKind, Reason, Secret, VerifyLayer};

#[tokio::test]
async fn the_cases_of_a_plain_hmac_hold() {
    let cases = cases("generic_hmac");
    for case in &cases {
        let config = &case["config"];
        let name = text(config, "header").to_ascii_lowercase();
        let place = header(leak(name)).prefix(leak(text(config, "prefix").to_owned()));
        let scheme = hash(config).signature(match text(config, "encoding") {
            "hex" => place.hex(),
            _ => place.base64(),
        });
        hold(case, scheme, case["now_unix"].as_u64().unwrap()).await;
    }
    assert!(cases.is_empty() || cases.len() >= 96);
}

/// Convoy signs the body, or in its advanced form a time and the body with a comma between them.
#[tokio::test]
async fn the_cases_of_convoy_hold() {
    let cases = cases("convoy");
    for case in &cases {
        let config = &case["config"];
        let place = header("x-convoy-signature");
        let hex = text(config, "encoding") == "hex";
        if config["advanced"] == false {
            let scheme = hash(config).signature(if hex { place.hex() } else { place.base64() });
            hold(case, scheme, case["now_unix"].as_u64().unwrap()).await;
            continue;
        }
        let place = place.pairs("v1");
        let scheme = hash(config)
            .signature(if hex { place.hex() } else { place.base64() })
            .content(&[Part::Element("t"), Part::Text(","), Part::Body])
            .timestamp(element("t").unix_seconds())
            .tolerance(Duration::from_secs(300));
        // Their tolerance is a hundred years; here the case plays at the time that it states, unless that is its point.
        let now = match case["reason"] == "stale_timestamp" {
            true => case["now_unix"].as_u64(),
            false => stated(case).or(case["now_unix"].as_u64()),
        };
        hold(case, scheme, now.unwrap()).await;
    }
    assert!(cases.is_empty() || cases.len() >= 17);
}

#[test]
fn a_provider_is_held_to_its_scheme() {
    let error = VerifyLayer::new(Nameless).unwrap_err();
    assert_eq!(error.kind(), ConfigErrorKind::Scheme);
}

/// A provider that a user writes, with a scheme that can't be meant.
struct Nameless;

impl Provider for Nameless {
    type Check = Never;

    fn scheme(&self) -> &Scheme {
        const NAMELESS: &Scheme = &Scheme::hmac_sha256("");
        NAMELESS
    }

    async fn begin(&self, _: &Parts, _: Option<SystemTime>) -> Result<Never, Refusal> {
        Err(Reason::BadSignature.into())
    }
}

#[tokio::test]
async fn what_a_provider_finds_to_be_no_event_gets_its_answer_and_no_handler() {
    let layer = VerifyLayer::new(Greeted).unwrap();
    let never = service_fn(
        async |_: Request<Full<Bytes>>| -> Result<Response<Full<Bytes>>, Infallible> {
            unreachable!("it is no event")
        },
    );
    let delivery = Request::post("/").body(Full::default()).unwrap();
    let response = layer.layer(never).oneshot(delivery).await.unwrap();
    let text = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(text, "welcome");
    let welcome = || Proof::new(0).handshake(async || Ok(Answer::empty()));
    let one = welcome();
    assert!(one == one.clone() && one != welcome());
}

#[tokio::test]
async fn a_provider_may_have_a_sender_check_for_it() {
    let sender = tower_webhook::provider::GITHUB.with(Secret::new("a long secret of ours").unwrap());
    let layer = VerifyLayer::new(Behind(sender)).unwrap();
    let forged = Request::post("/").header("x-hub-signature-256", format!("sha256={}", "0".repeat(64)));
    let forged = forged.body(Full::from("{}")).unwrap();
    let response = layer.layer(service_fn(handler)).oneshot(forged).await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
}

/// Leaves all to a sender.
struct Behind(Sender);

impl Provider for Behind {
    type Check = <Sender as Provider>::Check;

    fn scheme(&self) -> &Scheme {
        self.0.scheme()
    }

    async fn begin(&self, head: &Parts, time: Option<SystemTime>) -> Result<Self::Check, Refusal> {
        self.0.begin(head, time).await
    }
}

/// Takes each delivery for a handshake.
struct Greeted;

impl Provider for Greeted {
    type Check = Self;

    fn scheme(&self) -> &Scheme {
        const GREETED: &Scheme = &Scheme::hmac_sha256("greeted")
            .signature(header("x-signature").hex())
            .empty_body();
        GREETED
    }

    async fn begin(&self, _: &Parts, _: Option<SystemTime>) -> Result<Self, Refusal> {
        Ok(Self)
    }
}

impl Check for Greeted {
    fn update(&mut self, _: &[u8]) {}

    async fn finish(self, _: &Bytes) -> Result<Proof, Refusal> {
        Ok(Proof::new(0).handshake(async || Ok(Answer::text("welcome").unwrap())))
    }
}

enum Never {}

impl Check for Never {
    fn update(&mut self, _: &[u8]) {
        match *self {}
    }

    async fn finish(self, _: &Bytes) -> Result<Proof, Refusal> {
        match self {}
    }
}

fn hash(config: &Value) -> Scheme {
    match text(config, "hash") {
        "SHA512" => Scheme::hmac_sha512("their_own"),
        _ => Scheme::hmac_sha256("their_own"),
    }
}

async fn hold(case: &Value, scheme: Scheme, now: u64) {
    let secret = case["secrets"][0].as_str().unwrap();
    let secret = match case["secret_kind"].as_str() {
        Some("hex") => Secret::from_bytes(hex::decode(secret).unwrap()),
        _ => Secret::new(secret),
    };
    let layer = VerifyLayer::new(scheme.empty_body().with(secret.unwrap())).unwrap();
    let service = layer.clock(ManualClock::at_unix(now)).layer(service_fn(handler));
    let status = service.oneshot(request(case)).await.unwrap().status();
    let wanted = case["expect"] == "accept";
    assert_eq!(
        status == StatusCode::NO_CONTENT,
        wanted,
        "{}: {status}",
        case["id"]
    );
}

fn handler(_: Request<Full<Bytes>>) -> Ready<Result<Response<Full<Bytes>>, Infallible>> {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::NO_CONTENT;
    ready(Ok(response))
}

fn request(case: &Value) -> Request<Full<Bytes>> {
    let body = text(case, "body");
    let body = match text(case, "body_encoding") {
        "base64" => STANDARD.decode(body).unwrap(),
        _ => body.as_bytes().to_vec(),
    };
    let mut request = Request::post("/").body(Full::from(body)).unwrap();
    for pair in case["headers"].as_array().unwrap() {
        let name = HeaderName::from_bytes(pair[0].as_str().unwrap().as_bytes()).unwrap();
        let value = HeaderValue::from_str(pair[1].as_str().unwrap()).unwrap();
        request.headers_mut().append(name, value);
    }
    request
}

fn stated(case: &Value) -> Option<u64> {
    let value = case["headers"][0][1].as_str()?;
    let pair = value.split(',').find_map(|pair| pair.trim().strip_prefix("t="))?;
    pair.parse().ok()
}

fn cases(provider: &str) -> Vec<Value> {
    let all = shared::read("peer-cases.json");
    let all = all.iter().flat_map(|all| all["cases"].as_array().unwrap());
    all.filter(|case| case["provider"] == provider && case["tier"] != "contested")
        .cloned()
        .collect()
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap()
}

/// A description is a constant, so its texts live for ever.
fn leak(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}
