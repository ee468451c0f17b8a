//! The signature that a captured request should have had, for whoever asks to see it.

use std::collections::BTreeSet;

use bytes::Bytes;
use http::Request;
use tower_webhook::Secret;
use tower_webhook::testing::Delivery;

use crate::causes::header;
use crate::judge::Terms;
use crate::sender;

/// The signature's headers by each secret, or why there are none.
pub(crate) fn headers(terms: &Terms, request: &Request<Bytes>) -> Vec<String> {
    if let Some(why) = unknowable(terms) {
        return vec![format!("can't be computed: {why}")];
    }
    let each = terms.secrets.iter().map(|secret| by(terms, request, secret));
    let each: BTreeSet<String> = each.flatten().collect();
    each.into_iter().collect()
}

/// What keeps a receiver from signing as this sender does.
fn unknowable(terms: &Terms) -> Option<&'static str> {
    let facts = terms.scheme.facts();
    let is_public = |secret: &Secret| secret.expose().starts_with(b"whpk_");
    match (facts.name, facts.algorithm) {
        _ if terms.unset => Some("no secret was given"),
        (_, "Ed25519" | "ECDSA P-256") | ("aws_sns" | "google_pubsub" | "paypal" | "plaid", _) => {
            Some("the sender signs with a private key that it alone has")
        }
        _ if terms.secrets.iter().any(is_public) => {
            Some("the sender signs with a private key that it alone has")
        }
        ("messagebird" | "monday", _) => Some("the token has a time and a text of the sender's own"),
        ("rfc9421", _) => Some("what is signed is said by the signature's own header"),
        _ if header::of(&terms.scheme).is_empty() => Some("the signature stands in the body"),
        _ => None,
    }
}

fn by(terms: &Terms, request: &Request<Bytes>, secret: &Secret) -> Vec<String> {
    let shown = header::of(&terms.scheme);
    let mut delivery = Delivery::captured(terms.scheme, request);
    if !request.headers().contains_key(&shown) {
        delivery = delivery.at(terms.now);
    }
    let url = terms.url.as_deref().unwrap_or_default();
    // Theirs is the URL without its query, which is each request's own.
    let url = match terms.scheme.is_own() {
        true => url.split('?').next().unwrap_or_default(),
        false => url,
    };
    let signed = match sender::sign(&terms.scheme, &delivery, (secret, None), url) {
        Ok(signed) => signed,
        Err(error) => return vec![format!("can't be computed: {}", crate::whole(&error))],
    };
    let is_signature = |name: &str| {
        let is_new = request.headers().get(name) != signed.headers().get(name);
        is_new || name.starts_with(&shown)
    };
    let headers = signed.headers().iter();
    headers
        .filter(|(name, _)| is_signature(name.as_str()))
        .filter_map(|(name, value)| Some(format!("{name}: {}", value.to_str().ok()?)))
        .collect()
}
