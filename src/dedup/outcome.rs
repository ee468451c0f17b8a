//! What a handler can say beyond a status.

use std::error::Error;
use std::fmt::Display;

use bytes::Bytes;
use http::header::RETRY_AFTER;
use http::{HeaderValue, Response, StatusCode};

use super::running::Running;
use crate::error::BoxError;
use crate::telemetry;
use crate::verified::{Key, Verified};

/// What became of an event. An axum handler can return it; elsewhere turn it into a response with [`into_response`](Self::into_response).
///
/// ```
/// use http::Response;
/// use http_body_util::Full;
/// use bytes::Bytes;
/// use tower_webhook::Outcome;
///
/// let response: Response<Full<Bytes>> = Outcome::Permanent.into_response();
/// assert_eq!(response.status(), 200); // so that the sender stops
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// Processed: 200, and the event is completed.
    Done,
    /// Not now: 503 with `Retry-After`, and the sender's next try runs.
    Retry,
    /// It will never work: 200, the event is completed as failed, and the dead-letter hook is called.
    Permanent,
}

impl Outcome {
    /// The response that says it.
    #[must_use]
    pub fn into_response<B: From<Bytes>>(self) -> Response<B> {
        let mut response = Response::new(B::from(Bytes::new()));
        if self == Self::Retry {
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response.extensions_mut().insert(self);
        response
    }

    /// What the settlement is called in logs and metrics.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Done => "completed",
            Self::Retry => "released",
            Self::Permanent => "permanent",
        }
    }

    /// What a response says: its own [`Outcome`], else its status.
    pub(super) fn of<B>(response: &Response<B>) -> Self {
        let by_status = if response.status().is_success() {
            Self::Done
        } else {
            Self::Retry
        };
        response.extensions().get().copied().unwrap_or(by_status)
    }
}

impl From<()> for Outcome {
    /// A handler that returns nothing is done.
    fn from((): ()) -> Self {
        Self::Done
    }
}

impl<T: Into<Self>, E: Into<BoxError>> From<Result<T, E>> for Outcome {
    /// An error means: not now. It is logged.
    fn from(result: Result<T, E>) -> Self {
        result.map_or_else(
            |error| {
                failed(&*error.into());
                Self::Retry
            },
            Into::into,
        )
    }
}

/// Says in the log that a handler returned this error, and for which event.
pub(super) fn failed(error: &(dyn Error + 'static)) {
    let event = Running::now();
    let key = event.as_ref().map(|event| &event.key as &dyn Display);
    telemetry::handler_failed(event.map(|event| event.provider), key, error);
}

/// An event that nobody will try again, as the dead-letter hook gets it. Store it, or it is gone.
#[derive(Debug, Clone)]
pub struct DeadLetter {
    pub(super) delivery: Verified,
    pub(super) key: Key,
    pub(super) attempts: u32,
    pub(super) permanent: bool,
}

impl DeadLetter {
    /// The delivery, with its body.
    #[must_use]
    pub fn delivery(&self) -> &Verified {
        &self.delivery
    }

    /// The event's key in the store: forget it there to let the event run again.
    #[must_use]
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// How many claims of the event were granted; some may have [run no handler](super::DedupLayer::max_attempts).
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Whether the handler said [`Outcome::Permanent`]; otherwise the attempts ran out.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        self.permanent
    }
}
