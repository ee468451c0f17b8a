//! Handshakes: requests that prove who owns the endpoint, and never reach a handler.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, Response, StatusCode};

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

/// The answer to a handshake.
#[derive(Debug, Clone)]
pub struct Answer {
    status: StatusCode,
    media_type: Option<&'static str>,
    body: Bytes,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Answer {
    /// 200 without a body.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            status: StatusCode::OK,
            media_type: None,
            body: Bytes::new(),
            headers: Vec::new(),
        }
    }

    /// The challenge as plain text that no browser takes for anything else. `None` for a challenge that no sender would set:
    /// nothing, more than 256 bytes, or anything but printable ASCII.
    #[must_use]
    pub fn text(challenge: &str) -> Option<Self> {
        is_inert(challenge).then(|| Self {
            media_type: Some("text/plain; charset=utf-8"),
            body: Bytes::copy_from_slice(challenge.as_bytes()),
            ..Self::empty()
        })
    }

    /// A JSON document.
    #[must_use]
    pub fn json(document: impl Into<Bytes>) -> Self {
        Self {
            media_type: Some("application/json"),
            body: document.into(),
            ..Self::empty()
        }
    }

    /// The same with one more header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(crate) fn into_response<B: From<Bytes>>(self) -> Response<B> {
        let mut response = Response::new(B::from(self.body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        if let Some(media_type) = self.media_type {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
            headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        }
        headers.extend(self.headers);
        response
    }
}

/// Whether a challenge is one that a sender would set, and that does nothing wherever it is shown.
fn is_inert(challenge: &str) -> bool {
    (1..=MAX_CHALLENGE).contains(&challenge.len())
        && challenge.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}

/// Longer than any sender's challenge.
const MAX_CHALLENGE: usize = 256;
