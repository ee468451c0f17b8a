//! The usual causes of a refusal, found by trying what usually goes wrong.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::Request;
use tower_webhook::Secrets;
use tower_webhook::testing::Delivery;

use crate::judge::{Terms, Verdict};

/// What would explain the verdict.
pub(crate) async fn of(terms: &Terms, request: &Request<Bytes>, verdict: &Verdict) -> Vec<String> {
    let mut causes = Vec::new();
    match verdict.reason.as_str() {
        _ if terms.unset && is_of_the_secret(verdict) => causes.push(NO_SECRET.into()),
        "bad_signature" if terms.url.is_none() && terms.names_its_url() => {
            causes.push(terms.url_is_missing());
        }
        "bad_signature" => {
            causes.extend(changed_body(terms, request).await);
            causes.extend(other_key(terms, request).await);
            if causes.is_empty() {
                causes
                    .push("another secret, or a body or a signed header that was changed on the way".into());
            }
        }
        "stale_timestamp" | "future_timestamp" => causes.extend(skew(terms, request).await),
        "missing_header" => causes.extend(missing(terms, request)),
        "body_encoded" => causes.push(
            "a proxy or the sender compressed the body: the signature is over what was sent before".into(),
        ),
        "malformed_header" => causes.push(format!(
            "the header does not read `{}`",
            terms.scheme.facts().signature
        )),
        "unsupported_version" => causes.push("the header holds signatures of another version only".into()),
        _ => {}
    }
    causes
}

/// Whether a secret would have changed the verdict.
fn is_of_the_secret(verdict: &Verdict) -> bool {
    ["bad_signature", "unknown_tenant"].contains(&verdict.reason.as_str())
}

/// Tries bodies that a framework on the way would have made of this one.
async fn changed_body(terms: &Terms, request: &Request<Bytes>) -> Vec<String> {
    let body = request.body();
    let mut tries: Vec<(&str, Vec<u8>)> = Vec::new();
    if let Some(bare) = body.strip_suffix(b"\n") {
        tries.push(("a newline was added at the body's end", bare.to_vec()));
        tries.push((
            "a line break was added at the body's end",
            bare.strip_suffix(b"\r").unwrap_or(bare).to_vec(),
        ));
    }
    tries.push((
        "the newline at the body's end was lost",
        [body, &b"\n"[..]].concat(),
    ));
    tries.push((
        "a byte order mark was put before the body",
        body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).to_vec(),
    ));
    if let Ok(value) = serde_json::from_slice::<serde_json::Value>(body) {
        let serialised = "the body was parsed and written anew: verify the bytes as they came";
        tries.push((serialised, value.to_string().into_bytes()));
        tries.push((serialised, serde_json::to_vec_pretty(&value).unwrap_or_default()));
    }
    let crlf = String::from_utf8_lossy(body).replace("\r\n", "\n");
    tries.push(("line ends were changed", crlf.replace('\n', "\r\n").into_bytes()));
    tries.push(("line ends were changed", crlf.into_bytes()));
    let mut found: Vec<String> = Vec::new();
    for (cause, bytes) in tries {
        let changed = request.clone().map(|_| Bytes::from(bytes));
        if terms.judge(changed).await.verdict == "accept" && !found.iter().any(|known| known == cause) {
            found.push(cause.into());
        }
    }
    found
}

/// Tries the secret as another family of secrets would read it.
async fn other_key(terms: &Terms, request: &Request<Bytes>) -> Vec<String> {
    let mut found = Vec::new();
    for secret in terms.secrets.iter() {
        let text = secret.expose();
        let bare = text.strip_prefix(b"whsec_").unwrap_or(text);
        let tries = [
            (
                "the secret's text itself is the key: it was decoded, but must not be",
                Some(text.to_vec()),
            ),
            (
                "the key is what the secret is the Base64 of: it must be decoded",
                decode(bare),
            ),
            (
                "the secret's `whsec_` is not part of the key",
                Some(bare.to_vec()),
            ),
        ];
        for (cause, key) in tries {
            let Some(Ok(key)) = key.map(tower_webhook::Secret::from_bytes) else {
                continue;
            };
            let terms = Terms {
                secrets: Secrets::from(key),
                ..terms.clone()
            };
            if terms.judge(request.clone()).await.verdict == "accept" {
                found.push(cause.to_owned());
            }
        }
    }
    found
}

