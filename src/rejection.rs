//! Rejections: the closed list of reasons for which a delivery is refused.
//!
//! The sender is told a status and nothing else. The [`Reason`] goes to the log, to the metrics, to the `on_reject` hook
//! and, as a [`Rejection`], into the response's extensions, where an outer layer can count or explain it.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONNECTION, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode, Version};

use crate::error::{ConfigError, ConfigErrorKind};

/// Why a delivery was refused. The codes are stable: build alerts on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// A header that the sender always sends is missing: `missing_header`.
    MissingHeader,
    /// A header that must be there once is there twice: `duplicate_header`.
    DuplicateHeader,
    /// The signature's header can't be read: `malformed_header`.
    MalformedHeader,
    /// The header holds signatures, but none of a version that counts: `unsupported_version`.
    UnsupportedVersion,
    /// More signatures than anyone needs: `too_many_signatures`.
    TooManySignatures,
    /// No signature matches with any secret: `bad_signature`.
    BadSignature,
    /// The delivery names a key that isn't at one of the sender's hosts: `foreign_key_url`.
    ForeignKeyUrl,
    /// The delivery belongs to a topic that the endpoint doesn't take: `foreign_topic`.
    ForeignTopic,
    /// A signature that leaves free what it must cover: `insufficient_coverage`.
    InsufficientCoverage,
    /// The request is for a tenant that doesn't exist: `unknown_tenant`.
    UnknownTenant,
    /// The timestamp can't be read: `malformed_timestamp`.
    MalformedTimestamp,
    /// The timestamp is older than the tolerance: `stale_timestamp`.
    StaleTimestamp,
    /// The timestamp is further in the future than the tolerance: `future_timestamp`.
    FutureTimestamp,
    /// A handshake by somebody whom the endpoint does not expect: `foreign_handshake`.
    ForeignHandshake,
    /// A handshake without a challenge, or with one that no sender sets: `malformed_handshake`.
    MalformedHandshake,
    /// A genuine handshake, but what the program does about it failed: `handshake_failed`.
    HandshakeFailed,
    /// A method that the sender doesn't use: `method_not_allowed`.
    Method,
    /// The body is over the limit: `body_too_large`.
    BodyTooLarge,
    /// The body did not arrive within the deadline: `body_too_slow`.
    BodyTooSlow,
    /// The connection broke before the body was whole: `body_broken`.
    BodyBroken,
    /// The body is compressed, and so not what was signed: `body_encoded`.
    BodyEncoded,
    /// The media type is none that the sender uses: `media_type`.
    MediaType,
    /// Genuine, but not of the shape that the sender promises: `malformed_body`.
    MalformedBody,
    /// Genuine, but without the id that the sender always gives, or with one that can't be: `malformed_id`.
    MalformedId,
    /// Genuine, but of the other mode (Stripe's test mode on a live endpoint): `wrong_mode`.
    WrongMode,
    /// The secrets can't be looked up now: `secrets_unavailable`.
    SecretsUnavailable,
    /// The machine's clock can't be believed: `clock_suspect`.
    ClockSuspect,
    /// Another attempt at this event is running: `in_flight`.
    InFlight,
    /// The claim store can't answer: `store_unavailable`.
    StoreUnavailable,
    /// A known id came with other content: `conflict`.
    Conflict,
    /// A layer is missing in front of whatever needs it: `layer_missing`.
    LayerMissing,
    /// What stands at the end takes signed events only, and this sender signs none: `unsigned_body`.
    UnsignedBody,
}

/// The classes of refusal: all reasons of a class get the same answer, to the byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RefusalClass {
    /// Not proven genuine and fresh: 401.
    Unauthenticated,
    /// A wrong method: 405.
    Method,
    /// Over the limit: 413.
    TooLarge,
    /// Past the deadline: 408.
    TooSlow,
    /// Encoded, or of a foreign media type: 415.
    Unsupported,
    /// Genuine but unreadable, or cut off: 400.
    Unreadable,
    /// The same id with other content: 422.
    Conflict,
    /// Not now: 503.
    Unavailable,
    /// This program's own mistake: 500.
    Internal,
}

impl Reason {
    /// The stable code: lower case with underscores.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::MissingHeader => "missing_header",
            Self::DuplicateHeader => "duplicate_header",
            Self::MalformedHeader => "malformed_header",
            Self::UnsupportedVersion => "unsupported_version",
            Self::TooManySignatures => "too_many_signatures",
            Self::BadSignature => "bad_signature",
            Self::ForeignKeyUrl => "foreign_key_url",
            Self::ForeignTopic => "foreign_topic",
            Self::InsufficientCoverage => "insufficient_coverage",
            Self::UnknownTenant => "unknown_tenant",
            Self::MalformedTimestamp => "malformed_timestamp",
            Self::StaleTimestamp => "stale_timestamp",
            Self::FutureTimestamp => "future_timestamp",
            Self::ForeignHandshake => "foreign_handshake",
            Self::MalformedHandshake => "malformed_handshake",
            Self::HandshakeFailed => "handshake_failed",
            Self::Method => "method_not_allowed",
            Self::BodyTooLarge => "body_too_large",
            Self::BodyTooSlow => "body_too_slow",
            Self::BodyBroken => "body_broken",
            Self::BodyEncoded => "body_encoded",
            Self::MediaType => "media_type",
            Self::MalformedBody => "malformed_body",
            Self::MalformedId => "malformed_id",
            Self::WrongMode => "wrong_mode",
            Self::SecretsUnavailable => "secrets_unavailable",
            Self::ClockSuspect => "clock_suspect",
            Self::InFlight => "in_flight",
            Self::StoreUnavailable => "store_unavailable",
            Self::Conflict => "conflict",
            Self::LayerMissing => "layer_missing",
            Self::UnsignedBody => "unsigned_body",
        }
    }

    /// The class, and with it the answer.
    #[must_use]
    pub fn class(self) -> RefusalClass {
        match self {
            Self::MissingHeader
            | Self::DuplicateHeader
            | Self::MalformedHeader
            | Self::UnsupportedVersion
            | Self::TooManySignatures
            | Self::BadSignature
            | Self::ForeignKeyUrl
            | Self::ForeignTopic
            | Self::InsufficientCoverage
            | Self::UnknownTenant
            | Self::MalformedTimestamp
            | Self::StaleTimestamp
            | Self::FutureTimestamp
            | Self::ForeignHandshake => RefusalClass::Unauthenticated,
            Self::Method => RefusalClass::Method,
            Self::BodyTooLarge => RefusalClass::TooLarge,
            Self::BodyTooSlow => RefusalClass::TooSlow,
            Self::BodyEncoded | Self::MediaType => RefusalClass::Unsupported,
            Self::BodyBroken
            | Self::MalformedHandshake
            | Self::MalformedBody
            | Self::MalformedId
            | Self::WrongMode => RefusalClass::Unreadable,
            Self::Conflict => RefusalClass::Conflict,
            Self::HandshakeFailed
            | Self::SecretsUnavailable
            | Self::ClockSuspect
            | Self::InFlight
            | Self::StoreUnavailable => RefusalClass::Unavailable,
            Self::LayerMissing | Self::UnsignedBody => RefusalClass::Internal,
        }
    }
}

