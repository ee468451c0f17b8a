//! A verified delivery for tests that begin behind the layers.
#![allow(dead_code, reason = "each test binary uses its own part")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use tower::{Layer, Service, ServiceExt};
use tower_webhook::provider::{Scheme, Sender};
use tower_webhook::testing::Delivery;
use tower_webhook::{Secret, VerifyLayer};

pub(crate) type Body = Full<Bytes>;

/// A secret that every described sender can use.
pub(crate) fn secret() -> Secret {
    Secret::new("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD").unwrap()
}

/// The layer that lets this sender's deliveries pass.
pub(crate) fn verify(scheme: Scheme) -> VerifyLayer {
    VerifyLayer::new(Sender::new(scheme, secret())).unwrap()
}

/// Sends a signed delivery through the sender's layer to the service.
pub(crate) async fn deliver<S>(scheme: Scheme, service: S, delivery: Delivery) -> Response<Bytes>
where
    S: Service<Request<Body>, Response = Response<Body>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: std::fmt::Debug + Send,
{
    let request = delivery.sign(&secret()).unwrap().map(Full::new);
    whole(verify(scheme).layer(service).oneshot(request).await.unwrap()).await
}

/// The response with its body read.
pub(crate) async fn whole(response: Response<Body>) -> Response<Bytes> {
    let (head, body) = response.into_parts();
    Response::from_parts(head, body.collect().await.unwrap().to_bytes())
}
