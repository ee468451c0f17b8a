//! Signatures made from HMAC's definition, for deliveries that the crate's own signer would not write.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request};
use sha2::{Digest, Sha256};

use crate::harness::SECRET;

/// HMAC-SHA-256 as RFC 2104 writes it.
pub fn mac(key: &[u8], text: &[u8]) -> [u8; 32] {
    let mut block = [0; 64];
    if key.len() > block.len() {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let padded = |pad: u8| block.map(|byte| byte ^ pad);
    let inner = Sha256::new().chain_update(padded(0x36)).chain_update(text);
    let outer = Sha256::new().chain_update(padded(0x5c));
    outer.chain_update(inner.finalize()).finalize().into()
}

/// The key behind `whsec_`.
pub fn standard_key() -> Vec<u8> {
    STANDARD.decode(&SECRET["whsec_".len()..]).unwrap()
}

pub fn github_signature(body: &[u8]) -> String {
    format!("sha256={}", hex::encode(mac(SECRET.as_bytes(), body)))
}

/// What Stripe signs is the text of the time as it stands in the header.
pub fn stripe_mac(time: &str, body: &[u8]) -> String {
    let text = [time.as_bytes(), b".", body].concat();
    hex::encode(mac(SECRET.as_bytes(), &text))
}

pub fn stripe(time: &str, body: &str) -> Request<Bytes> {
    let value = format!("t={time},v1={}", stripe_mac(time, body.as_bytes()));
    post(&[("stripe-signature", value.as_bytes())], body)
}

pub fn slack(time: &str, body: &str) -> Request<Bytes> {
    let text = [b"v0:", time.as_bytes(), b":", body.as_bytes()].concat();
    let value = format!("v0={}", hex::encode(mac(SECRET.as_bytes(), &text)));
    post(
        &[
            ("x-slack-signature", value.as_bytes()),
            ("x-slack-request-timestamp", time.as_bytes()),
        ],
        body,
    )
}

pub fn standard(id: &str, time: &str, body: &str) -> Request<Bytes> {
    let text = [id.as_bytes(), b".", time.as_bytes(), b".", body.as_bytes()].concat();
    let value = format!("v1,{}", STANDARD.encode(mac(&standard_key(), &text)));
    post(
        &[
            ("webhook-id", id.as_bytes()),
            ("webhook-timestamp", time.as_bytes()),
            ("webhook-signature", value.as_bytes()),
        ],
        body,
    )
}

/// A JSON delivery with these headers, whatever they are.
pub fn post(headers: &[(&'static str, &[u8])], body: impl AsRef<[u8]>) -> Request<Bytes> {
    let mut request = Request::post("/")
        .body(Bytes::copy_from_slice(body.as_ref()))
        .unwrap();
    let json = HeaderValue::from_static("application/json");
    request.headers_mut().insert("content-type", json);
    for (name, value) in headers {
        let value = HeaderValue::from_bytes(value).unwrap();
        request.headers_mut().append(HeaderName::from_static(name), value);
    }
    request
}
