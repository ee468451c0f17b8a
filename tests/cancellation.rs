//! A call through both layers that is dropped at each point where it waits: nothing is cut off half-way, and the next try
//! gets its right answer.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response};
use http_body::{Body, Frame};
use http_body_util::Full;
use tokio::runtime::{Builder, Runtime};
use tokio::task::yield_now;
use tower::{Layer, Service, ServiceExt};
use tower_webhook::provider::{GITHUB, Sender};
use tower_webhook::store::{
    Claim, Held, Lease, ManualTime, MemoryStore, Operate, RecordCounts, Retention, Store, StoreError, Ticket,
};
use tower_webhook::testing::Delivery;
use tower_webhook::{
    Attempt, BoxError, DedupLayer, Fingerprint, Key, Secret, SecretSource, Tenant, VerifyLayer,
};

/// No call here waits as often.
const DEEPEST: usize = 200;
const LEASE: Duration = Duration::from_secs(60);

/// Everything that a call waits for, and what has become of it.
#[derive(Clone, Default)]
struct Scene(Arc<State>);

#[derive(Default)]
struct State {
    time: ManualTime,
    claims: AtomicUsize,
    wins: AtomicUsize,
    settled: AtomicUsize,
    begun: AtomicUsize,
    ended: AtomicUsize,
    attempts: AtomicUsize,
    /// How many runs of the handler are to fail.
    fails: AtomicUsize,
}

impl Scene {
    fn failing(times: usize) -> Self {
        let scene = Self::default();
        scene.0.fails.store(times, Ordering::SeqCst);
        scene
    }

    fn count(&self, counter: impl Fn(&State) -> &AtomicUsize) -> usize {
        counter(&self.0).load(Ordering::SeqCst)
    }

    fn endpoint(&self) -> Endpoint {
        let store = MemoryStore::builder().clock(self.0.time.clone()).build().unwrap();
        let layers = (
            VerifyLayer::new(Sender::new(GITHUB, Vault)).unwrap(),
            DedupLayer::new(SlowStore(store.clone(), self.clone()))
                .lease(LEASE)
                .unwrap(),
        );
        let handler = Handler {
            scene: self.clone(),
            asked: false,
        };
        Endpoint {
            scene: self.clone(),
            store,
            service: tower::util::BoxCloneSyncService::new(layers.layer(handler)),
        }
    }
}

struct Endpoint {
    scene: Scene,
    store: MemoryStore,
    service: tower::util::BoxCloneSyncService<Request<Trickle>, Response<Full<Bytes>>, Infallible>,
}

impl Endpoint {
    async fn send(&self) -> u16 {
        let answer = self.service.clone().oneshot(request()).await.unwrap();
        answer.status().as_u16()
    }

    /// Polls a call this often, then drops it; answers whether it came to its end.
    async fn cut(&self, polls: usize) -> bool {
        let mut call = pin!(Some(Box::pin(self.send())));
        let mut left = polls;
        poll_fn(|context| {
            let Some(running) = call.as_mut().get_mut() else {
                return Poll::Ready(false);
            };
            if left > 0 && running.as_mut().poll(context).is_ready() {
                return Poll::Ready(true);
            }
            left = left.saturating_sub(1);
            if left == 0 {
                call.as_mut().set(None);
                return Poll::Ready(false);
            }
            Poll::Pending
        })
        .await
    }

    /// Lets what was handed to the runtime come to its end.
    async fn settle(&self) {
        for _ in 0..DEEPEST {
            yield_now().await;
        }
    }

    async fn counts(&self) -> RecordCounts {
        self.store.counts().await.unwrap()
    }

    /// What holds whenever nothing is under way.
    async fn check(&self, polls: usize) {
        let counted = |counter: fn(&State) -> &AtomicUsize| self.scene.count(counter);
        assert_eq!(
            counted(|state| &state.begun),
            counted(|state| &state.ended),
            "a handler was cut off after {polls} polls"
        );
        assert_eq!(
            counted(|state| &state.begun),
            counted(|state| &state.wins),
            "a claim had no run, or two, after {polls} polls"
        );
        assert_eq!(
            counted(|state| &state.wins),
            counted(|state| &state.settled),
            "a claim was not settled after {polls} polls"
        );
        assert_eq!(
            self.counts().await.claimed,
            0,
            "a claim was lost after {polls} polls"
        );
    }
}

#[test]
fn t168_a_call_dropped_anywhere_runs_its_handler_once() {
    for_each_cut(|polls| {
        on_a_runtime(async {
            let endpoint = Scene::default().endpoint();
            let whole = endpoint.cut(polls).await;
            let next = endpoint.send().await;
            endpoint.settle().await;
            endpoint.check(polls).await;
            assert!(next == 200 || next == 503, "{next} after {polls} polls");
            let runs = || endpoint.scene.count(|state| &state.begun);
            assert_eq!(runs(), 1, "after {polls} polls the next try got {next}");
            assert_eq!((endpoint.send().await, runs()), (200, 1), "after {polls} polls");
            whole
        })
    });
}

#[test]
fn t168_a_call_dropped_anywhere_before_a_failure_leaves_the_event_to_the_next() {
    for_each_cut(|polls| {
        on_a_runtime(async {
            let endpoint = Scene::failing(1).endpoint();
            let whole = endpoint.cut(polls).await;
            endpoint.settle().await;
            endpoint.check(polls).await;
            let claimed = endpoint.scene.count(|state| &state.wins) == 1;
            let wanted = if claimed { 200 } else { 500 };
            assert_eq!(endpoint.send().await, wanted, "after {polls} polls");
            assert_eq!(endpoint.send().await, 200);
            endpoint.check(polls).await;
            let (runs, attempts) = (
                endpoint.scene.count(|state| &state.begun),
                endpoint.scene.count(|state| &state.attempts),
            );
            assert_eq!((runs, attempts), (2, 2), "after {polls} polls");
            whole
        })
    });
}

