//! The claim around a handler: what happens when it is slow, fails, panics, or is left alone.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use support::{Body, secret, verify};
use tokio::sync::Notify;
use tokio::task::yield_now;
use tokio::time::{Instant, advance, sleep};
use tower::util::BoxCloneSyncService;
use tower::{Layer, ServiceExt, service_fn};
use tower_webhook::provider::GITHUB;
use tower_webhook::store::{
    Claim, Held, Lease, ManualTime, MemoryStore, Retention, Store, StoreError, Ticket,
};
use tower_webhook::testing::Delivery;
use tower_webhook::{Attempt, DedupLayer, Fingerprint, InFlight, Key, Outcome, Verified};

/// A memory store with a clock that is set, that can be told to fail, and that gives way at each verb.
#[derive(Clone, Default)]
struct Flaky(Arc<State>);

#[derive(Default)]
struct State {
    inner: Mutex<Option<MemoryStore>>,
    time: ManualTime,
    late_claims: AtomicUsize,
    slow_claims: AtomicUsize,
    fail_complete: AtomicUsize,
    fail_renew: AtomicUsize,
    hang_renew: AtomicUsize,
    renewals: AtomicUsize,
    marks: Mutex<Vec<Instant>>,
    completed: AtomicUsize,
    released: AtomicUsize,
    yields: AtomicUsize,
}

fn take(counter: &AtomicUsize) -> bool {
    counter
        .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1))
        .is_ok()
}

impl Flaky {
    fn inner(&self) -> MemoryStore {
        let mut inner = self.0.inner.lock().unwrap();
        inner
            .get_or_insert_with(|| MemoryStore::builder().clock(self.0.time.clone()).build().unwrap())
            .clone()
    }

    async fn give_way(&self) {
        for _ in 0..self.0.yields.load(Ordering::SeqCst) {
            yield_now().await;
        }
    }

    /// Lets time pass for the store and for the runtime alike.
    async fn pass(&self, by: Duration) {
        self.0.time.advance(by);
        advance(by).await;
        for _ in 0..20 {
            yield_now().await;
        }
    }

    fn count(&self, counter: impl Fn(&State) -> &AtomicUsize) -> usize {
        counter(&self.0).load(Ordering::SeqCst)
    }
}

impl Store for Flaky {
    async fn claim(
        &self,
        key: &Key,
        print: &Fingerprint,
        lease: Lease,
        keep: Retention,
    ) -> Result<Claim, StoreError> {
        self.give_way().await;
        let claim = self.inner().claim(key, print, lease, keep).await;
        if take(&self.0.late_claims) {
            std::future::pending::<()>().await;
        }
        if take(&self.0.slow_claims) {
            sleep(SLOW).await;
        }
        claim
    }

    async fn renew(&self, ticket: &Ticket, lease: Lease) -> Result<Held, StoreError> {
        self.0.renewals.fetch_add(1, Ordering::SeqCst);
        if take(&self.0.fail_renew) {
            return Err(StoreError::unavailable("away"));
        }
        if take(&self.0.hang_renew) {
            std::future::pending::<()>().await;
        }
        self.inner().renew(ticket, lease).await
    }

    async fn complete(&self, ticket: &Ticket, keep: Retention) -> Result<Held, StoreError> {
        self.give_way().await;
        self.0.marks.lock().unwrap().push(Instant::now());
        if take(&self.0.fail_complete) {
            return Err(StoreError::unavailable("away"));
        }
        let held = self.inner().complete(ticket, keep).await;
        self.0.completed.fetch_add(
            usize::from(held.as_ref().is_ok_and(|held| *held == Held::Yes)),
            Ordering::SeqCst,
        );
        self.give_way().await;
        held
    }

    async fn release(&self, ticket: &Ticket) -> Result<Held, StoreError> {
        self.give_way().await;
        self.0.released.fetch_add(1, Ordering::SeqCst);
        self.inner().release(ticket).await
    }

    async fn forget(&self, key: &Key) -> Result<bool, StoreError> {
        self.inner().forget(key).await
    }
}

