//! Section H: senders that sign the URL they call, and proxies that say they know it.

use axum::Router;
use axum::body::Body;
use axum::routing::post;
use bytes::Bytes;
use http::{HeaderValue, Request, StatusCode};
use tower::ServiceExt;
use tower_webhook::provider::senders::{CONTENTFUL, Contentful, HUBSPOT, HubSpot, TWILIO, Twilio};
use tower_webhook::testing::{Delivery, ManualClock};
use tower_webhook::{ConfigErrorKind, Reason, Secret, VerifyLayer};

use crate::harness::{NOW, Stage, WAYS, Way, accepted, refused, refused_by, secret};

const URL: &str = "https://hooks.example.com/in/twilio";
const FORM: &str = "CallSid=CA1&CallStatus=ringing&From=%2B1";

fn twilio(url: &str) -> Twilio {
    Twilio::new(secret()).public_url(url)
}

pub fn stage() -> Stage {
    Stage::new(twilio(URL))
}

/// A genuine call of this URL, which asks for this target.
fn called(url: &str, target: &str) -> Request<Bytes> {
    let form = Delivery::new(TWILIO, FORM).form().uri(target);
    form.sign_as(&twilio(url), &secret()).unwrap()
}

pub fn genuine() -> Request<Bytes> {
    called(URL, "/in/twilio?a=1&b=2")
}

fn with(mut request: Request<Bytes>, headers: &[(&'static str, &'static str)]) -> Request<Bytes> {
    for (name, value) in headers {
        request
            .headers_mut()
            .append(*name, HeaderValue::from_static(value));
    }
    request
}

const FORWARDED: [(&str, &str); 5] = [
    ("x-forwarded-host", "evil.example"),
    ("x-forwarded-proto", "http"),
    ("x-forwarded-port", "8080"),
    ("x-original-url", "/other"),
    ("forwarded", "host=evil.example;proto=http"),
];

#[tokio::test]
async fn t136_forwarded_headers_say_nothing() {
    accepted(stage, with(genuine(), &FORWARDED)).await;
    // Whoever has a delivery that was signed for a place of his own can't bring it here by naming that place.
    for url in [
        "http://evil.example:8080/other",
        "https://evil.example/in/twilio",
        "http://evil.example/in/twilio",
    ] {
        let foreign = with(called(url, "/in/twilio?a=1&b=2"), &FORWARDED);
        refused(stage, foreign, 401, Reason::BadSignature).await;
    }
}

#[tokio::test]
async fn t137_an_absolute_target_names_no_authority() {
    let mut request = genuine();
    *request.uri_mut() = "http://evil.example:81/in/twilio?a=1&b=2".parse().unwrap();
    accepted(stage, request).await;
    let mut foreign = called("http://evil.example:81/in/twilio", "/in/twilio?a=1&b=2");
    *foreign.uri_mut() = "http://evil.example:81/in/twilio?a=1&b=2".parse().unwrap();
    refused(stage, foreign, 401, Reason::BadSignature).await;
}

/// A request without a `Host` is not refused for that: the header is not read, HTTP/2 has none, and a server that cares for
/// RFC 9112 has refused it before.
#[tokio::test]
async fn t138_two_hosts_are_refused() {
    let two = [("host", "hooks.example.com"), ("host", "hooks.example.com")];
    refused_by(
        &[Way::Call, Way::Http1],
        stage,
        with(genuine(), &two),
        401,
        Reason::DuplicateHeader,
    )
    .await;
    let stage = stage();
    assert_eq!(stage.send(genuine()).await.status, 200);
}

#[tokio::test]
async fn t139_twilio_signs_the_url_letter_for_letter_but_for_the_port() {
    for url in ["https://hooks.example.com:443/in/twilio", URL] {
        accepted(stage, called(url, "/in/twilio?a=1&b=2")).await;
    }
    let other = [
        (URL, "/in/twilio?b=2&a=1"),
        (URL, "/in/twilio?a=1&b=2&"),
        (URL, "/in/twilio?a=1&b=%32"),
        (URL, "/in/twilio"),
        ("https://hooks.example.com/in/twilio/", "/in/twilio?a=1&b=2"),
        ("https://HOOKS.example.com/in/twilio", "/in/twilio?a=1&b=2"),
        ("http://hooks.example.com/in/twilio", "/in/twilio?a=1&b=2"),
        ("https://hooks.example.com:80/in/twilio", "/in/twilio?a=1&b=2"),
        ("https://hooks.example.com:8443/in/twilio", "/in/twilio?a=1&b=2"),
        ("https://hooks.example.com/in%2ftwilio", "/in/twilio?a=1&b=2"),
    ];
    for (url, target) in other {
        let mut request = called(url, target);
        *request.uri_mut() = "/in/twilio?a=1&b=2".parse().unwrap();
        refused_by(&[Way::Call], stage, request, 401, Reason::BadSignature).await;
    }
}

