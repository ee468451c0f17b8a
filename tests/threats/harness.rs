//! A stack under test: both layers over a handler and a store that count their calls.

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use bytes::Bytes;
use http::Request;
use http_body_util::BodyExt;
use tower::ServiceExt;
use tower_webhook::provider::{GITHUB, Provider, SLACK, STANDARD_WEBHOOKS, STRIPE, Scheme, Sender};
use tower_webhook::testing::{Delivery, ManualClock};
use tower_webhook::{Attempt, DedupLayer, Reason, Rejection, Secret, Verified, VerifyLayer};

pub use crate::spy::{Answer, Call, Seen, SpyStore};
use crate::wire;

/// The time at which the tests play.
pub const NOW: u64 = 1_800_000_000;
/// A secret that every described sender can use.
pub const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

/// An event that every described sender could have sent.
pub const BODY: &str = r#"{"id":"evt_1","event_id":"Ev1","type":"invoice.paid","livemode":false}"#;

/// The described senders, each with the header that carries its signature.
pub const SENDERS: [(Scheme, &str); 4] = [
    (GITHUB, "x-hub-signature-256"),
    (STRIPE, "stripe-signature"),
    (SLACK, "x-slack-signature"),
    (STANDARD_WEBHOOKS, "webhook-signature"),
];

pub fn secret() -> Secret {
    Secret::new(SECRET).unwrap()
}

/// Both layers over a handler that says 200 and "handled", with everything there is to look at.
pub struct Stage {
    pub router: Router,
    pub seen: Arc<Seen>,
    pub store: SpyStore,
    pub clock: ManualClock,
}

impl Stage {
    pub fn new(provider: impl Provider) -> Self {
        Self::with(provider, |verify| verify, |dedup| dedup)
    }

    pub fn of(scheme: Scheme) -> Self {
        Self::new(Sender::new(scheme, secret()))
    }

    pub fn with(
        provider: impl Provider,
        verify: impl FnOnce(VerifyLayer) -> VerifyLayer,
        dedup: impl FnOnce(DedupLayer) -> DedupLayer,
    ) -> Self {
        Self::answering(provider, verify, dedup, |_| async { "handled".into_response() })
    }

