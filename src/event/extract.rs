//! The axum extractors, and what a handler can return.

use axum_core::extract::FromRequestParts;
use axum_core::response::{IntoResponse, Response};
use http::request::Parts;

use super::{Event, EventError, UnsignedWebhook, Webhook};
use crate::dedup::{Attempt, Outcome, Unclaimed};
use crate::error::BoxError;
use crate::rejection::{Reason, Rejection};
use crate::telemetry;
use crate::verified::{UnsignedBody, Verified};

impl<E: Event, S: Sync> FromRequestParts<S> for Webhook<E> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let delivery = Verified::required(&parts.extensions).map_err(|lack| unproven(parts, lack))?;
        E::read(delivery)
            .map(Webhook)
            .map_err(|error| misread(parts, delivery, error))
    }
}

impl<E: Event, S: Sync> FromRequestParts<S> for UnsignedWebhook<E> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let body = UnsignedBody::from_request_parts(parts, state).await?;
        let delivery = body.delivery();
        E::read(delivery)
            .map(UnsignedWebhook)
            .map_err(|error| misread(parts, delivery, error))
    }
}

impl<S: Sync> FromRequestParts<S> for UnsignedBody {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| {
            missing(
                parts,
                "apply a `VerifyLayer` for a sender without signed bodies in front of a handler that asks for one; a signed \
                 event is a `Verified`",
            )
        })
    }
}

impl<S: Sync> FromRequestParts<S> for Verified {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        Verified::required(&parts.extensions)
            .cloned()
            .map_err(|lack| unproven(parts, lack))
    }
}

impl<S: Sync> FromRequestParts<S> for Attempt {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let attempt = parts.extensions.get::<Self>().cloned();
        attempt.ok_or_else(|| {
            missing(
                parts,
                "apply a `DedupLayer` in front of a handler that asks for its `Attempt`",
            )
        })
    }
}

impl IntoResponse for Outcome {
    fn into_response(self) -> Response {
        Outcome::into_response(self)
    }
}

impl IntoResponse for Unclaimed {
    fn into_response(self) -> Response {
        Unclaimed::into_response(self)
    }
}

fn misread(parts: &Parts, delivery: &Verified, error: EventError) -> Response {
    refuse(parts, delivery.provider(), Reason::MalformedBody, error.into())
}

fn unproven(parts: &Parts, (reason, advice): (Reason, &'static str)) -> Response {
    refuse(parts, "unknown", reason, advice.into())
}

fn missing(parts: &Parts, advice: &'static str) -> Response {
    refuse(parts, "unknown", Reason::LayerMissing, advice.into())
}

fn refuse(parts: &Parts, provider: &'static str, reason: Reason, cause: BoxError) -> Response {
    let rejection = Rejection::new(reason);
    telemetry::rejected(provider, &rejection, Some(&*cause));
    rejection.into_response(parts.version)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(answer: impl IntoResponse) -> u16 {
        answer.into_response().status().as_u16()
    }

    #[test]
    fn a_handler_can_return_an_outcome_or_why_it_does_not_hold_the_claim() {
        assert_eq!(status(Outcome::from(Err::<(), BoxError>("not now".into()))), 503);
        assert_eq!(status(Unclaimed::Conflict), 422);
    }
}
