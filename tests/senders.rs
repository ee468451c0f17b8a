//! Every description of the crate: it is sound, its own signature verifies, and the published vectors hold.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "senders/changes.rs"]
mod changes;
#[path = "senders/contested.rs"]
mod contested;
#[path = "senders/headers.rs"]
mod headers;
#[path = "senders/retries.rs"]
mod retries;
#[path = "support/shared.rs"]
mod shared;
#[path = "senders/table.rs"]
mod table;

use std::collections::BTreeMap;

use http::{HeaderName, HeaderValue, Method, Request};
use http_body_util::Full;
use serde_json::Value;
use tower::{Layer, ServiceExt, service_fn};
use tower_webhook::provider::{GITHUB, GITHUB_SHA1, Scheme, header, senders};
use tower_webhook::testing::{Delivery, ManualClock, public_key, stated_time};
use tower_webhook::{Reason, Rejection, Secret, Secrets, VerifyLayer};

type Body = Full<bytes::Bytes>;

/// Sends the request through the sender's layer: `Ok` when it got to the handler, which says 204.
async fn verdict(layer: VerifyLayer, request: Request<Body>) -> Result<(), Option<Reason>> {
    let handler = service_fn(async |_: Request<Body>| {
        let mut response = http::Response::new(Body::default());
        *response.status_mut() = http::StatusCode::NO_CONTENT;
        Ok::<_, std::convert::Infallible>(response)
    });
    let response = layer.layer(handler).oneshot(request).await.unwrap();
    match response.status().as_u16() {
        204 => Ok(()),
        200 => Ok(()),
        _ => Err(response.extensions().get::<Rejection>().map(Rejection::reason)),
    }
}

const NOW: u64 = 1_800_000_000;
const URL: &str = "https://example.com/hooks";

fn layer(scheme: Scheme, secrets: Secrets, now: u64) -> Result<VerifyLayer, tower_webhook::ConfigError> {
    let sender = scheme.with(secrets).public_url(URL);
    Ok(VerifyLayer::new(sender)?.clock(ManualClock::at_unix(now)))
}

#[test]
fn every_description_is_sound_and_has_a_name_of_its_own() {
    let mut names: Vec<_> = senders::ALL.iter().map(Scheme::name).collect();
    assert!(names.len() >= 40);
    for scheme in senders::ALL {
        scheme
            .check()
            .unwrap_or_else(|error| panic!("{}: {error}", scheme.name()));
        assert!(scheme.docs_url().starts_with("https://"), "{}", scheme.name());
    }
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), senders::ALL.len());
}

#[tokio::test]
async fn what_the_signer_signs_verifies_and_nothing_near_it_does() {
    let body = format!(
        r#"{{"id":"a1","type":"b","event_id":"c","webhookTimestamp":{}}}"#,
        NOW * 1_000
    );
    for scheme in senders::ALL.iter().filter(|scheme| !scheme.is_own()) {
        let secret = Secret::new(sample(scheme)).unwrap();
        let delivery = Delivery::new(*scheme, body.clone())
            .public_url(URL)
            .at(std::time::UNIX_EPOCH + std::time::Duration::from_secs(NOW));
        let signed = delivery.sign(&secret).unwrap();
        let secret = public_key(scheme, &secret).unwrap();
        let layer = layer(*scheme, secret.into(), NOW).unwrap();
        assert_eq!(
            verdict(layer.clone(), signed.clone().map(Full::new)).await,
            Ok(()),
            "{}",
            scheme.name()
        );
        if !scheme.binding().covers_the_event() {
            continue; // whoever has seen the token may say anything
        }
        for byte in 0..signed.body().len() {
            let mut forged = signed.body().to_vec();
            forged[byte] ^= 1;
            let request = signed.clone().map(|_| Full::new(forged.into()));
            assert_eq!(
                verdict(layer.clone(), request).await,
                Err(Some(Reason::BadSignature)),
                "{}",
                scheme.name()
            );
        }
    }
}

