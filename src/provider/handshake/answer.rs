//! The answer to a handshake: nothing in it does anything, wherever it is shown.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, Response, StatusCode};

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

    /// 204, with a content type, which Discord asks for.
    #[must_use]
    pub fn no_content() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            media_type: Some("application/json"),
            ..Self::empty()
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

    /// A JSON object of these fields; `None` as for [`text`](Self::text).
    pub(super) fn object(fields: &[(&str, &str)]) -> Option<Self> {
        let object: serde_json::Map<_, _> = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).into()))
            .collect();
        let inert = fields.iter().all(|(_, value)| is_inert(value));
        inert.then(|| Self::json(serde_json::Value::Object(object).to_string()))
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
pub(super) fn is_inert(challenge: &str) -> bool {
    (1..=MAX_CHALLENGE).contains(&challenge.len())
        && challenge.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}

/// Whether a text is a challenge that may be signed: no JSON document that holds an event, and nothing with a separator that
/// stands in signed content.
pub(crate) fn is_token(text: &[u8]) -> bool {
    let of_a_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(byte);
    (1..=MAX_CHALLENGE).contains(&text.len()) && text.iter().all(of_a_token)
}

/// Longer than any sender's challenge.
const MAX_CHALLENGE: usize = 256;
