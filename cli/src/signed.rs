//! What was signed, with the values that this request has there.

use bytes::Bytes;
use http::Request;
use sha2::{Digest, Sha256};

use crate::causes::header;
use crate::judge::Terms;

/// The signed content with its parts as they came: the body by its length and its hash, what is in it as the description names it.
pub(crate) fn content(terms: &Terms, request: &Request<Bytes>) -> String {
    let facts = terms.scheme.facts();
    let mut text = String::new();
    let mut rest = facts.content.as_str();
    while let Some((before, from)) = rest.split_once('{') {
        let (part, behind) = from.split_once('}').unwrap_or((from, ""));
        text.push_str(before);
        text.push_str(&value(terms, request, part));
        rest = behind;
    }
    text.push_str(rest);
    harmless(&text)
}

/// The body's length and hash, which tell two bodies apart without showing either.
pub(crate) fn body(body: &[u8]) -> String {
    format!(
        "{} bytes, SHA-256 {}",
        body.len(),
        hex::encode(Sha256::digest(body))
    )
}

fn value(terms: &Terms, request: &Request<Bytes>, part: &str) -> String {
    match part {
        "body" => format!("<body: {}>", body(request.body())),
        "url" => terms.url.clone().unwrap_or_else(|| "<no URL given>".into()),
        "method" => request.method().to_string(),
        name => {
            let in_head = || in_header(request, name).or_else(|| in_signature(terms, request, name));
            match header::of(&terms.scheme).as_str() {
                "" => in_body(request, name).unwrap_or_default(),
                _ => in_head().unwrap_or_else(|| format!("{{{name}}}")),
            }
        }
    }
}

fn in_header(request: &Request<Bytes>, name: &str) -> Option<String> {
    let value = request.headers().get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// The pair of this name in the signature's header.
fn in_signature(terms: &Terms, request: &Request<Bytes>, name: &str) -> Option<String> {
    let text = in_header(request, &header::of(&terms.scheme))?;
    let mut pairs = text.split([',', ';']).map(str::trim);
    let value = pairs.find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
    Some(value.to_owned())
}

/// A field of the body, for senders that sign some of them: a document's, of its first event, or a form's.
fn in_body(request: &Request<Bytes>, name: &str) -> Option<String> {
    let text = match name.starts_with('/') {
        true => {
            let document: serde_json::Value = serde_json::from_slice(request.body()).ok()?;
            match document.pointer(&name.replace('*', "0"))? {
                serde_json::Value::String(text) => text.clone(),
                other => other.to_string(),
            }
        }
        false => {
            let fields: Vec<(String, String)> = serde_urlencoded::from_bytes(request.body()).ok()?;
            fields.into_iter().find(|(field, _)| field == name)?.1
        }
    };
    match text.len() {
        0..=SHORT => Some(text),
        length => Some(format!("<{length} bytes>")),
    }
}

/// Without what a terminal would obey.
fn harmless(text: &str) -> String {
    let shown = |letter: char| if letter.is_control() { '\u{fffd}' } else { letter };
    text.chars().map(shown).collect()
}

/// Bytes; a longer text is an event's content rather than an id or a time.
const SHORT: usize = 64;
