//! A sender's second set of headers: other names for the same signature.

use http::HeaderMap;

use super::description::Scheme;
use super::method::Method;
use crate::error::{ConfigError, ConfigErrorKind};

impl Scheme {
    /// The same sender where it uses other headers: with these its signature, signed content, time, id and kind are those of
    /// the second description, and all else stays. The second counts only where the first's signature header is missing, and
    /// must prove as much.
    ///
    /// ```
    /// use tower_webhook::provider::{Scheme, header};
    ///
    /// const OLD: Scheme = Scheme::hmac_sha256("acme").signature(header("x-acme-signature").hex());
    /// const ACME: Scheme = Scheme::hmac_sha256("acme").signature(header("acme-signature").hex()).or(&OLD);
    /// assert!(ACME.check().is_ok());
    /// ```
    #[must_use]
    pub const fn or(self, second: &'static Self) -> Self {
        Self {
            second: Some(second),
            ..self
        }
    }

    /// The second description with what it has of the first.
    pub(crate) fn second_whole(&self) -> Option<Self> {
        self.second.map(|second| Self {
            signature: second.signature,
            content: second.content,
            timestamp: second.timestamp,
            id: second.id,
            id_promised: second.id_promised,
            kind: second.kind,
            second: None,
            ..*self
        })
    }

    /// The description by which a request with these headers is read.
    #[cfg(feature = "test-util")]
    pub(crate) fn for_headers(&self, headers: &HeaderMap) -> Self {
        self.second_whole()
            .filter(|second| self.is_of_the_second(second, headers))
            .unwrap_or(*self)
    }

    /// Whether these headers are the second description's: only where the first's signature is missing.
    pub(super) fn is_of_the_second(&self, second: &Self, headers: &HeaderMap) -> bool {
        !headers.contains_key(self.signature.header_name())
            && headers.contains_key(second.signature.header_name())
    }

    /// A second description must not be a weaker one, or whoever leaves a header out would choose it.
    pub(super) fn check_second(&self) -> Result<(), ConfigError> {
        let (Some(second), Some(whole)) = (self.second, self.second_whole()) else {
            return Ok(());
        };
        let advice = if second.method != self.method || second.key != self.key {
            "the second description has another algorithm or another key; make it a sender of its own"
        } else if whole.binding() != self.binding() || whole.timestamp.is_some() != self.timestamp.is_some() {
            "the second description proves less than the first, or more; make it a sender of its own"
        } else if second.signature.header_name() == self.signature.header_name()
            || self.signature.is_scattered()
            || whole.signature.is_scattered()
            || matches!(self.method, Method::Own(_))
        {
            "which of the two descriptions counts can't be told by one header; make the second a sender of its own"
        } else {
            return whole.check();
        };
        Err(ConfigError::new(ConfigErrorKind::Scheme, advice))
    }
}
