//! One answer for all events of a delivery: the one that makes the sender do what the worst of them needs.

use bytes::Bytes;
use http::header::RETRY_AFTER;
use http::{HeaderValue, Response, StatusCode};

/// The answers so far, of which only the worst is kept.
pub(super) struct Answers<R, E> {
    count: usize,
    worst: Option<(Rank, Response<R>)>,
    retry_after: Option<u64>,
    error: Option<E>,
}

/// How much it matters that the sender hears of an answer: senders try again after a 5xx, and some don't after a 4xx.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Success,
    /// Nothing that a retry would change.
    Refused,
    /// A 4xx that asks for a retry.
    TryAgain,
    Failed,
    /// A 503, which says how long to wait.
    Unavailable,
}

impl Rank {
    fn of(status: StatusCode) -> Self {
        match status {
            status if status.is_success() => Self::Success,
            StatusCode::SERVICE_UNAVAILABLE => Self::Unavailable,
            status if status.is_server_error() => Self::Failed,
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS => {
                Self::TryAgain
            }
            _ => Self::Refused,
        }
    }
}

impl<R, E> Default for Answers<R, E> {
    fn default() -> Self {
        Self {
            count: 0,
            worst: None,
            retry_after: None,
            error: None,
        }
    }
}

impl<R: From<Bytes>, E> Answers<R, E> {
    /// Takes the answer to the next event. Of equals the first is kept, and of the inner service's errors too.
    pub(super) fn add(&mut self, answer: Result<Response<R>, E>) {
        self.count += 1;
        let response = match answer {
            Ok(response) => response,
            Err(error) => {
                self.error.get_or_insert(error);
                return;
            }
        };
        let rank = Rank::of(response.status());
        if rank > Rank::Success {
            self.retry_after = self.retry_after.max(retry_after(&response));
        }
        if self.worst.as_ref().is_none_or(|(known, _)| rank > *known) {
            self.worst = Some((rank, response));
        }
    }

    /// The answer to the whole: an only event's as it is, 200 for several successes, and otherwise the worst.
    pub(super) fn into_one(self) -> Result<Response<R>, E> {
        if let Some(error) = self.error {
            return Err(error);
        }
        Ok(match self.worst {
            Some((_, response)) if self.count == 1 => response,
            Some((rank, mut response)) if rank > Rank::Success => {
                if let Some(seconds) = self.retry_after {
                    let headers = response.headers_mut();
                    headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
                }
                response
            }
            _ => Response::new(R::from(Bytes::new())),
        })
    }
}

/// The seconds that an answer asks to wait. A date is no answer of this crate's, and is left where it stands.
fn retry_after<R>(response: &Response<R>) -> Option<u64> {
    response.headers().get(RETRY_AFTER)?.to_str().ok()?.parse().ok()
}
