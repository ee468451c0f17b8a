//! What people write who have no library: `axum::middleware::from_fn` with the MAC inline.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::request::SECRET;

/// When which id was first seen.
pub(crate) type Seen = Arc<Mutex<HashMap<String, Instant>>>;

#[cfg(not(feature = "aws-lc-rs"))]
pub(crate) type Key = hmac::Hmac<sha2::Sha256>;
#[cfg(feature = "aws-lc-rs")]
pub(crate) type Key = Arc<aws_lc_rs::hmac::Key>;

#[cfg(not(feature = "aws-lc-rs"))]
pub(crate) fn key() -> Key {
    hmac::KeyInit::new_from_slice(SECRET.as_bytes()).expect("HMAC takes any key")
}

#[cfg(feature = "aws-lc-rs")]
pub(crate) fn key() -> Key {
    Arc::new(aws_lc_rs::hmac::Key::new(
        aws_lc_rs::hmac::HMAC_SHA256,
        SECRET.as_bytes(),
    ))
}

#[cfg(not(feature = "aws-lc-rs"))]
fn is_good(key: &Key, body: &[u8], signature: &[u8; 32]) -> bool {
    use hmac::Mac;
    key.clone().chain_update(body).verify_slice(signature).is_ok()
}

#[cfg(feature = "aws-lc-rs")]
fn is_good(key: &Key, body: &[u8], signature: &[u8; 32]) -> bool {
    aws_lc_rs::hmac::verify(key, body, signature).is_ok()
}

/// Verifies a delivery and hands it on.
pub(crate) async fn check(State(key): State<Key>, request: Request, next: Next) -> Response {
    match verified(&key, request).await {
        Ok((head, body)) => next.run(Request::from_parts(head, Body::from(body))).await,
        Err(status) => status.into_response(),
    }
}

/// The same for people who read the JSON at once and run no event twice.
pub(crate) async fn check_and_remember(
    State((key, seen)): State<(Key, Seen)>,
    request: Request,
    next: Next,
) -> Response {
    let (mut head, body) = match verified(&key, request).await {
        Ok(parts) => parts,
        Err(status) => return status.into_response(),
    };
    let Ok(document) = serde_json::from_slice::<serde_json::Value>(&body) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let Some(id) = header(&head.headers, "x-github-delivery").map(str::to_owned) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let known = seen
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(id, Instant::now());
    if known.is_some() {
        return StatusCode::OK.into_response();
    }
    head.extensions.insert(document);
    next.run(Request::from_parts(head, Body::from(body))).await
}

async fn verified(key: &Key, request: Request) -> Result<(Parts, Bytes), StatusCode> {
    let (head, body) = request.into_parts();
    let signature =
        header(&head.headers, "x-hub-signature-256").and_then(|text| text.strip_prefix("sha256="));
    let mut tag = [0; 32];
    let tag = signature
        .and_then(|text| hex::decode_to_slice(text, &mut tag).ok())
        .map(|()| tag);
    let tag = tag.ok_or(StatusCode::BAD_REQUEST)?;
    let body = axum::body::to_bytes(body, LIMIT)
        .await
        .map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    match is_good(key, &body, &tag) {
        true => Ok((head, body)),
        false => Err(StatusCode::UNAUTHORIZED),
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

const LIMIT: usize = 1 << 20;
