//! What a handler answers when its own transaction does not get the claim.

use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use http::{Response, Version};

use super::outcome::failed;
use crate::error::BoxError;
use crate::rejection::{Reason, Rejection};
use crate::store::Retention;
use crate::verified::{UnsignedBody, Verified};

/// Why a transaction does not hold the claim on its event: return it, and the sender hears what it must.
///
/// A handler that claims inside its own database transaction has no [`DedupLayer`](crate::DedupLayer) to answer for it. The
/// claim's `Result` has this type on its other side, and any error turns into it, so that `?` does for the whole
/// handler; dropping the transaction on the way out rolls it back. axum takes it as a response; elsewhere there is
/// [`into_response`](Self::into_response).
///
/// ```
/// use bytes::Bytes;
/// use http::Response;
/// use http_body_util::Full;
/// use tower_webhook::dedup::Unclaimed;
///
/// fn answer(claim: Result<(), Unclaimed>) -> Response<Full<Bytes>> {
///     match claim {
///         Ok(()) => Response::new(Full::default()),
///         Err(unclaimed) => unclaimed.into_response(),
///     }
/// }
///
/// assert_eq!(answer(Err(Unclaimed::Duplicate)).status(), 200);
/// assert_eq!(answer(Err(Unclaimed::Conflict)).status(), 422);
/// let failed: Unclaimed = std::io::Error::other("connection reset").into();
/// assert_eq!(answer(Err(failed)).status(), 503);
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Unclaimed {
    /// The event was processed and committed before: 200.
    Duplicate,
    /// Another transaction has claimed the event and is still open: 503 and `Retry-After`.
    InFlight {
        /// After how long the sender is asked to try again.
        retry_after: Duration,
    },
    /// The event is known with other content: 422.
    Conflict,
    /// The delivery lacks the id that its sender always gives: 400.
    NoId,
    /// Something failed, so that the transaction is rolled back: 503 and `Retry-After`. It is logged.
    Failed(BoxError),
}

impl Unclaimed {
    /// The response that says it, with an empty body. A refusal's [`Rejection`] is in its extensions.
    #[must_use]
    pub fn into_response<B: From<Bytes>>(self) -> Response<B> {
        let rejection = match self {
            Self::Duplicate => return Response::new(B::from(Bytes::new())),
            Self::InFlight { retry_after } => Rejection::new(Reason::InFlight).retry_after(retry_after),
            Self::Conflict => Rejection::new(Reason::Conflict),
            Self::NoId => Rejection::new(Reason::MalformedId),
            Self::Failed(error) => {
                failed(&*error);
                Rejection::new(Reason::StoreUnavailable)
            }
        };
        // None of these answers depends on the version.
        rejection.into_response(Version::HTTP_11)
    }
}

/// Whatever fails in the handler, at its commit above all, leaves the event unclaimed.
impl<E: Error + Send + Sync + 'static> From<E> for Unclaimed {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl Verified {
    /// How long the event is to be remembered once it is processed: the [`Sender`](crate::provider::Sender)'s own retention,
    /// or the one that was set on it.
    #[must_use]
    pub fn retention(&self) -> Retention {
        Retention::new(self.policy().retention)
    }
}

impl UnsignedBody {
    /// How long the event is to be remembered: see [`Verified::retention`].
    #[must_use]
    pub fn retention(&self) -> Retention {
        self.delivery().retention()
    }
}
