//! An endpoint, everything that a call to it waits for, and what has become of it.

use std::collections::HashSet;
use std::convert::Infallible;
use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use tokio::task::yield_now;
use tokio::time::Instant;
use tower::util::BoxCloneSyncService;
use tower::{Layer, Service, ServiceExt};
use tower_webhook::provider::{GITHUB, Sender};
use tower_webhook::store::{ManualTime, MemoryStore, Operate, RecordCounts};
use tower_webhook::testing::Delivery;
use tower_webhook::{DedupLayer, VerifyLayer};

use crate::cut::{DEEPEST, cut};
use crate::handler::{Handler, Trickle, Vault, secret};
use crate::log;
use crate::store::SlowStore;

pub(crate) const LEASE: Duration = Duration::from_secs(60);

#[derive(Clone, Default)]
pub(crate) struct Scene(Arc<State>);

#[derive(Default)]
pub(crate) struct State {
    pub(crate) time: ManualTime,
    kept: Mutex<Option<Instant>>,
    pub(crate) claims: AtomicUsize,
    pub(crate) wins: AtomicUsize,
    pub(crate) renewed: AtomicUsize,
    pub(crate) completed: AtomicUsize,
    pub(crate) released: AtomicUsize,
    /// The events whose handlers began, and whose came to their end, by their ids.
    pub(crate) begun: Mutex<Vec<String>>,
    pub(crate) ended: Mutex<Vec<String>>,
    pub(crate) attempts: AtomicUsize,
    /// How many handlers had heard that their claims were lost when they came to their end.
    pub(crate) told: AtomicUsize,
    /// How long a handler takes.
    pub(crate) takes: Duration,
    /// The events whose next run is to fail.
    fails: Mutex<Vec<&'static str>>,
    /// How many of these steps of the store are to fail.
    pub(crate) fail_claim: AtomicUsize,
    pub(crate) fail_renew: AtomicUsize,
    /// How many of these are never to be answered.
    pub(crate) hang_renew: AtomicUsize,
    pub(crate) fail_complete: AtomicUsize,
}

/// One less, unless there is none left.
pub(crate) fn take(counter: &AtomicUsize) -> bool {
    let less = |left: usize| left.checked_sub(1);
    counter
        .fetch_update(Ordering::SeqCst, Ordering::SeqCst, less)
        .is_ok()
}

