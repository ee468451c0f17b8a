//! The axum extractors, and what a handler can return.

use axum_core::extract::FromRequestParts;
use axum_core::response::{IntoResponse, Response};
use http::request::Parts;

use super::{Event, Webhook};
use crate::dedup::{Attempt, Outcome};
use crate::error::BoxError;
use crate::rejection::{Reason, Rejection};
use crate::telemetry;
use crate::verified::Verified;

impl<E: Event, S: Sync> FromRequestParts<S> for Webhook<E> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let Some(delivery) = parts.extensions.get::<Verified>() else {
            return Err(unproven(parts));
        };
        E::read(delivery)
            .map(Webhook)
            .map_err(|error| refuse(parts, delivery.provider(), Reason::MalformedBody, error.into()))
    }
}

impl<S: Sync> FromRequestParts<S> for Verified {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| unproven(parts))
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

fn unproven(parts: &Parts) -> Response {
    missing(
        parts,
        "apply a `VerifyLayer` in front of a handler that asks for a verified event",
    )
}

fn missing(parts: &Parts, advice: &'static str) -> Response {
    refuse(parts, "unknown", Reason::LayerMissing, advice.into())
}

fn refuse(parts: &Parts, provider: &'static str, reason: Reason, cause: BoxError) -> Response {
    let rejection = Rejection::new(reason);
    telemetry::rejected(provider, &rejection, Some(&*cause));
    rejection.into_response(parts.version)
}
