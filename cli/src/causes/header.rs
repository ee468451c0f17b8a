//! Signature headers that are missing, or hold something else than the sender writes.

use bytes::Bytes;
use http::Request;
use tower_webhook::provider::senders;

use crate::judge::Terms;

/// Says what stands where the signature should.
pub(super) fn missing(terms: &Terms, request: &Request<Bytes>) -> Vec<String> {
    let facts = terms.scheme.facts();
    let header = name(&facts.signature);
    if header.is_empty() {
        return vec!["the signature stands in the body, and is not all there".into()];
    }
    if request.headers().contains_key(header) {
        return vec!["a header that is signed is missing".into()];
    }
    let mut causes = vec![format!(
        "no `{header}`: is a secret set at the sender, and does every proxy pass the header on?"
    )];
    causes.extend(sha1(terms, request));
    causes.extend(of_others(terms, request));
    causes
}

/// Says how the header would read.
pub(super) fn malformed(terms: &Terms, request: &Request<Bytes>) -> Vec<String> {
    let facts = terms.scheme.facts();
    let mut causes = vec![format!("the header does not read `{}`", facts.signature)];
    causes.extend(sha1(terms, request));
    causes
}

/// A sender that signs with SHA-256 may sign with SHA-1 too, for receivers of old, or had done so before.
fn sha1(terms: &Terms, request: &Request<Bytes>) -> Option<String> {
    let facts = terms.scheme.facts();
    let own = name(&facts.signature);
    if facts.algorithm != "HMAC-SHA-256" {
        return None;
    }
    let mut shown = [own, SHA1_HEADER]
        .into_iter()
        .filter_map(|name| Some((name, request.headers().get(name)?)));
    let (name, _) = shown.find(|(_, value)| value.as_bytes().starts_with(b"sha1="))?;
    Some(format!(
        "only the SHA-1 header is there (`{name}: sha1=…`): an old server, or a proxy that drops the other; take `{own}`"
    ))
}

/// Signatures of other senders.
fn of_others(terms: &Terms, request: &Request<Bytes>) -> Option<String> {
    let mut there: Vec<&str> = senders::ALL
        .iter()
        .filter(|scheme| scheme.name() != terms.scheme.name())
        .filter(|scheme| {
            let facts = scheme.facts();
            let header = name(&facts.signature);
            !header.is_empty() && header != "authorization" && request.headers().contains_key(header)
        })
        .map(|scheme| scheme.name())
        .collect();
    there.truncate(MOST);
    match there.is_empty() {
        true => None,
        false => Some(format!(
            "a signature of another sender is there: {}",
            there.join(", ")
        )),
    }
}

/// The header's name in what the facts say of the signature.
pub(crate) fn name(signature: &str) -> &str {
    signature.split(':').next().unwrap_or_default()
}

const SHA1_HEADER: &str = "x-hub-signature";
/// Names that are listed.
const MOST: usize = 5;