#[test]
fn a_captured_delivery_states_its_time() {
    let request = Request::new(r#"{"webhookTimestamp":1700000000000}"#.into());
    let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
    assert_eq!(stated_time(&senders::LINEAR, &request), Some(time));
}

#[test]
fn a_description_says_what_its_key_is_made_of() {
    let signature = header("x-acme-signature").hex();
    let acme = Scheme::hmac_sha256("acme").signature(signature);
    let public = Scheme::ed25519("acme").signature(signature);
    let curve = Scheme::ecdsa_p256("acme").signature(signature);
    for (scheme, key) in [
        (acme, "the secret's text"),
        (acme.hex_key(), "the secret, decoded from hexadecimal"),
        (acme.base64_key(""), "the secret, decoded from Base64"),
        (
            acme.base64_key("k_"),
            "the secret behind `k_`, decoded from Base64",
        ),
        (public, "the public key, decoded from hexadecimal"),
        (curve, "the public key (SPKI), decoded from Base64"),
    ] {
        assert_eq!(scheme.facts().key, key);
    }
    for scheme in senders::ALL {
        let facts = scheme.facts();
        assert_eq!(facts.by_content, facts.identity == "content", "{}", scheme.name());
    }
}

#[test]
fn the_encoding_that_is_said_last_counts() {
    let at = header("x-acme-signature");
    for (signature, shown) in [
        (at.base64().hex(), "{hex}"),
        (at.hex().base64(), "{base64}"),
        (at.hex().base64url(), "{base64url}"),
    ] {
        let facts = Scheme::hmac_sha256("acme").signature(signature).facts();
        assert_eq!(facts.signature, format!("x-acme-signature: {shown}"));
    }
}

/// For how long a sender tries again is the least that its events may be remembered for.
#[test]
fn a_description_knows_for_how_long_its_sender_tries_again() {
    for (name, minutes) in [
        ("github", 3 * 24 * 60),
        ("slack", 6),
        ("standard_webhooks", 76 * 60),
        ("stripe", 3 * 24 * 60),
        #[cfg(feature = "jsonwebtoken")]
        ("google_pubsub", 31 * 24 * 60),
    ] {
        let known = senders::by_name(name).map(|scheme| scheme.facts().retries.as_secs());
        assert_eq!(known, Some(minutes * 60), "{name}");
    }
    let (now, before) = (GITHUB.facts(), GITHUB_SHA1.facts());
    assert_eq!(now.retries, before.retries);
    assert_eq!(now.retention, before.retention);
    assert_eq!(now.body_limit, before.body_limit, "of the same deliveries");
}

/// What this sender signs with, in the form that it gives its secrets.
fn sample(scheme: &Scheme) -> &'static str {
    let facts = scheme.facts();
    match facts.algorithm {
        _ if facts.key.ends_with("from hexadecimal") && facts.algorithm.starts_with("HMAC") => {
            "0b6155b01408869b1c0a195020c57e6f9b1262ca686fba03"
        }
        "Ed25519" => "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "ECDSA P-256" => "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=",
        "user and password" => "hooks:C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
        _ => "C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
    }
}

fn unix(case: &Value) -> u64 {
    case["now"]
        .as_u64()
        .or_else(|| case["now_unix"].as_u64())
        .unwrap_or_else(|| stated(case).unwrap_or(NOW))
}

fn clock(case: &Value) -> ManualClock {
    match case["now_ms"].as_u64() {
        Some(millis) => ManualClock::at(std::time::UNIX_EPOCH + std::time::Duration::from_millis(millis)),
        None => ManualClock::at_unix(unix(case)),
    }
}

/// Where a case has no time of its own it plays at the time that it states.
fn stated(case: &Value) -> Option<u64> {
    let headers = case["headers"].as_object()?;
    if headers.contains_key("X-Zendesk-Webhook-Signature-Timestamp") {
        return Some(1_616_648_967); // 2021-03-25T05:09:27Z
    }
    let time = headers
        .values()
        .filter_map(Value::as_str)
        .find_map(|value| value.strip_prefix("t=")?.split(',').next());
    let time: u64 = time?.parse().ok()?;
    Some(if time > 100_000_000_000 {
        time / 1_000
    } else {
        time
    })
}