impl Scene {
    /// Each of these events fails in its first run.
    pub(crate) fn failing(events: &[&'static str]) -> Self {
        Self::lasting(Duration::ZERO, events)
    }

    /// The same, with handlers that take this long.
    pub(crate) fn lasting(takes: Duration, failing: &[&'static str]) -> Self {
        Self(Arc::new(State {
            takes,
            fails: Mutex::new(failing.to_vec()),
            ..State::default()
        }))
    }

    pub(crate) fn state(&self) -> &State {
        &self.0
    }

    pub(crate) fn count(&self, counter: impl Fn(&State) -> &AtomicUsize) -> usize {
        counter(&self.0).load(Ordering::SeqCst)
    }

    pub(crate) fn begun(&self) -> Vec<String> {
        self.0.begun.lock().unwrap().clone()
    }

    pub(crate) fn ended(&self) -> Vec<String> {
        self.0.ended.lock().unwrap().clone()
    }

    pub(crate) fn is_to_fail(&self, event: &str) -> bool {
        let mut fails = self.0.fails.lock().unwrap();
        let found = fails.iter().position(|name| *name == event);
        found.map(|at| fails.remove(at)).is_some()
    }

    /// Lets the store's time go on as the runtime's has. Another runtime begins where the last one did, which moves nothing.
    pub(crate) fn keep_time(&self) {
        let now = Instant::now();
        let before = self.0.kept.lock().unwrap().replace(now);
        let passed = before.map(|before| now.saturating_duration_since(before));
        self.0.time.advance(passed.unwrap_or_default());
    }

    pub(crate) fn endpoint(&self) -> Endpoint {
        self.endpoint_with(|dedup| dedup)
    }

    pub(crate) fn endpoint_with(&self, change: impl FnOnce(DedupLayer) -> DedupLayer) -> Endpoint {
        let verify = VerifyLayer::new(Sender::new(GITHUB, Vault)).unwrap();
        self.behind(request, |dedup| (verify, change(dedup)))
    }

    /// An endpoint of these layers that is sent this request.
    pub(crate) fn behind<L>(
        &self,
        request: fn() -> Request<Trickle>,
        layers: impl FnOnce(DedupLayer) -> L,
    ) -> Endpoint
    where
        L: Layer<Handler>,
        L::Service: Service<Request<Trickle>, Response = Response<Full<Bytes>>, Error = Infallible>
            + Clone
            + Send
            + Sync
            + 'static,
        <L::Service as Service<Request<Trickle>>>::Future: Send,
    {
        let store = MemoryStore::builder().clock(self.0.time.clone()).build().unwrap();
        let dedup = DedupLayer::new(SlowStore(store.clone(), self.clone()));
        let layers = layers(dedup.lease(LEASE).unwrap());
        Endpoint {
            scene: self.clone(),
            store,
            service: BoxCloneSyncService::new(layers.layer(Handler::new(self))),
            request,
        }
    }
}

pub(crate) struct Endpoint {
    pub(crate) scene: Scene,
    store: MemoryStore,
    service: BoxCloneSyncService<Request<Trickle>, Response<Full<Bytes>>, Infallible>,
    request: fn() -> Request<Trickle>,
}

impl Endpoint {
    pub(crate) async fn send(&self) -> u16 {
        self.call((self.request)()).await
    }

    /// The status that this request gets.
    pub(crate) fn call(&self, request: Request<Trickle>) -> impl Future<Output = u16> + Send + 'static {
        let answer = self.service.clone().oneshot(request);
        async move { answer.await.unwrap().status().as_u16() }
    }

    /// Polls a call this often, then drops it; answers what it got, if it came to its end.
    pub(crate) async fn cut(&self, polls: usize) -> Option<u16> {
        cut(self.send(), polls).await
    }

    /// Lets what was handed to the runtime come to its end, as long as that takes no time.
    pub(crate) async fn settle(&self) {
        for _ in 0..DEEPEST {
            yield_now().await;
        }
    }

    pub(crate) async fn counts(&self) -> RecordCounts {
        self.scene.keep_time();
        self.store.counts().await.unwrap()
    }

    /// What holds whenever nothing is under way.
    pub(crate) async fn check(&self, polls: usize) {
        let scene = &self.scene;
        let (begun, ended, wins) = (scene.begun(), scene.ended(), scene.count(|state| &state.wins));
        let (completed, released) = (
            scene.count(|state| &state.completed),
            scene.count(|state| &state.released),
        );
        assert_eq!(
            begun.len(),
            ended.len(),
            "a handler was cut off after {polls} polls"
        );
        assert_eq!(
            begun.len(),
            wins,
            "a claim had no run, or two, after {polls} polls"
        );
        assert_eq!(
            wins,
            completed + released,
            "a claim was not settled after {polls} polls"
        );
        let events: HashSet<_> = begun.iter().collect();
        assert!(completed <= events.len(), "completed twice after {polls} polls");
        let outcomes = log::outcomes();
        let counted = |name: &str| outcomes.iter().filter(|outcome| *outcome == name).count();
        assert_eq!(
            (counted("completed"), counted("released")),
            (completed, released),
            "an outcome was not counted, or twice, after {polls} polls"
        );
        let claimed = self.counts().await.claimed;
        assert_eq!(claimed, 0, "a claim was lost after {polls} polls");
    }
}

pub(crate) fn request() -> Request<Trickle> {
    let delivery = Delivery::new(GITHUB, r#"{"zen":"Keep it logically awesome."}"#);
    let signed = delivery.kind("push").id("1").sign(&secret()).unwrap();
    signed.map(Trickle::from)
}
