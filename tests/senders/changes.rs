//! Every genuine case with one byte changed, of its body, of its signature and of each header that is signed: none is believed.

use std::ops::Range;

use http::{HeaderName, HeaderValue, Request};
use http_body_util::{BodyExt, Full};
use serde_json::Value;
use tower_webhook::Reason;
use tower_webhook::provider::Scheme;

use crate::{Body, described, endpoint, request, shared, verdict};

#[tokio::test]
async fn no_genuine_case_survives_a_change_of_one_byte() {
    let (Some(vectors), Some(peers)) = (shared::read("vectors.json"), shared::read("peer-cases.json")) else {
        return;
    };
    let vectors = vectors.as_array().unwrap().iter().map(|case| (case, true));
    let peers = peers["cases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|case| (case, false));
    let (mut cases, mut changes, mut of_several) = (0, 0, 0);
    for (case, is_vector) in vectors.chain(peers) {
        // The hundreds of signatures by public keys in the peers' suites would take minutes.
        let is_tried = |scheme: &Scheme| is_signed_by_mac(scheme) || (is_vector && covers(scheme));
        let Some(scheme) = described(case).filter(|scheme| is_tried(scheme) && case["expect"] != "challenge")
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
        let mut deciding = 0;
        for changed in each_of_several(*scheme, case) {
            let mut refused = true;
            for (name, value) in changed {
                let mut changed: Request<Body> = request(case);
                changed.headers_mut().insert(name, value);
                refused &= verdict(layer.clone(), changed).await.is_err();
                changes += 1;
            }
            deciding += usize::from(refused);
        }
        assert!(deciding <= 1, "{}: {deciding} signatures decide", case["id"]);
        of_several += deciding;
        cases += 1;
    }
    println!("{cases} cases, {changes} changes, {of_several} with one good signature of several");
    assert!(
        cases >= 150 && changes >= 60_000 && of_several >= 10,
        "{cases} cases, {changes} changes, {of_several} of several"
    );
}

fn is_signed_by_mac(scheme: &Scheme) -> bool {
    scheme.facts().algorithm.starts_with("HMAC") && covers(scheme)
}

/// Whether the whole body is signed.
fn covers(scheme: &Scheme) -> bool {
    scheme.facts().content.contains("{body}") && scheme.binding().covers_the_event()
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

/// The signature's header with each of its bytes changed, where it holds one signature: of the signature alone where something
/// that doesn't count stands beside it.
fn signatures(scheme: Scheme, case: &Value) -> Vec<(HeaderName, HeaderValue)> {
    let Some((name, value)) = signature_header(scheme, case) else {
        return Vec::new();
    };
    let counts =
        |word: &[u8]| word.is_empty() || word == b"v1" || word.starts_with(b"t=") || word.starts_with(b"ts=");
    let mut words = value.as_bytes().split(|byte| b" ,;".contains(byte));
    let is_alone = words.all(|word| word.len() >= LONG || counts(word));
    match &*long_words(&value) {
        [word] if !is_alone => each_byte_changed(&name, &value, word.clone()),
        [] | [_] => each_byte_changed(&name, &value, 0..value.len()),
        _ => Vec::new(),
    }
}

/// The header with each byte of one of its signatures changed, for each of them, where it holds several: if one of them is good,
/// each change of that one must be refused.
fn each_of_several(scheme: Scheme, case: &Value) -> Vec<Vec<(HeaderName, HeaderValue)>> {
    match signature_header(scheme, case) {
        Some((name, value)) if long_words(&value).len() > 1 => {
            let words = long_words(&value).into_iter();
            words.map(|word| each_byte_changed(&name, &value, word)).collect()
        }
        _ => Vec::new(),
    }
}

/// The header that holds the signature, where only one does.
fn signature_header(scheme: Scheme, case: &Value) -> Option<(HeaderName, HeaderValue)> {
    let wanted = scheme.facts().signature;
    let wanted = wanted.split(':').next().unwrap_or_default();
    let request = request(case);
    let headers = request.headers().iter();
    let mut shown = headers.filter(|(name, _)| name.as_str().starts_with(wanted));
    let (name, value) = shown.next()?;
    shown.next().is_none().then(|| (name.clone(), value.clone()))
}

/// Where something as long as a signature stands.
fn long_words(value: &HeaderValue) -> Vec<Range<usize>> {
    let bytes = value.as_bytes();
    let ends = (0..=bytes.len()).filter(|at| bytes.get(*at).is_none_or(|byte| b" ,;".contains(byte)));
    let words = ends.scan(0, |start, end| Some(std::mem::replace(start, end + 1)..end));
    words.filter(|word| word.len() >= LONG).collect()
}

/// The headers that are signed, such as the event's id and its time, with each of their bytes changed.
fn signed_headers(scheme: Scheme, case: &Value) -> Vec<(HeaderName, HeaderValue)> {
    let content = scheme.facts().content;
    let request = request(case);
    let headers = request.headers().iter();
    let signed = headers.filter(|(name, _)| content.contains(&format!("{{{name}}}")));
    signed
        .flat_map(|(name, value)| each_byte_changed(name, value, 0..value.len()))
        .collect()
}

fn each_byte_changed(
    name: &HeaderName,
    value: &HeaderValue,
    range: Range<usize>,
) -> Vec<(HeaderName, HeaderValue)> {
    let changed = |byte: usize| {
        let mut changed = value.as_bytes().to_vec();
        changed[byte] ^= 1;
        HeaderValue::from_bytes(&changed).ok()
    };
    range
        .filter_map(changed)
        .map(|value| (name.clone(), value))
        .collect()
}

/// No signature is shorter: a SHA-1 in Base64.
const LONG: usize = 28;
