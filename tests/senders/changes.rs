//! Every genuine case with one byte changed, of its body, of its signature and of each header that is signed: none is believed.

use http::{HeaderName, HeaderValue, Request};
use http_body_util::{BodyExt, Full};
use serde_json::Value;
use tower_webhook::Reason;
use tower_webhook::provider::Scheme;

use crate::{Body, described, endpoint, request, shared, verdict};

#[tokio::test]
async fn no_genuine_case_survives_a_change_of_one_byte() {
    let (Some(vectors), Some(peers)) = (shared("vectors.json"), shared("peer-cases.json")) else {
        return;
    };
    let all = vectors
        .as_array()
        .unwrap()
        .iter()
        .chain(peers["cases"].as_array().unwrap());
    let (mut cases, mut changes) = (0, 0);
    for case in all {
        let Some(scheme) =
            described(case).filter(|scheme| is_signed_by_mac(scheme) && case["expect"] != "challenge")
        else {
            continue;
        };
        let Ok(layer) = endpoint(*scheme, case) else {
            continue;
        };
        if verdict(layer.clone(), request(case)).await.is_err() {
            continue;
        }
        let (head, body) = request(case).into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        for changed in bodies(&body) {
            let request = Request::from_parts(head.clone(), Full::new(changed.into()));
            let refused = verdict(layer.clone(), request).await;
            assert_eq!(refused, Err(Some(Reason::BadSignature)), "{}", case["id"]);
            changes += 1;
        }
        let heads = signatures(*scheme, case)
            .into_iter()
            .chain(signed_headers(*scheme, case));
        for (name, value) in heads {
            let mut changed: Request<Body> = request(case);
            changed.headers_mut().insert(name, value.clone());
            let refused = verdict(layer.clone(), changed).await;
            assert!(refused.is_err(), "{}: {value:?}", case["id"]);
            changes += 1;
        }
        cases += 1;
    }
    println!("{cases} cases, {changes} changes");
    assert!(
        cases >= 150 && changes >= 60_000,
        "{cases} cases, {changes} changes"
    );
}

/// Public keys have tests of their own: here they would take minutes.
fn is_signed_by_mac(scheme: &Scheme) -> bool {
    scheme.facts().algorithm.starts_with("HMAC") && scheme.binding().covers_the_event()
}

/// The body with each of its bytes changed, and with one more and one less.
fn bodies(body: &[u8]) -> Vec<Vec<u8>> {
    // Another digit, the other case, and no text any more.
    let changed = [0x01, 0x20, 0x80].into_iter().flat_map(|bit| {
        (0..body.len()).map(move |byte| {
            let mut changed = body.to_vec();
            changed[byte] ^= bit;
            changed
        })
    });
    let longer = [body, b"\n"].concat();
    let shorter = body.get(1..).map(<[u8]>::to_vec);
    changed.chain([longer]).chain(shorter).collect()
}

/// The signature's header with each of its bytes changed, where it holds one signature: of several another may still be right.
fn signatures(scheme: Scheme, case: &Value) -> Vec<(HeaderName, HeaderValue)> {
    let wanted = scheme.facts().signature;
    let wanted = wanted.split(':').next().unwrap_or_default();
    let request = request(case);
    let mut shown = request
        .headers()
        .iter()
        .filter(|(name, _)| name.as_str().starts_with(wanted));
    let (Some((name, value)), None) = (shown.next(), shown.next()) else {
        return Vec::new();
    };
    let counts = |text: &&[u8]| {
        !(text.is_empty() || *text == b"v1" || text.starts_with(b"t=") || text.starts_with(b"ts="))
    };
    let several = value
        .as_bytes()
        .split(|byte| b" ,;".contains(byte))
        .filter(counts)
        .count()
        > 1;
    if several {
        Vec::new()
    } else {
        each_byte_changed(name, value)
    }
}

/// The headers that are signed, such as the event's id and its time, with each of their bytes changed.
fn signed_headers(scheme: Scheme, case: &Value) -> Vec<(HeaderName, HeaderValue)> {
    let content = scheme.facts().content;
    let request = request(case);
    let headers = request.headers().iter();
    let signed = headers.filter(|(name, _)| content.contains(&format!("{{{name}}}")));
    signed
        .flat_map(|(name, value)| each_byte_changed(name, value))
        .collect()
}

fn each_byte_changed(name: &HeaderName, value: &HeaderValue) -> Vec<(HeaderName, HeaderValue)> {
    let changed = |byte: usize| {
        let mut changed = value.as_bytes().to_vec();
        changed[byte] ^= 1;
        HeaderValue::from_bytes(&changed).ok()
    };
    (0..value.len())
        .filter_map(changed)
        .map(|value| (name.clone(), value))
        .collect()
}