    /// The same with a handler of the test's own.
    pub fn answering<F>(
        provider: impl Provider,
        verify: impl FnOnce(VerifyLayer) -> VerifyLayer,
        dedup: impl FnOnce(DedupLayer) -> DedupLayer,
        handler: impl Fn(Call) -> F + Clone + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Response> + Send,
    {
        let seen = Arc::new(Seen::default());
        let store = SpyStore::new(Arc::clone(&seen));
        let clock = ManualClock::at_unix(NOW);
        let (on_head, on_claim) = (Arc::clone(&seen), Arc::clone(&seen));
        let verify = verify(VerifyLayer::new(provider).unwrap().clock(clock.clone()))
            .on_reject(move |rejection, _| on_head.reasons.lock().unwrap().push(rejection.reason()));
        let dedup = dedup(DedupLayer::new(store.clone()))
            .on_reject(move |rejection, _| on_claim.reasons.lock().unwrap().push(rejection.reason()));
        let spy = Arc::clone(&seen);
        let route = any(move |request: Request<Body>| {
            let (spy, handler) = (Arc::clone(&spy), handler.clone());
            async move {
                let (head, body) = request.into_parts();
                let body = body.collect().await.unwrap();
                assert!(body.trailers().is_none(), "a trailer is verified by nobody");
                let body = body.to_bytes();
                let proof = head.extensions.get::<Verified>().unwrap().clone();
                let attempt = head.extensions.get::<Attempt>().cloned();
                let call = Call {
                    proof,
                    attempt,
                    headers: head.headers,
                    body,
                };
                spy.calls.lock().unwrap().push(call.clone());
                handler(call).await
            }
        });
        Self {
            router: Router::new().fallback(route).layer((verify, dedup)),
            seen,
            store,
            clock,
        }
    }

    /// Straight into the service.
    pub async fn send(&self, request: Request<Bytes>) -> Answer {
        let response = self
            .router
            .clone()
            .oneshot(request.map(Body::from))
            .await
            .unwrap();
        let rejection = response.extensions().get::<Rejection>().cloned();
        let (head, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        if let Some(rejection) = rejection {
            assert_eq!(rejection.status(), head.status);
            assert!(body.is_empty(), "a refusal says nothing");
        }
        Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            body,
        }
    }

    pub fn delivery(&self, scheme: Scheme, body: impl Into<Bytes>) -> Delivery {
        Delivery::new(scheme, body).at(self.clock.time())
    }

    pub fn assert_untouched(&self) {
        assert_eq!(
            (self.seen.handled(), self.seen.claims()),
            (0, 0),
            "neither handler nor store may be called"
        );
    }
}

/// The three ways in.
#[derive(Debug, Clone, Copy)]
pub enum Way {
    Call,
    Http1,
    Http2,
}

pub const WAYS: [Way; 3] = [Way::Call, Way::Http1, Way::Http2];

impl Stage {
    pub async fn send_by(&self, way: Way, request: Request<Bytes>) -> Answer {
        match way {
            Way::Call => self.send(request).await,
            Way::Http1 => wire::http1(self.router.clone(), request).await,
            Way::Http2 => wire::http2(self.router.clone(), request).await,
        }
    }
}

/// Sends the request to a new stage on every way: it must be refused for this reason, with nothing touched.
pub async fn refused(stage: impl Fn() -> Stage, request: Request<Bytes>, status: u16, reason: Reason) {
    refused_by(&WAYS, stage, request, status, reason).await;
}

/// The same on some of the ways.
pub async fn refused_by(
    ways: &[Way],
    stage: impl Fn() -> Stage,
    request: Request<Bytes>,
    status: u16,
    reason: Reason,
) {
    for way in ways {
        let stage = stage();
        let answer = stage.send_by(*way, request.clone()).await;
        assert_eq!(
            (answer.status, stage.seen.reason()),
            (status, Some(reason)),
            "{way:?}: {:?}",
            request.headers()
        );
        assert!(answer.body.is_empty());
        stage.assert_untouched();
    }
}

/// REJ: the scheme's endpoint must answer 401 on every way.
pub async fn rejected(scheme: Scheme, request: Request<Bytes>, reason: Reason) {
    refused(|| Stage::of(scheme), request, 401, reason).await;
}

/// BAD: the scheme's endpoint must answer 400 on every way.
pub async fn unreadable(scheme: Scheme, request: Request<Bytes>, reason: Reason) {
    refused(|| Stage::of(scheme), request, 400, reason).await;
}

/// Sends the request to a new stage on every way: it must reach the handler once and be completed.
pub async fn accepted(stage: impl Fn() -> Stage, request: Request<Bytes>) {
    for way in WAYS {
        let stage = stage();
        let answer = stage.send_by(way, request.clone()).await;
        assert_eq!((answer.status, stage.seen.reason()), (200, None), "{way:?}");
        assert_eq!(&answer.body[..], b"handled");
        assert_eq!(
            stage.seen.last().body,
            *request.body(),
            "the handler's bytes are the verified bytes"
        );
        assert_eq!(
            (stage.seen.handled(), stage.seen.claims(), stage.seen.completed()),
            (1, 1, 1)
        );
    }
}

/// The request with another value for a header.
pub fn with_header(mut request: Request<Bytes>, name: &'static str, value: &[u8]) -> Request<Bytes> {
    request
        .headers_mut()
        .insert(name, http::HeaderValue::from_bytes(value).unwrap());
    request
}

/// The request without a header.
pub fn without(mut request: Request<Bytes>, name: &str) -> Request<Bytes> {
    request.headers_mut().remove(name);
    request
}

/// A genuine delivery of this sender.
pub fn genuine(scheme: Scheme) -> Request<Bytes> {
    signed(scheme, BODY)
}

/// A delivery of this body, signed now.
pub fn signed(scheme: Scheme, body: impl Into<Bytes>) -> Request<Bytes> {
    let now = ManualClock::at_unix(NOW).time();
    Delivery::new(scheme, body).at(now).sign(&secret()).unwrap()
}

/// Runs a property's future to its end.
pub fn run<F: Future>(future: F) -> F::Output {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().unwrap().block_on(future)
}
