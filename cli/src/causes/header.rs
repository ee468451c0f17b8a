//! Signature headers that are missing, or hold something else than the sender writes.

use bytes::Bytes;
use http::Request;
use tower_webhook::provider::{Scheme, senders};

use crate::judge::Terms;

/// Says what stands where the signature should.
pub(super) fn missing(terms: &Terms, request: &Request<Bytes>) -> Vec<String> {
    let header = of(&terms.scheme);
    if header.is_empty() {
        return vec!["the signature stands in the body, and is not all there".into()];
    }
    if request.headers().contains_key(&header) {
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
    if of(&terms.scheme).is_empty() {
        return vec!["the signature stands in the body, and can't be read there".into()];
    }
    let mut causes = vec![format!("the header does not read `{}`", form(&terms.scheme))];
    causes.extend(sha1(terms, request));
    causes
}

/// A sender that signs with SHA-256 may sign with SHA-1 too, for receivers of old, or had done so before.
fn sha1(terms: &Terms, request: &Request<Bytes>) -> Option<String> {
    let own = of(&terms.scheme);
    if terms.scheme.facts().algorithm != "HMAC-SHA-256" {
        return None;
    }
    let mut shown = [own.as_str(), SHA1_HEADER]
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
            let header = of(scheme);
            !header.is_empty() && header != "authorization" && request.headers().contains_key(&header)
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

/// The name of the header that holds the signature; nothing for a sender that has it in the body.
pub(crate) fn of(scheme: &Scheme) -> String {
    match scheme.name() {
        "rfc9421" => "signature".into(),
        _ => {
            let facts = scheme.facts();
            facts.signature.split(':').next().unwrap_or_default().to_owned()
        }
    }
}

/// How the signature reads, and where.
pub(crate) fn form(scheme: &Scheme) -> String {
    match (scheme.name(), of(scheme).as_str()) {
        ("rfc9421", _) => "signature, as signature-input says".into(),
        (_, "") => "in the body".into(),
        _ => scheme.facts().signature,
    }
}

const SHA1_HEADER: &str = "x-hub-signature";
/// Names that are listed.
const MOST: usize = 5;
