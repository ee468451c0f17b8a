//! A stack under test: both layers over a handler and a store that count their calls.

use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use bytes::Bytes;
use http::{HeaderMap, Request};
use tower::ServiceExt;
use tower_webhook::provider::{Provider, Scheme, Sender};
use tower_webhook::store::{
    Claim, Held, Lease, ManualTime, MemoryStore, Retention, Store, StoreError, Ticket,
};
use tower_webhook::testing::{Delivery, ManualClock};
use tower_webhook::{
    Attempt, DedupLayer, Fingerprint, Key, Reason, Rejection, Secret, Verified, VerifyLayer,
};

use crate::wire;

/// The time at which the tests play.
pub const NOW: u64 = 1_800_000_000;
/// A secret that every described sender can use.
pub const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

pub fn secret() -> Secret {
    Secret::new(SECRET).unwrap()
}

/// What an outsider gets to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// What the handler was called with.
#[derive(Debug, Clone)]
pub struct Call {
    pub proof: Verified,
    pub attempt: Option<Attempt>,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// What handler and store saw.
#[derive(Default)]
pub struct Seen {
    pub calls: Mutex<Vec<Call>>,
    pub reasons: Mutex<Vec<Reason>>,
    pub claims: AtomicUsize,
    pub completed: AtomicUsize,
    pub released: AtomicUsize,
}

impl Seen {
    pub fn handled(&self) -> usize {
        self.calls.lock().unwrap().len()
    }

    pub fn last(&self) -> Call {
        self.calls
            .lock()
            .unwrap()
            .last()
            .expect("the handler was called")
            .clone()
    }

    pub fn reason(&self) -> Option<Reason> {
        self.reasons.lock().unwrap().last().copied()
    }

    pub fn claims(&self) -> usize {
        self.claims.load(Ordering::SeqCst)
    }

    pub fn completed(&self) -> usize {
        self.completed.load(Ordering::SeqCst)
    }

    pub fn released(&self) -> usize {
        self.released.load(Ordering::SeqCst)
    }
}

/// A memory store that counts its calls.
#[derive(Clone)]
pub struct SpyStore {
    pub inner: MemoryStore,
    pub time: ManualTime,
    seen: Arc<Seen>,
}

impl Store for SpyStore {
    async fn claim(
        &self,
        key: &Key,
        print: &Fingerprint,
        lease: Lease,
        keep: Retention,
    ) -> Result<Claim, StoreError> {
        self.seen.claims.fetch_add(1, Ordering::SeqCst);
        self.inner.claim(key, print, lease, keep).await
    }

    async fn renew(&self, ticket: &Ticket, lease: Lease) -> Result<Held, StoreError> {
        self.inner.renew(ticket, lease).await
    }

    async fn complete(&self, ticket: &Ticket, keep: Retention) -> Result<Held, StoreError> {
        self.seen.completed.fetch_add(1, Ordering::SeqCst);
        self.inner.complete(ticket, keep).await
    }

    async fn release(&self, ticket: &Ticket) -> Result<Held, StoreError> {
        self.seen.released.fetch_add(1, Ordering::SeqCst);
        self.inner.release(ticket).await
    }

    async fn forget(&self, key: &Key) -> Result<bool, StoreError> {
        self.inner.forget(key).await
    }
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
        let time = ManualTime::default();
        let inner = MemoryStore::builder().clock(time.clone()).build().unwrap();
        let store = SpyStore {
            inner,
            time,
            seen: Arc::clone(&seen),
        };
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
                let body = to_bytes(body, usize::MAX).await.unwrap();
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
    for way in WAYS {
        let stage = stage();
        let answer = stage.send_by(way, request.clone()).await;
        assert_eq!(
            (answer.status, stage.seen.reason()),
            (status, Some(reason)),
            "{way:?}"
        );
        assert!(answer.body.is_empty());
        stage.assert_untouched();
    }
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