fn decode(text: &[u8]) -> Option<Vec<u8>> {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}

/// Finds how far the time is off by asking at other times.
async fn skew(terms: &Terms, request: &Request<Bytes>) -> Option<String> {
    let stated = stated_time(terms, request)?;
    let (off, side) = match terms.now.duration_since(stated) {
        Ok(age) => (age, "older"),
        Err(ahead) => (ahead.duration(), "newer"),
    };
    let then = Terms {
        now: stated,
        ..terms.clone()
    };
    let genuine = then.judge(request.clone()).await.verdict == "accept";
    let advice = if genuine {
        "the signature is right: a clock is wrong, or the delivery was held back"
    } else {
        "the signature is wrong too"
    };
    Some(format!(
        "the delivery is {} s {side} than the clock: {advice}",
        off.as_secs()
    ))
}

fn stated_time(terms: &Terms, request: &Request<Bytes>) -> Option<SystemTime> {
    let place = terms.scheme.facts().timestamp?;
    let text = match place.split_once(':')? {
        ("header", name) => request.headers().get(name)?.to_str().ok()?.to_owned(),
        ("signature", key) => {
            let facts = terms.scheme.facts();
            let header = facts.signature.split_once(':')?.0;
            let value = request.headers().get(header)?.to_str().ok()?;
            let pair = value
                .split([',', ';'])
                .map(str::trim)
                .find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='))?;
            pair.to_owned()
        }
        _ => return None,
    };
    let number: u64 = text.parse().ok()?;
    let seconds = if number > MILLISECONDS {
        number / 1_000
    } else {
        number
    };
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

fn missing(terms: &Terms, request: &Request<Bytes>) -> Vec<String> {
    let facts = terms.scheme.facts();
    let header = facts.signature.split(':').next().unwrap_or_default().to_owned();
    let mut causes = Vec::new();
    if !request.headers().contains_key(&header) {
        causes.push(format!(
            "no `{header}`: is a secret set at the sender, and does every proxy pass the header on?"
        ));
        if facts.name == "github" && request.headers().contains_key("x-hub-signature") {
            causes.push(
                "only the SHA-1 header is there: an old server, or a proxy that drops the other".into(),
            );
        }
    } else {
        causes.push("a header that is signed is missing".into());
    }
    causes
}

/// The signature header that the sender would have sent, for whoever asked to see it.
pub(crate) fn expected(terms: &Terms, request: &Request<Bytes>) -> Option<String> {
    let facts = terms.scheme.facts();
    let header = facts.signature.split(':').next()?.to_owned();
    let id = facts
        .id
        .as_deref()
        .and_then(|place| place.strip_prefix("header:"));
    let id = id
        .and_then(|name| request.headers().get(name)?.to_str().ok())
        .unwrap_or_default();
    let time = stated_time(terms, request).unwrap_or(terms.now);
    let signed = Delivery::new(terms.scheme, request.body().clone())
        .id(id)
        .at(time)
        .sign(&terms.secrets)
        .ok()?;
    Some(format!(
        "{header}: {}",
        signed.headers().get(&header)?.to_str().ok()?
    ))
}

/// Said wherever a secret is missing.
pub(crate) const NO_SECRET: &str =
    "no secret was given, so nothing can be verified: say `--secret SECRET`, or set `WEBHOOK_SECRET`";
/// No time in seconds is as large before the year 5138.
const MILLISECONDS: u64 = 100_000_000_000;