/// A slow store's time for its answer to a claim: less than a third of the usual lease is left then.
const SLOW: Duration = Duration::from_secs(50);

type Stack = BoxCloneSyncService<Request<Body>, Response<Body>, std::convert::Infallible>;

fn stack<F>(dedup: DedupLayer, handler: impl Fn(Attempt) -> F + Clone + Send + Sync + 'static) -> Stack
where
    F: Future<Output = Response<Body>> + Send + 'static,
{
    let service = service_fn(move |request: Request<Body>| {
        let attempt = request.extensions().get::<Attempt>().unwrap().clone();
        let answer = handler(attempt);
        async move { Ok(answer.await) }
    });
    BoxCloneSyncService::new((verify(GITHUB), dedup).layer(service))
}

fn status(code: u16) -> Response<Body> {
    let mut response = Response::new(Full::new(Bytes::from_static(b"handled")));
    *response.status_mut() = StatusCode::from_u16(code).unwrap();
    response
}

fn request() -> Request<Body> {
    Delivery::new(GITHUB, "{}")
        .kind("push")
        .sign(&secret())
        .unwrap()
        .map(Full::new)
}

async fn send(stack: &Stack) -> Response<Body> {
    stack.clone().oneshot(request()).await.unwrap()
}

async fn code(stack: &Stack) -> u16 {
    send(stack).await.status().as_u16()
}

#[tokio::test(start_paused = true)]
async fn a_long_handler_keeps_its_claim_by_renewing_it_each_third() {
    let (store, go) = (Flaky::default(), Arc::new(Notify::new()));
    let wait = Arc::clone(&go);
    let stack = stack(DedupLayer::new(store.clone()), move |_| {
        let wait = Arc::clone(&wait);
        async move {
            wait.notified().await;
            status(200)
        }
    });
    let running = tokio::spawn({
        let stack = stack.clone();
        async move { code(&stack).await }
    });
    store.pass(Duration::ZERO).await;
    for _ in 0..15 {
        store.pass(Duration::from_secs(20)).await;
        assert_eq!(
            code(&stack).await,
            503,
            "five minutes on, the first attempt still holds the claim"
        );
    }
    assert_eq!(store.count(|state| &state.renewals), 15);
    go.notify_one();
    assert_eq!(running.await.unwrap(), 200);
    assert_eq!(code(&stack).await, 200);
    assert_eq!(store.count(|state| &state.completed), 1);
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_fails_is_tried_again_before_the_lease_ends() {
    let (store, go) = (Flaky::default(), Arc::new(Notify::new()));
    store.0.fail_renew.store(1, Ordering::SeqCst);
    let wait = Arc::clone(&go);
    let stack = stack(DedupLayer::new(store.clone()), move |attempt| {
        let wait = Arc::clone(&wait);
        async move {
            wait.notified().await;
            assert!(!attempt.is_lost());
            status(200)
        }
    });
    let running = tokio::spawn({
        let stack = stack.clone();
        async move { code(&stack).await }
    });
    store.pass(Duration::ZERO).await;
    for (seconds, renewals) in [(20, 1), (5, 2), (20, 3), (20, 4)] {
        store.pass(Duration::from_secs(seconds)).await;
        assert_eq!(store.count(|state| &state.renewals), renewals);
    }
    assert_eq!(code(&stack).await, 503, "past the first lease it is held");
    store.0.fail_renew.store(1, Ordering::SeqCst);
    for (seconds, renewals) in [(20, 5), (5, 6)] {
        store.pass(Duration::from_secs(seconds)).await;
        assert_eq!(
            store.count(|state| &state.renewals),
            renewals,
            "each renewal counts anew"
        );
    }
    go.notify_one();
    assert_eq!(running.await.unwrap(), 200);
    assert_eq!(store.count(|state| &state.completed), 1);
}

#[test]
fn a_lease_is_between_a_second_and_a_day() {
    let day = Duration::from_secs(86_400);
    let taken = |lease| DedupLayer::new(Flaky::default()).lease(lease).is_ok();
    assert!(taken(Duration::from_secs(1)) && taken(day));
    assert!(!taken(Duration::from_millis(999)) && !taken(day + Duration::from_millis(1)));
}

#[tokio::test(start_paused = true)]
async fn a_hook_that_panics_gives_the_claim_back() {
    let layer = DedupLayer::new(Flaky::default()).on_dead_letter(|letter| {
        assert!(letter.attempts() > 1, "as hooks panic");
    });
    let stack = stack(layer, |_| async {
        let mut response = status(200);
        response.extensions_mut().insert(Outcome::Permanent);
        response
    });
    let first = stack.clone();
    assert!(tokio::spawn(async move { code(&first).await }).await.is_err());
    yield_now().await;
    assert_eq!(code(&stack).await, 200, "the second attempt runs at once");
}

#[tokio::test]
async fn an_attempt_says_its_events_key_and_a_fence_above_those_before() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let service = service_fn(move |request: Request<Body>| {
        let extensions = request.extensions();
        let attempt = extensions.get::<Attempt>().unwrap();
        let key = extensions.get::<Verified>().unwrap().key("", None);
        assert_eq!(Some(*attempt.key()), key);
        let mut seen = log.lock().unwrap();
        seen.push((attempt.number(), attempt.fence()));
        let code = if seen.len() < 3 { 500 } else { 200 };
        std::future::ready(Ok(status(code)))
    });
    let stack: Stack =
        BoxCloneSyncService::new((verify(GITHUB), DedupLayer::new(Flaky::default())).layer(service));
    for expected in [500, 500, 200, 200] {
        assert_eq!(code(&stack).await, expected);
    }
    let seen = seen.lock().unwrap();
    assert_eq!(
        seen.iter().map(|(number, _)| *number).collect::<Vec<_>>(),
        [1, 2, 3]
    );
    assert!(
        seen.is_sorted_by(|(_, before), (_, after)| before < after),
        "{seen:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn t193_a_handler_that_lost_its_claim_is_told_and_cannot_settle_it() {
    let (store, attempts) = (Flaky::default(), Arc::new(AtomicUsize::new(0)));
    store.0.fail_renew.store(usize::MAX, Ordering::SeqCst);
    let runs = Arc::clone(&attempts);
    let stack = stack(DedupLayer::new(store.clone()), move |attempt| {
        let first = runs.fetch_add(1, Ordering::SeqCst) == 0;
        async move {
            if first {
                assert!(!attempt.is_lost());
                attempt.lost().await;
                sleep(Duration::from_secs(5)).await;
                assert!(attempt.is_lost() && attempt.number() == 1);
            } else {
                assert_eq!(attempt.number(), 2);
            }
            status(200)
        }
    });
    let slow = tokio::spawn({
        let stack = stack.clone();
        async move { code(&stack).await }
    });
    for _ in 0..13 {
        store.pass(Duration::from_secs(5)).await;
    }
    assert_eq!(code(&stack).await, 200, "the lease is over: another attempt runs");
    assert_eq!(store.count(|state| &state.completed), 1);
    store.pass(Duration::from_secs(30)).await;
    assert_eq!(slow.await.unwrap(), 200, "its answer stays as computed");
    assert_eq!(
        store.count(|state| &state.completed),
        1,
        "but the newer attempt settled the claim"
    );
}

#[tokio::test(start_paused = true)]
async fn t193_a_renewal_that_hangs_is_given_up_when_the_lease_ends() {
    let store = Flaky::default();
    store.0.hang_renew.store(usize::MAX, Ordering::SeqCst);
    let lease = Duration::from_secs(1);
    let stack = stack(
        DedupLayer::new(store.clone()).lease(lease).unwrap(),
        |attempt| async move {
            attempt.lost().await;
            status(200)
        },
    );
    // The claim timeout is longer than what is left of the lease.
    let began = Instant::now();
    assert_eq!(code(&stack).await, 200);
    assert_eq!(began.elapsed(), lease, "by the clock that the test holds still");
}

#[tokio::test(start_paused = true)]
async fn t193_a_claim_that_was_slow_is_renewed_before_its_lease_is_over() {
    let store = Flaky::default();
    store.0.slow_claims.store(1, Ordering::SeqCst);
    let layer = DedupLayer::new(store.clone()).claim_timeout(SLOW * 2);
    let stack = stack(layer.unwrap(), |attempt| async move {
        attempt.lost().await;
        status(200)
    });
    let running = stack.clone();
    let running = tokio::spawn(async move { code(&running).await });
    store.pass(Duration::ZERO).await;
    store.pass(SLOW).await;
    assert_eq!(store.count(|state| &state.renewals), 0);
    store.pass(Duration::from_secs(10)).await;
    assert_eq!(store.count(|state| &state.renewals), 1, "at the end of the lease");
    assert_eq!(code(&stack).await, 503, "its lease runs anew");
    running.abort();
}

#[tokio::test(start_paused = true)]
async fn t176_a_success_that_could_not_be_settled_is_settled_later() {
    let store = Flaky::default();
    store.0.fail_complete.store(3, Ordering::SeqCst);
    let stack = stack(DedupLayer::new(store.clone()), |_| async { status(200) });
    assert_eq!(code(&stack).await, 200);
    assert_eq!(
        (store.count(|state| &state.completed), code(&stack).await),
        (0, 503)
    );
    for _ in 0..10 {
        store.pass(Duration::from_millis(500)).await;
    }
    assert_eq!(store.count(|state| &state.completed), 1);
    assert_eq!(code(&stack).await, 200);
}

#[tokio::test(start_paused = true)]
async fn t176_a_mark_is_tried_again_at_growing_pauses_until_the_lease_ends() {
    let growing = [0, 100, 300, 700, 1_500, 3_100, 6_300, 11_300, 16_300];
    for (lease, tries) in [(6_300, 6), (6_301, 7), (21_300, 9)] {
        let store = Flaky::default();
        store.0.fail_complete.store(usize::MAX, Ordering::SeqCst);
        let layer = DedupLayer::new(store.clone()).lease(Duration::from_millis(lease));
        let (stack, began) = (stack(layer.unwrap(), |_| async { status(200) }), Instant::now());
        assert_eq!(code(&stack).await, 200);
        sleep(Duration::from_secs(60)).await;
        let marks = store.0.marks.lock().unwrap();
        let after: Vec<_> = marks.iter().map(|mark| (*mark - began).as_millis()).collect();
        assert_eq!(after, growing[..tries], "a lease of {lease} ms");
    }
}

#[tokio::test(start_paused = true)]
async fn t174_a_duplicate_waits_for_the_first_attempt_where_it_is_told_to() {
    for (first, handled) in [(200, 1), (500, 2)] {
        let (store, calls) = (Flaky::default(), Arc::new(AtomicUsize::new(0)));
        let count = Arc::clone(&calls);
        let layer = DedupLayer::new(store.clone()).in_flight(InFlight::Wait(Duration::from_secs(10)));
        let stack = stack(layer, move |attempt| {
            count.fetch_add(1, Ordering::SeqCst);
            async move {
                sleep(Duration::from_secs(2)).await;
                status(if attempt.number() == 1 { first } else { 200 })
            }
        });
        let (one, two) = tokio::join!(code(&stack), code(&stack));
        assert_eq!((one, two), (first, 200));
        assert_eq!(calls.load(Ordering::SeqCst), handled);
    }
}

#[tokio::test]
async fn t195_what_a_handler_says_decides() {
    let letters = Arc::new(Mutex::new(Vec::new()));
    let store = Flaky::default();
    let keep = Arc::clone(&letters);
    let layer = DedupLayer::new(store.clone())
        .max_attempts(3)
        .unwrap()
        .on_dead_letter(move |letter| {
            keep.lock()
                .unwrap()
                .push((letter.attempts(), letter.is_permanent()));
        });
    let failing = stack(layer.clone(), |_| async { status(404) });
    assert_eq!(
        [code(&failing).await, code(&failing).await, code(&failing).await],
        [404; 3]
    );
    assert_eq!(store.count(|state| &state.released), 3);
    assert_eq!(code(&failing).await, 200, "the fourth attempt is not made");
    assert_eq!(*letters.lock().unwrap(), [(3, false)]);
    assert_eq!(code(&failing).await, 200, "nor is a fifth");

    for (said, heard) in [(422, 200), (202, 202)] {
        let hopeless = stack(layer.clone().scope(format!("{said}")), move |_| async move {
            let mut response = status(said);
            response.extensions_mut().insert(Outcome::Permanent);
            response
        });
        assert_eq!((code(&hopeless).await, code(&hopeless).await), (heard, 200));
    }
    assert_eq!(*letters.lock().unwrap(), [(3, false), (1, true), (1, true)]);
}

/// The store can't tell it from an attempt whose process died, so whoever limits the attempts gets the event itself.
#[tokio::test(start_paused = true)]
async fn t195_a_claim_whose_answer_came_too_late_counts_as_an_attempt() {
    let (store, runs, letters) = (Flaky::default(), Arc::new(AtomicUsize::new(0)), Arc::default());
    store.0.late_claims.store(1, Ordering::SeqCst);
    let (count, keep) = (Arc::clone(&runs), Arc::<Mutex<Vec<_>>>::clone(&letters));
    let layer = DedupLayer::new(store.clone()).max_attempts(2).unwrap();
    let layer = layer.on_dead_letter(move |letter| {
        let body = letter.delivery().body().clone();
        keep.lock().unwrap().push((letter.attempts(), body));
    });
    let stack = stack(layer, move |_| {
        count.fetch_add(1, Ordering::SeqCst);
        async { status(500) }
    });
    assert_eq!(code(&stack).await, 503, "no answer in time");
    assert_eq!(code(&stack).await, 503, "and the lease runs");
    store.pass(Duration::from_secs(61)).await;
    assert_eq!(code(&stack).await, 500, "the handler fails");
    assert_eq!(code(&stack).await, 200, "that was the second attempt");
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    assert_eq!(*letters.lock().unwrap(), [(2, Bytes::from_static(b"{}"))]);
}

#[tokio::test]
async fn t195_an_event_that_is_to_be_tried_again_is_not_answered_with_success() {
    let store = Flaky::default();
    let contradictory = stack(DedupLayer::new(store.clone()), |attempt| async move {
        let mut response = status(200);
        if attempt.number() == 1 {
            response.extensions_mut().insert(Outcome::Retry);
        }
        response
    });
    assert_eq!(
        (code(&contradictory).await, code(&contradictory).await),
        (503, 200)
    );
    assert_eq!(store.count(|state| &state.released), 1);
}

#[tokio::test]
async fn t166_a_panic_releases_the_claim() {
    let store = Flaky::default();
    let stack = stack(DedupLayer::new(store.clone()), |attempt| async move {
        assert!(attempt.number() > 1, "the first attempt panics");
        status(200)
    });
    assert_eq!(
        (code(&stack).await, code(&stack).await, code(&stack).await),
        (500, 200, 200)
    );
    assert_eq!(
        (
            store.count(|state| &state.released),
            store.count(|state| &state.completed)
        ),
        (1, 1)
    );
}

#[test]
fn t169_a_runtime_that_ends_first_panics_nowhere() {
    let store = Flaky::default();
    let stuck = stack(DedupLayer::new(store.clone()), |_| async {
        std::future::pending::<()>().await;
        status(200)
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let task = tokio::spawn(async move { code(&stuck).await });
        for _ in 0..20 {
            yield_now().await;
        }
        assert!(!task.is_finished());
    });
    drop(runtime);
    store.0.time.advance(Duration::from_secs(61));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let next = stack(DedupLayer::new(store), |attempt| async move {
        assert_eq!(attempt.number(), 2);
        status(200)
    });
    assert_eq!(runtime.block_on(code(&next)), 200);
}
