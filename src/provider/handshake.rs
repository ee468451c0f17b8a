//! Handshakes: requests that prove who owns the endpoint, and never reach a handler.

use http::header::{CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, Response};

use super::place::Place;

/// A handshake that the layer answers by itself, once the request is verified.
#[derive(Debug, Clone, Copy)]
pub struct Handshake {
    pub(crate) when: Place,
    pub(crate) equals: &'static str,
    pub(crate) echo: Place,
}

impl Handshake {
    /// When `when` holds `equals`, the text at `echo` is sent back.
    #[must_use]
    pub const fn echo(when: Place, equals: &'static str, echo: Place) -> Self {
        Self { when, equals, echo }
    }
}

/// The answer to a challenge: the challenge as plain text that no browser takes for anything else. `None` for a challenge
/// that no sender would set.
pub(crate) fn answer<B: From<bytes::Bytes>>(challenge: &str) -> Option<Response<B>> {
    let inert = (1..=MAX_CHALLENGE).contains(&challenge.len())
        && challenge.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    inert.then(|| {
        let mut response = Response::new(B::from(bytes::Bytes::copy_from_slice(challenge.as_bytes())));
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=utf-8"),
        );
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        response
    })
}

/// Longer than any sender's challenge.
const MAX_CHALLENGE: usize = 256;
