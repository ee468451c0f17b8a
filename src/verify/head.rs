//! What a request's head must be before a byte of its body is read.

use http::header::{CONTENT_ENCODING, CONTENT_TYPE, TRANSFER_ENCODING};
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue};
use http_body::Body;

use crate::provider::handshake::is_token;
use crate::provider::place::{At, Part};
use crate::provider::{Handshake, Payload, Scheme};
use crate::rejection::Reason;
use crate::signature::header::{element, single};

/// The method, the encoding and the media type.
pub(super) fn check_form(scheme: &Scheme, head: &Parts) -> Result<(), Reason> {
    if !scheme.methods.contains(&head.method) {
        return Err(Reason::Method);
    }
    let mut encodings = head.headers.get_all(CONTENT_ENCODING).iter();
    if encodings.any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"))
        || !is_plainly_framed(&head.headers)
    {
        return Err(Reason::BodyEncoded);
    }
    match head.headers.get(CONTENT_TYPE) {
        Some(media_type) if scheme.payload != Payload::Any && !is_application(media_type) => {
            Err(Reason::MediaType)
        }
        _ => Ok(()),
    }
}

/// Whether the body is framed in chunks at most. Servers undo the chunks of `gzip, chunked` and leave the rest to whoever
/// reads the body.
fn is_plainly_framed(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    let chunked = |coding: &HeaderValue| coding.as_bytes().eq_ignore_ascii_case(b"chunked");
    codings.next().is_none_or(chunked) && codings.next().is_none()
}

/// `application/…`: JSON in its many names, or a form. What it truly is shows when it is read; that is asked more than once,
/// so the value must be text that every reader sees alike.
fn is_application(media_type: &HeaderValue) -> bool {
    let text = media_type.to_str().unwrap_or_default();
    text.get(..12)
        .is_some_and(|start| start.eq_ignore_ascii_case("application/"))
}

/// A length that is declared too long ends the delivery before its first byte.
pub(super) fn check_length(limit: usize, body: &impl Body) -> Result<(), Reason> {
    if body.size_hint().lower() > limit as u64 {
        Err(Reason::BodyTooLarge)
    } else {
        Ok(())
    }
}

/// A text that the endpoint itself may have signed, for anybody who asked, is no word of the sender's.
pub(super) fn check_authorship(scheme: &Scheme, body: &[u8]) -> Result<(), Reason> {
    match scheme.handshakes.iter().any(Handshake::signs_for_anybody) && is_token(body) {
        true => Err(Reason::BadSignature),
        false => Ok(()),
    }
}

/// What is signed beside body, time and id, each behind its length. Of the URL, path and query: the rest is the endpoint's own.
pub(super) fn signed_beside(scheme: &Scheme, head: &Parts) -> Vec<u8> {
    let headers = &head.headers;
    let changes_with_a_retry = |part: Part| {
        let at = scheme
            .timestamp
            .map(|at| at.place)
            .into_iter()
            .chain(scheme.id)
            .flat_map(|place| place.each());
        at.into_iter().any(|at| match (part, at) {
            (Part::Header(name), At::Header(known)) => name == known,
            (Part::Element(key), At::Element(known)) => key == known,
            _ => false,
        })
    };
    let mut bytes = Vec::new();
    for part in scheme
        .content
        .iter()
        .copied()
        .filter(|part| !changes_with_a_retry(*part))
    {
        let value = match part {
            Part::Header(name) => single(headers, name).ok(),
            Part::Element(key) => single(headers, scheme.signature.header_name())
                .ok()
                .and_then(|text| element(text, scheme.signature.form, key).ok()),
            Part::Method => Some(head.method.as_str()),
            Part::Url => head.uri.path_and_query().map(PathAndQuery::as_str),
            _ => None,
        };
        if let Some(value) = value {
            bytes.extend_from_slice(&(value.len() as u64).to_be_bytes());
            bytes.extend_from_slice(value.as_bytes());
        }
    }
    bytes
}
