//! The requests: deliveries as GitHub makes them, as they go over the wire.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

pub(crate) const SECRET: &str = "a long random webhook secret";
/// Where the number of the delivery goes, which makes its id a new one.
pub(crate) const NUMBER: &str = "@@@@@@@@@@@@";

/// How a request is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signed {
    Well,
    /// By somebody with another secret.
    Wrongly,
    Not,
}

/// A request up to its body.
pub(crate) fn head(path: &str, signed: Signed, body: &[u8], framing: &str) -> String {
    let signature = match signed {
        Signed::Well => signature(SECRET, body),
        Signed::Wrongly => signature("another secret", body),
        Signed::Not => String::new(),
    };
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\nuser-agent: GitHub-Hookshot/044aadd\r\naccept: */*\r\n\
         content-type: application/json\r\nx-github-hook-id: 292430182\r\nx-github-event: push\r\n\
         x-github-delivery: 72d3162e-cc78-11e3-81ab-{NUMBER}\r\n{signature}{framing}\r\n\r\n"
    )
}

/// A whole request.
pub(crate) fn whole(path: &str, signed: Signed, size: usize) -> Vec<u8> {
    let body = body(size);
    let head = head(path, signed, &body, &format!("content-length: {size}"));
    [head.as_bytes(), &body].concat()
}

/// The commits of a push, in exactly as many bytes.
pub(crate) fn body(size: usize) -> Vec<u8> {
    let mut text = String::from(r#"{"ref":"refs/heads/main","commits":["#);
    let end = r#"],"pusher":""}"#;
    let mut separator = "";
    while text.len() + 2 * COMMIT.len() < size {
        text.push_str(separator);
        text.push_str(COMMIT);
        separator = ",";
    }
    text.push_str(&end[..end.len() - 2]);
    text.extend(std::iter::repeat_n('x', size - text.len() - 2));
    text.push_str("\"}");
    text.into_bytes()
}

fn signature(secret: &str, body: &[u8]) -> String {
    let keyed = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes any key");
    let tag = keyed.chain_update(body).finalize().into_bytes();
    format!("x-hub-signature-256: sha256={}\r\n", hex::encode(tag))
}

const COMMIT: &str = r#"{"id":"6dcb09b5b57875f334f61aebed695e2e4193db5e","message":"Mend what was broken","timestamp":"2026-01-02T03:04:05Z","author":{"name":"A B","email":"a@example.com","username":"ab"},"added":[],"removed":[],"modified":["src/lib.rs"],"distinct":true}"#;
