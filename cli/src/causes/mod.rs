//! The usual causes of a refusal, found by trying what usually goes wrong.

mod body;
pub(crate) mod header;
mod json_text;
mod key;
mod time;
mod url;

use bytes::Bytes;
use http::Request;

use crate::judge::{Terms, Verdict};

/// What would explain the verdict.
pub(crate) async fn of(terms: &Terms, request: &Request<Bytes>, verdict: &Verdict) -> Vec<String> {
    match verdict.reason.as_str() {
        _ if terms.unset && is_of_the_secret(verdict) => vec![NO_SECRET.into()],
        "bad_signature" if terms.url.is_none() && terms.names_its_url() => vec![terms.url_is_missing()],
        "bad_signature" => signature(terms, request).await,
        "public_url" => url::that_was_signed(terms, request).await.into_iter().collect(),
        "undecodable_secret" => {
            let mut causes = key::of_another_family(terms, request).await;
            causes.push(format!("this sender's key is {}", terms.scheme.facts().key));
            causes
        }
        "stale_timestamp" | "future_timestamp" => {
            let skew = time::skew(terms, request, &verdict.reason).await;
            skew.into_iter().collect()
        }
        "missing_header" => header::missing(terms, request),
        "malformed_header" => header::malformed(terms, request),
        "body_encoded" => vec![
            "a proxy or the sender compressed the body: the signature is over what was sent before".into(),
        ],
        "unsupported_version" => vec!["the header holds signatures of another version only".into()],
        _ => Vec::new(),
    }
}

async fn signature(terms: &Terms, request: &Request<Bytes>) -> Vec<String> {
    let mut causes = body::changed(terms, request).await;
    causes.extend(key::of_another_family(terms, request).await);
    if causes.is_empty() {
        causes.extend(url::that_was_signed(terms, request).await);
    }
    if causes.is_empty() {
        causes.extend(url::advice(terms));
        causes.push("another secret, or a body or a signed header that was changed on the way".into());
    }
    causes
}

/// Whether a secret would have changed the verdict.
fn is_of_the_secret(verdict: &Verdict) -> bool {
    ["bad_signature", "unknown_tenant"].contains(&verdict.reason.as_str())
}

/// Said wherever a secret is missing.
pub(crate) const NO_SECRET: &str =
    "no secret was given, so nothing can be verified: say `--secret SECRET`, or set `WEBHOOK_SECRET`";
