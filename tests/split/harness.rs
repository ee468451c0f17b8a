//! An endpoint whose handler says what the test tells it to, event by event, and keeps what it was shown.

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::header::RETRY_AFTER;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use tower::util::BoxCloneSyncService;
use tower::{Layer, ServiceExt, service_fn};
use tower_webhook::provider::{Scheme, each, header, json};
use tower_webhook::store::{ManualTime, MemoryStore, Store};
use tower_webhook::testing::Delivery;
use tower_webhook::{DedupLayer, Rejection, Secret, SplitLayer, Verified, VerifyLayer};

pub(crate) type Body = Full<Bytes>;
pub(crate) type Stack = BoxCloneSyncService<Request<Body>, Response<Body>, Infallible>;
type Answer = Pin<Box<dyn Future<Output = Response<Body>> + Send>>;

/// A sender whose events have ids, kinds, times and a count of tries.
pub(crate) const BATCH: Scheme = Scheme::hmac_sha256("batch")
    .signature(header("x-batch-signature").hex())
    .events(&[each("/events/*")
        .id(json("/id"))
        .kind(&[json("/type")])
        .time(json("/at").unix_seconds())
        .unstable(&["/try"])]);

/// A sender whose delivery is an array of events without ids.
pub(crate) const BARE: Scheme = Scheme::hmac_sha256("bare")
    .signature(header("x-bare-signature").hex())
    .events(&[each("/*").kind(&[json("/category"), json("/type")])]);

/// A sender whose events stand in arrays of two kinds in the elements of an array.
pub(crate) const NESTED: Scheme = Scheme::hmac_sha256("nested")
    .signature(header("x-nested-signature").hex())
    .kind(json("/object"))
    .events(&[
        each("/entry/*/changes/*")
            .kind(&[json("/field")])
            .context(&["/entry/*/id", "/object"]),
        each("/entry/*/messaging/*").context(&["/entry/*/id", "/object"]),
    ]);

pub(crate) fn secret() -> Secret {
    Secret::new("a secret that is long enough").unwrap()
}

pub(crate) fn store() -> (MemoryStore, ManualTime) {
    let time = ManualTime::default();
    let store = MemoryStore::builder().clock(time.clone()).build().unwrap();
    (store, time)
}

/// What a handler was shown of one event.
#[derive(Clone)]
pub(crate) struct Shown {
    pub(crate) proof: Verified,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// What the handler answers, by the event's id or else its bytes; 204 where nothing is set.
#[derive(Clone, Default)]
pub(crate) struct Handler {
    seen: Arc<Mutex<Vec<Shown>>>,
    script: Arc<Mutex<HashMap<String, Script>>>,
}

#[derive(Clone)]
pub(crate) enum Script {
    Status(u16),
    RetryAfter(u16, u64),
    Panic,
    Wait(Arc<tokio::sync::Notify>),
}

impl Handler {
    pub(crate) fn set(&self, event: &str, script: Script) {
        self.script.lock().unwrap().insert(event.to_owned(), script);
    }

    pub(crate) fn clear(&self) {
        self.script.lock().unwrap().clear();
    }

    /// The names of the events that ran since this was last asked, in order.
    pub(crate) fn ran(&self) -> Vec<String> {
        self.shown().iter().map(|shown| name(&shown.proof)).collect()
    }

    pub(crate) fn shown(&self) -> Vec<Shown> {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }

    async fn answer(self, request: Request<Body>) -> Response<Body> {
        let (head, body) = request.into_parts();
        let proof = head.extensions.get::<Verified>().unwrap().clone();
        let name = name(&proof);
        let body = body.collect().await.unwrap().to_bytes();
        let headers = head.headers;
        self.seen.lock().unwrap().push(Shown { proof, headers, body });
        let script = self.script.lock().unwrap().get(&name).cloned();
        match script {
            None => status(204),
            Some(Script::Status(code)) => status(code),
            Some(Script::RetryAfter(code, seconds)) => {
                let mut response = status(code);
                response.headers_mut().insert(RETRY_AFTER, seconds.into());
                response
            }
            Some(Script::Panic) => panic!("the handler of {name}"),
            Some(Script::Wait(gate)) => {
                gate.notified().await;
                status(204)
            }
        }
    }
}

fn name(proof: &Verified) -> String {
    let bytes = || String::from_utf8_lossy(proof.body()).into_owned();
    proof.id().map_or_else(bytes, |id| (*id.value()).to_owned())
}

fn status(code: u16) -> Response<Body> {
    let mut response = Response::new(Body::from(format!("said {code}")));
    *response.status_mut() = StatusCode::from_u16(code).unwrap();
    response
}

/// Verify, split and dedup in front of the handler.
pub(crate) fn stack(scheme: Scheme, store: impl Store, handler: &Handler) -> Stack {
    let dedup = DedupLayer::new(store);
    let verify = VerifyLayer::new(scheme.with(secret())).unwrap();
    layered((verify, SplitLayer::new(), dedup), handler)
}

pub(crate) fn layered<L>(layers: L, handler: &Handler) -> Stack
where
    L: Layer<HandlerService>,
    L::Service: tower::Service<Request<Body>, Response = Response<Body>, Error = Infallible>
        + Clone
        + Send
        + Sync
        + 'static,
    <L::Service as tower::Service<Request<Body>>>::Future: Send,
{
    let handler = handler.clone();
    let answer = move |request| -> Answer { Box::pin(handler.clone().answer(request)) };
    let service: HandlerService = BoxCloneSyncService::new(service_fn(move |request| {
        let answer = answer(request);
        async move { Ok(answer.await) }
    }));
    BoxCloneSyncService::new(layers.layer(service))
}

pub(crate) type HandlerService = BoxCloneSyncService<Request<Body>, Response<Body>, Infallible>;

pub(crate) fn request(scheme: Scheme, body: impl Into<Bytes>) -> Request<Body> {
    let delivery = Delivery::new(scheme, body);
    delivery.sign(&secret()).unwrap().map(Full::new)
}

pub(crate) async fn send(stack: &Stack, scheme: Scheme, body: impl Into<Bytes>) -> Response<Body> {
    stack.clone().oneshot(request(scheme, body)).await.unwrap()
}

pub(crate) async fn code(stack: &Stack, scheme: Scheme, body: impl Into<Bytes>) -> u16 {
    send(stack, scheme, body).await.status().as_u16()
}

pub(crate) fn reason(response: &Response<Body>) -> Option<&'static str> {
    let rejection = response.extensions().get::<Rejection>();
    rejection.map(|rejection| rejection.reason().code())
}

pub(crate) fn retry_after(response: &Response<Body>) -> Option<&str> {
    let value = response.headers().get(RETRY_AFTER)?;
    Some(value.to_str().unwrap())
}

/// A delivery of `BATCH` with these ids.
pub(crate) fn batch(ids: &[&str]) -> String {
    let events: Vec<_> = ids
        .iter()
        .map(|id| format!(r#"{{"id":"{id}","type":"thing.made"}}"#))
        .collect();
    format!(r#"{{"events":[{}]}}"#, events.join(","))
}
