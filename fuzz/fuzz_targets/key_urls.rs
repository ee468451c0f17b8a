//! Any text where a delivery names its key: what is fetched is at the sender's own host, and for all else nothing is.
//!
//! A seed's first line says who is named the text: Amazon SNS, PayPal or Plaid, a list of hosts, or the configuration. What must
//! come of it is said here a second time, as the whole URL that may be fetched.
#![no_main]

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, StatusCode, Uri};
use libfuzzer_sys::{Corpus, fuzz_target};
use serde_json::json;

use tower_webhook::key_source::{KeyErrorKind, KeyHosts, KeyUrl};
use tower_webhook::provider::jwt::plaid;
use tower_webhook::provider::{PayPal, Provider, Sns};
use tower_webhook_fuzz::{Asked, Frames, peak_of, status};

fuzz_target!(|input: &[u8]| -> Corpus { run(input).map_or(Corpus::Reject, |()| Corpus::Keep) });

fn run(input: &[u8]) -> Option<()> {
    let (who, text) = str::from_utf8(input).ok()?.split_once('\n')?;
    match who {
        "sns" => sns(text),
        "paypal" => paypal(text),
        "plaid" => plaids_key(text),
        "hosts" => hosts(text),
        "configured" => configured(text),
        _ => None,
    }
}

/// The message's `SigningCertURL`.
fn sns(text: &str) -> Option<()> {
    let document = json!({
        "Type": "Notification", "MessageId": "1", "TopicArn": TOPIC, "Message": "text", "Timestamp": "2027-01-15T08:00:00.000Z",
        "SignatureVersion": "2", "Signature": STANDARD.encode([1; 256]), "SigningCertURL": text,
    });
    let serial = text
        .strip_prefix("https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-")
        .and_then(|rest| rest.strip_suffix(".pem"));
    let wanted = serial.filter(|serial| serial.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let asked = Asked::default();
    let provider = Sns::new(asked.clone(), [TOPIC]);
    expect(
        provider,
        &asked,
        &[],
        document.to_string(),
        wanted.map(|_| text.into()),
    );
    Some(())
}

/// The header `PAYPAL-CERT-URL`.
fn paypal(text: &str) -> Option<()> {
    let headers = [
        (
            "paypal-transmission-sig",
            HeaderValue::from_str(&STANDARD.encode([1; 256])).ok()?,
        ),
        ("paypal-transmission-id", HeaderValue::from_static("1")),
        (
            "paypal-transmission-time",
            HeaderValue::from_static("2027-01-15T08:00:00Z"),
        ),
        ("paypal-cert-url", HeaderValue::from_bytes(text.as_bytes()).ok()?),
    ];
    let name = text.strip_prefix("https://api.paypal.com/v1/notifications/certs/");
    let wanted = name.filter(|name| is_step(name));
    let asked = Asked::default();
    let provider = PayPal::live(asked.clone(), "4JH86294D6297924G");
    expect(
        provider,
        &asked,
        &headers,
        "{}".into(),
        wanted.map(|_| text.into()),
    );
    Some(())
}

/// The `kid` of a token, which becomes the last part of a path.
fn plaids_key(text: &str) -> Option<()> {
    let header = URL_SAFE_NO_PAD.encode(json!({"alg": "ES256", "kid": text}).to_string());
    let token = HeaderValue::from_str(&format!("{header}.e30.{}", URL_SAFE_NO_PAD.encode([1; 64]))).ok()?;
    let is_id = text.len() <= 128 && !text.starts_with('.') && !text.contains('~') && is_step(text);
    let url = format!("https://production.plaid.com/webhook_verification_key/get/{text}");
    let asked = Asked::default();
    let provider = plaid(asked.clone()).expect("Plaid's host is a host");
    expect(
        provider,
        &asked,
        &[("plaid-verification", token)],
        "{}".into(),
        is_id.then_some(url),
    );
    Some(())
}

/// A list of hosts, as for an issuer that names its keys by URL.
fn hosts(text: &str) -> Option<()> {
    let hosts = KeyHosts::new(["keys.example.com", "a.b.example"]).expect("they are hosts");
    let path = ["https://keys.example.com/", "https://a.b.example/"]
        .iter()
        .find_map(|start| text.strip_prefix(start));
    let is_known = path.is_some_and(|path| path.split('/').all(is_step)) && text.len() <= 512;
    match frugal(text, || hosts.url(text)) {
        Ok(url) => assert!(is_known && url.as_str() == text, "{text:?}"),
        Err(error) => assert!(!is_known && error.kind() == KeyErrorKind::Foreign, "{text:?}"),
    }
    Some(())
}

/// The program's own configuration: what is taken is read by everybody as it is here.
fn configured(text: &str) -> Option<()> {
    if let Ok(url) = frugal(text, || KeyUrl::new(text)) {
        let uri: Uri = text.parse().expect("it is a URL");
        assert_eq!(uri.scheme_str(), Some("https"));
        assert_eq!(
            uri.authority().map(|authority| authority.as_str()),
            Some(url.host())
        );
        assert_eq!(uri.path_and_query().map(|path| path.as_str()), Some(url.path()));
        assert!(
            !text.contains(['#', '%', '@', '\\']) && !uri.path().contains("//"),
            "{text:?}"
        );
        assert!(url.host().parse::<std::net::IpAddr>().is_err(), "{text:?}");
    }
    Some(())
}

/// What the work makes of the text. A URL is kept once, beside the copy that it is made of; a refusal is a sentence.
fn frugal<T>(text: &str, work: impl FnOnce() -> T) -> T {
    let (made, peak) = peak_of(work);
    let allowed = 2 * text.len() + 128;
    assert!(peak <= allowed, "{} bytes cost {peak}", text.len());
    made
}

/// One step of a path that everybody reads alike.
fn is_step(step: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    !matches!(step, "" | "." | "..") && step.bytes().all(is_plain)
}

/// Delivers what nobody has signed: the one URL is fetched, or the delivery is refused and none is.
fn expect(
    provider: impl Provider,
    asked: &Asked,
    headers: &[(&'static str, HeaderValue)],
    body: String,
    wanted: Option<String>,
) {
    let wanted: Vec<String> = wanted.into_iter().filter(|url| url.len() <= 512).collect();
    let mut request = Request::new(Frames::new([Bytes::from(body)]));
    *request.method_mut() = http::Method::POST;
    for (name, value) in headers {
        request
            .headers_mut()
            .insert(HeaderName::from_static(name), value.clone());
    }
    let status = status(provider, request);
    assert_eq!(asked.urls(), wanted);
    // The source has no document, which is no fault of the sender's.
    let expected = match wanted.is_empty() {
        true => StatusCode::UNAUTHORIZED,
        false => StatusCode::SERVICE_UNAVAILABLE,
    };
    assert_eq!(status, expected);
}

const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:orders";