fn request(case: &Value) -> Request<Body> {
    let text = case["body_utf8"]
        .as_str()
        .or_else(|| case["body"].as_str())
        .unwrap_or_default();
    let mut request = Request::new(Full::new(text.as_bytes().to_vec().into()));
    *request.method_mut() = Method::POST;
    let pairs: Vec<(&str, &str)> = match &case["headers"] {
        Value::Array(list) => list
            .iter()
            .map(|pair| (pair[0].as_str().unwrap(), pair[1].as_str().unwrap()))
            .collect(),
        Value::Object(map) => map
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
            .collect(),
        _ => Vec::new(),
    };
    for (name, value) in pairs {
        let latin1: Vec<u8> = value
            .chars()
            .map(|letter| u8::try_from(u32::from(letter)).unwrap_or(b'?'))
            .collect();
        let (name, value) = (
            HeaderName::from_bytes(name.as_bytes()).unwrap(),
            HeaderValue::from_bytes(&latin1),
        );
        request.headers_mut().append(name, value.unwrap());
    }
    request
}

async fn outcome(scheme: Scheme, case: &Value) -> Result<(), Option<Reason>> {
    verdict(endpoint(scheme, case)?, request(case)).await
}

/// The layer that a case is for; none where it can't be built.
fn endpoint(scheme: Scheme, case: &Value) -> Result<VerifyLayer, Option<Reason>> {
    let listed = case["secrets"]
        .as_array()
        .cloned()
        .unwrap_or_else(|| vec![case["secret"].clone()]);
    let mut secrets = None::<Secrets>;
    for secret in listed {
        let text = secret.as_str().unwrap();
        let added = match secrets.take() {
            None => Secrets::new(text),
            Some(secrets) => secrets.and(text),
        };
        secrets = Some(added.map_err(|_| None)?);
    }
    let url = case["url"].as_str().unwrap_or(URL);
    let sender = scheme.with(secrets.ok_or(None)?).public_url(url);
    let tolerance = case["tolerance_s"].as_u64().filter(|seconds| *seconds > 0);
    let sender = match tolerance {
        Some(seconds) => sender.tolerance(std::time::Duration::from_secs(seconds)),
        None => sender,
    };
    Ok(VerifyLayer::new(sender).map_err(|_| None)?.clock(clock(case)))
}

/// Cases that end otherwise than their file says, each with the reason.
const OTHERWISE: [(&str, &str); 1] = [(
    "github-derived-sha1",
    "SHA-1 is a description of its own, never a fallback",
)];

/// The description of a case's sender, where it is one that a `Sender` checks.
fn described(case: &Value) -> Option<&'static Scheme> {
    let name = match (case["provider"].as_str().unwrap(), case["secret_kind"].as_str()) {
        ("gitlab", Some("token")) => "gitlab_token",
        (name, _) => name,
    };
    senders::by_name(name).filter(|scheme| !scheme.is_own())
}

/// Compares each case of a known sender with what is expected of it; answers how many there were of each.
async fn compare(
    cases: &[Value],
    expected: impl Fn(&Value) -> Option<bool>,
) -> BTreeMap<&'static str, usize> {
    let mut seen = BTreeMap::new();
    for case in cases {
        let (Some(scheme), Some(accept)) = (described(case), expected(case)) else {
            continue;
        };
        let id = case["id"].as_str().unwrap();
        let otherwise = OTHERWISE.iter().any(|(known, _)| *known == id);
        let outcome = outcome(*scheme, case).await;
        assert_eq!(outcome.is_ok(), accept != otherwise, "{id}: {outcome:?}");
        *seen.entry(scheme.name()).or_insert(0) += 1;
    }
    seen
}

#[tokio::test]
async fn the_vectors_hold() {
    let Some(vectors) = shared::read("vectors.json") else {
        return;
    };
    let seen = compare(vectors.as_array().unwrap(), |case| {
        (case["expect"] != "challenge").then(|| case["expect"] == "ok")
    });
    let seen = seen.await;
    println!("{seen:?}");
    assert!(
        seen.len() >= 51 && seen.values().sum::<usize>() >= 100,
        "{seen:?}"
    );
}

#[tokio::test]
async fn the_peers_cases_hold() {
    let Some(cases) = shared::read("peer-cases.json") else {
        return;
    };
    let accept = |case: &Value| (case["tier"] != "contested").then(|| case["expect"] == "accept");
    let seen = compare(cases["cases"].as_array().unwrap(), accept).await;
    println!("{seen:?}");
    assert!(
        seen.len() >= 20 && seen.values().sum::<usize>() >= 240,
        "{seen:?}"
    );
}