/// The process stops: what was handed to its runtime is lost with it, and the lease's end gives the event back.
#[test]
fn t169_a_runtime_that_ends_anywhere_leaves_the_event_to_the_lease() {
    for_each_cut(|polls| {
        let endpoint = Scene::default().endpoint();
        let whole = on_a_runtime(endpoint.cut(polls));
        let won = endpoint.scene.count(|state| &state.wins);
        on_a_runtime(async {
            let done = endpoint.counts().await.completed == 1;
            endpoint.scene.0.time.advance(LEASE);
            assert_eq!(endpoint.send().await, 200, "after {polls} polls");
            let wins = endpoint.scene.count(|state| &state.wins);
            assert_eq!(wins, won + usize::from(!done), "after {polls} polls");
            let runs = endpoint.scene.count(|state| &state.ended);
            assert!((1..=2).contains(&runs), "{runs} whole runs after {polls} polls");
            assert_eq!(endpoint.counts().await.claimed, 0, "after {polls} polls");
        });
        whole
    });
}

/// Cuts a call after each number of polls, until it comes to its end.
fn for_each_cut(cut: impl FnMut(usize) -> bool) {
    let polls = (0..DEEPEST)
        .position(cut)
        .expect("the call never came to its end");
    // The secrets, five times the body, the handler twice and its readiness, the store twice at either end.
    assert_eq!(
        polls, 14,
        "as often as there is something to wait for, and once more"
    );
}

fn on_a_runtime<F: Future>(work: F) -> F::Output {
    let runtime: Runtime = Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(work)
}

fn request() -> Request<Trickle> {
    let delivery = Delivery::new(GITHUB, r#"{"zen":"Keep it logically awesome."}"#);
    let signed = delivery.kind("push").id("1").sign(&secret()).unwrap();
    signed.map(Trickle::from)
}

fn secret() -> Secret {
    Secret::new("a secret that is long enough").unwrap()
}

/// Secrets that are asked for each time.
struct Vault;

impl SecretSource for Vault {
    async fn lookup(&self, _: &Parts) -> Result<Option<Tenant>, BoxError> {
        yield_now().await;
        Ok(Some(Tenant::unnamed(secret())))
    }
}

/// A body of a few bytes at a time, each after a wait.
struct Trickle {
    pieces: VecDeque<Bytes>,
    waited: bool,
}

impl From<Bytes> for Trickle {
    fn from(whole: Bytes) -> Self {
        let pieces = whole.chunks(9).map(Bytes::copy_from_slice).collect();
        Self {
            pieces,
            waited: false,
        }
    }
}

impl Body for Trickle {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.waited = !self.waited;
        if self.waited {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(self.pieces.pop_front().map(|piece| Ok(Frame::data(piece))))
    }
}

/// A handler that waits until it is ready, and twice while it runs.
#[derive(Clone)]
struct Handler {
    scene: Scene,
    asked: bool,
}

impl Service<Request<Trickle>> for Handler {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Full<Bytes>>, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        if !std::mem::replace(&mut self.asked, true) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Trickle>) -> Self::Future {
        let state = Arc::clone(&self.scene.0);
        let attempt = request.extensions().get::<Attempt>().unwrap().number();
        Box::pin(async move {
            state.begun.fetch_add(1, Ordering::SeqCst);
            state
                .attempts
                .store(usize::try_from(attempt).unwrap(), Ordering::SeqCst);
            yield_now().await;
            let left = |left: usize| left.checked_sub(1);
            let fails = state
                .fails
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, left)
                .is_ok();
            yield_now().await;
            state.ended.fetch_add(1, Ordering::SeqCst);
            let mut answer = Response::new(Full::default());
            if fails {
                *answer.status_mut() = http::StatusCode::INTERNAL_SERVER_ERROR;
            }
            Ok(answer)
        })
    }
}

/// A store that waits before and behind each step.
struct SlowStore(MemoryStore, Scene);

impl SlowStore {
    fn settled(&self, held: &Result<Held, StoreError>) {
        let yes = matches!(held, Ok(Held::Yes));
        self.1.0.settled.fetch_add(usize::from(yes), Ordering::SeqCst);
    }
}

impl Store for SlowStore {
    async fn claim(
        &self,
        key: &Key,
        print: &Fingerprint,
        lease: Lease,
        keep: Retention,
    ) -> Result<Claim, StoreError> {
        self.1.0.claims.fetch_add(1, Ordering::SeqCst);
        yield_now().await;
        let claim = self.0.claim(key, print, lease, keep).await;
        let won = matches!(claim, Ok(Claim::Won(_)));
        self.1.0.wins.fetch_add(usize::from(won), Ordering::SeqCst);
        yield_now().await;
        claim
    }

    async fn renew(&self, ticket: &Ticket, lease: Lease) -> Result<Held, StoreError> {
        yield_now().await;
        self.0.renew(ticket, lease).await
    }

    async fn complete(&self, ticket: &Ticket, keep: Retention) -> Result<Held, StoreError> {
        yield_now().await;
        let held = self.0.complete(ticket, keep).await;
        self.settled(&held);
        yield_now().await;
        held
    }

    async fn release(&self, ticket: &Ticket) -> Result<Held, StoreError> {
        yield_now().await;
        let held = self.0.release(ticket).await;
        self.settled(&held);
        yield_now().await;
        held
    }

    async fn forget(&self, key: &Key) -> Result<bool, StoreError> {
        self.0.forget(key).await
    }
}