#[tokio::test]
async fn t139_hubspot_and_contentful_sign_no_port_variant() {
    let now = ManualClock::at_unix(NOW).time();
    let hubspot = |url: &str| HubSpot::new(secret()).public_url(url);
    let sent = |url: &str| {
        let delivery = Delivery::new(HUBSPOT, "[{}]")
            .at(now)
            .uri("/in?next=%2Fa%3Ab%20c");
        delivery.sign_as(&hubspot(url), &secret()).unwrap()
    };
    let here = "https://hooks.example.com/in";
    let stage = || Stage::new(hubspot(here));
    accepted(stage, sent(here)).await;
    // HubSpot signs these characters as themselves, so both spellings are the same call.
    let mut plain = sent(here);
    *plain.uri_mut() = "/in?next=/a:b%20c".parse().unwrap();
    accepted(stage, plain).await;
    for target in [
        "/in?next=/a:b+c",
        "/in?next=%2Fa%3Ab%2520c",
        "/in?next=%2Fa%3Ab%20d",
    ] {
        let mut other = sent(here);
        *other.uri_mut() = target.parse().unwrap();
        refused_by(&[Way::Call], stage, other, 401, Reason::BadSignature).await;
    }
    for url in [
        "https://hooks.example.com:443/in",
        "https://hooks.example.com/in/",
    ] {
        refused_by(&[Way::Call], stage, sent(url), 401, Reason::BadSignature).await;
    }
    let key = Secret::new("0123456789abcdef".repeat(4)).unwrap();
    let contentful = || Contentful::new(key.clone()).public_url(here);
    let delivery = Delivery::new(CONTENTFUL, "{}").at(now).uri("/in?a=%2f");
    let signed = delivery.sign_as(&contentful(), &key).unwrap();
    for (target, status) in [
        ("/in?a=%2f", 200),
        ("/in?a=%2F", 401),
        ("/in?a=/", 401),
        ("/in?a=%2f?", 401),
    ] {
        let mut request = signed.clone();
        *request.uri_mut() = target.parse().unwrap();
        assert_eq!(
            Stage::new(contentful()).send(request).await.status,
            status,
            "{target}"
        );
    }
}

#[tokio::test]
async fn t140_a_body_that_is_no_form_needs_its_one_right_hash() {
    let json = |target: &str, body: &'static str| {
        let delivery = Delivery::new(TWILIO, body).uri(target);
        delivery.sign_as(&twilio(URL), &secret()).unwrap()
    };
    let genuine = json("/in/twilio?a=1", "{}");
    accepted(stage, genuine.clone()).await;
    let changed = genuine.clone().map(|_| Bytes::from_static(b"{ }"));
    refused(stage, changed, 401, Reason::BadSignature).await;
    let emptied = genuine.clone().map(|_| Bytes::new());
    refused(stage, emptied, 401, Reason::BadSignature).await;
    // The content type is signed by nobody, so it must not choose the rule.
    let mut as_form = genuine.clone().map(|_| Bytes::new());
    let form = HeaderValue::from_static("application/x-www-form-urlencoded");
    as_form.headers_mut().insert("content-type", form);
    refused(stage, as_form, 401, Reason::BadSignature).await;
    // Signed for these very URLs, as a form is; but the body is none.
    let hash = genuine
        .uri()
        .query()
        .unwrap()
        .rsplit('=')
        .next()
        .unwrap()
        .to_owned();
    for query in [
        String::new(),
        "?a=1".to_owned(),
        format!("?bodySHA256={hash}&bodySHA256={hash}"),
        "?bodySHA256=".to_owned(),
        format!("?bodySHA256={}", hash.to_uppercase()),
        format!("?bodySHA256={}", &hash[1..]),
        format!("?bodysha256={hash}"),
    ] {
        let empty = Delivery::new(TWILIO, "").form().uri(format!("/in/twilio{query}"));
        let mut request = empty
            .sign_as(&twilio(URL), &secret())
            .unwrap()
            .map(|_| Bytes::from_static(b"{}"));
        let media_type = HeaderValue::from_static("application/json");
        request.headers_mut().insert("content-type", media_type);
        refused_by(&[Way::Call], stage, request, 401, Reason::BadSignature).await;
    }
}

#[tokio::test]
async fn t141_a_router_that_shortens_the_path_changes_nothing() {
    let route = |url: &str| {
        let handler = post(|| async { "handled" }).layer(VerifyLayer::new(twilio(url)).unwrap());
        Router::new().nest("/in", Router::new().route("/twilio", handler))
    };
    let send = async |url: &str| {
        let request = genuine().map(Body::from);
        route(url).oneshot(request).await.unwrap().status()
    };
    assert_eq!(send(URL).await, StatusCode::OK);
    // A URL without a path takes the request's, and behind `nest` that is the rest.
    assert_eq!(send("https://hooks.example.com").await, StatusCode::UNAUTHORIZED);
    for way in WAYS {
        let stage = Stage::new(twilio("https://hooks.example.com"));
        assert_eq!(stage.send_by(way, genuine()).await.status, 200, "{way:?}");
    }
}

#[tokio::test]
async fn t142_strange_hosts_are_configured_or_they_are_not_there() {
    // Twilio's own libraries sign user and password; nothing else strange can be configured.
    let known = "https://user:pass@hooks.example.com/in/twilio";
    accepted(|| Stage::new(twilio(known)), called(known, "/in/twilio?a=1")).await;
    refused(
        stage,
        called(known, "/in/twilio?a=1&b=2"),
        401,
        Reason::BadSignature,
    )
    .await;
    for url in [
        "https://[::1]/in/twilio",
        "https://h\u{f6}oks.example.com/in/twilio",
        "https://user@/in/twilio",
    ] {
        let error = VerifyLayer::new(twilio(url)).unwrap_err();
        assert_eq!(error.kind(), ConfigErrorKind::PublicUrl, "{url}");
    }
    for target in [
        "http://[::1]/in/twilio?a=1&b=2",
        "http://user:pass@evil.example/in/twilio?a=1&b=2",
    ] {
        let mut request = genuine();
        *request.uri_mut() = target.parse().unwrap();
        assert_eq!(stage().send(request).await.status, 200, "{target}");
    }
}