impl RefusalClass {
    /// The status that the class is answered with unless the layer says otherwise.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Unsupported => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Unreadable => StatusCode::BAD_REQUEST,
            Self::Conflict => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// A refused delivery, as the hook and the response's extensions hold it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    reason: Reason,
    status: StatusCode,
    retry_after: Option<Duration>,
}

impl Rejection {
    pub(crate) fn new(reason: Reason) -> Self {
        let retry_after = (reason.class() == RefusalClass::Unavailable).then_some(RETRY);
        Self {
            reason,
            status: reason.class().status(),
            retry_after,
        }
    }

    pub(crate) fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait.clamp(Duration::from_secs(1), MAX_RETRY));
        self
    }

    pub(crate) fn answered_with(mut self, statuses: &Statuses) -> Self {
        self.status = statuses.status(self.reason.class());
        self
    }

    /// Why.
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The answer: the status and an empty body, the rejection in its extensions.
    pub(crate) fn into_response<B: From<Bytes>>(self, version: Version) -> Response<B> {
        let mut response = Response::new(B::from(Bytes::new()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        if let Some(wait) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
        }
        let is_cut_off = matches!(
            self.reason.class(),
            RefusalClass::TooLarge | RefusalClass::TooSlow
        );
        if is_cut_off && version <= Version::HTTP_11 {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.reason.code(), self.status.as_u16())
    }
}

/// The statuses that a layer answers with, where they are not the classes' own.
#[derive(Debug, Clone, Default)]
pub(crate) struct Statuses(Vec<(RefusalClass, StatusCode)>);

impl Statuses {
    /// Answers this class with this status.
    pub(crate) fn set(&mut self, class: RefusalClass, status: StatusCode) -> Result<(), ConfigError> {
        if !(status.is_client_error() || status.is_server_error()) || status == StatusCode::GONE {
            return Err(ConfigError::new(
                ConfigErrorKind::Status,
                "a refusal needs a 4xx or 5xx status other than 410: success loses the event, 410 makes senders disable the endpoint",
            ));
        }
        self.0.retain(|(known, _)| *known != class);
        self.0.push((class, status));
        Ok(())
    }

    fn status(&self, class: RefusalClass) -> StatusCode {
        self.0
            .iter()
            .find(|(known, _)| *known == class)
            .map_or_else(|| class.status(), |(_, status)| *status)
    }
}

/// What a sender is asked to wait when nothing better is known.
const RETRY: Duration = Duration::from_secs(5);
/// Senders take a long wait for a broken endpoint.
const MAX_RETRY: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_answered_with_the_status_that_was_set_last() {
        let mut statuses = Statuses::default();
        for (class, status) in [
            (RefusalClass::Conflict, StatusCode::BAD_REQUEST),
            (RefusalClass::Unavailable, StatusCode::BAD_GATEWAY),
            (RefusalClass::Conflict, StatusCode::CONFLICT),
        ] {
            statuses.set(class, status).unwrap();
        }
        assert_eq!(statuses.status(RefusalClass::Conflict), 409);
        assert_eq!(statuses.status(RefusalClass::Unavailable), 502);
        assert_eq!(statuses.status(RefusalClass::Method), 405);
    }

    #[test]
    fn a_status_that_is_no_refusal_or_ends_the_deliveries_can_not_be_set() {
        for status in [StatusCode::OK, StatusCode::FOUND, StatusCode::GONE] {
            let error = Statuses::default()
                .set(RefusalClass::Conflict, status)
                .unwrap_err();
            assert_eq!(error.kind(), ConfigErrorKind::Status);
        }
    }

    #[test]
    fn a_connection_is_closed_where_the_rest_of_the_body_would_come_on_it() {
        for (reason, version, closes) in [
            (Reason::BodyTooLarge, Version::HTTP_10, true),
            (Reason::BodyTooSlow, Version::HTTP_11, true),
            (Reason::BodyTooLarge, Version::HTTP_2, false),
            (Reason::BadSignature, Version::HTTP_11, false),
        ] {
            let response: Response<Bytes> = Rejection::new(reason).into_response(version);
            assert_eq!(
                response.headers().contains_key(CONNECTION),
                closes,
                "{reason:?}, {version:?}"
            );
        }
    }
}
