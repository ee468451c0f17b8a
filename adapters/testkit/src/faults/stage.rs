//! A receiver whose store is in trouble, beside one whose store is not: both on the same records.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};
use http_body_util::Full;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tower::ServiceExt;
use tower_webhook::store::Store;
use tower_webhook::{Attempt, Body, DedupLayer};

use super::trouble::Trouble;
use crate::receiver::{self, Call, Receiver};

/// What the handler does with an event.
#[derive(Debug, Clone, Copy)]
pub(super) enum Act {
    /// Answers at once.
    Answer(StatusCode),
    /// Has the trouble begin, then answers: the settlement meets it.
    BreakThenAnswer(StatusCode),
    /// Runs until the test gives it an answer.
    AwaitOrder,
    /// Runs until it hears that its claim is lost, then answers 204.
    AwaitLoss,
}

pub(super) struct Stage {
    through: Receiver,
    direct: Receiver,
    pub(super) trouble: Arc<Trouble>,
    pub(super) lease: Duration,
    events: Arc<Events>,
}

#[derive(Default)]
struct Events(Mutex<HashMap<u64, Event>>);

struct Event {
    act: Act,
    attempts: Vec<Attempt>,
    begun: watch::Sender<usize>,
    order: watch::Sender<Option<StatusCode>>,
}

impl Stage {
    pub(super) fn new<S: Store>(through: S, direct: S, trouble: Trouble, lease: Duration) -> Self {
        let events = Arc::<Events>::default();
        let trouble = Arc::new(trouble);
        let build = |store: S| {
            let (events, trouble) = (Arc::clone(&events), Arc::clone(&trouble));
            let handler = move |call: Call| handle(call, Arc::clone(&events), Arc::clone(&trouble));
            receiver::receiver(store, |layer| settings(layer, lease), handler)
        };
        Self {
            through: build(through),
            direct: build(direct),
            trouble,
            lease,
            events,
        }
    }

    /// A new event, with which the handler will do this.
    pub(super) fn event(&self, act: Act) -> u64 {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let event = Event {
            act,
            attempts: Vec::new(),
            begun: watch::Sender::new(0),
            order: watch::Sender::new(None),
        };
        self.events.lock().insert(number, event);
        number
    }

    pub(super) fn change(&self, event: u64, act: Act) {
        self.events.with(event, |event| event.act = act);
    }

    pub(super) fn order(&self, event: u64, status: StatusCode) {
        self.events
            .with(event, |event| event.order.send_replace(Some(status)));
    }

    pub(super) fn runs(&self, event: u64) -> usize {
        self.events.with(event, |event| event.attempts.len())
    }

    pub(super) fn last_attempt(&self, event: u64) -> u32 {
        self.events
            .with(event, |event| event.attempts.last().map_or(0, Attempt::number))
    }

    pub(super) fn is_lost(&self, event: u64) -> bool {
        self.events
            .with(event, |event| event.attempts.iter().any(Attempt::is_lost))
    }

    /// Waits until deliveries pass, since what a fault leaves behind may outlast it.
    pub(super) async fn has_recovered(&self) {
        self.deliver_until(self.event(Act::Answer(StatusCode::OK)), StatusCode::OK)
            .await;
    }

    /// Waits until the handler runs.
    pub(super) async fn has_begun(&self, event: u64) {
        let mut begun = self.events.with(event, |event| event.begun.subscribe());
        let began = timeout(PATIENCE, begun.wait_for(|runs| *runs > 0)).await;
        assert!(began.is_ok(), "{}: the handler never ran", self.trouble);
    }

    pub(super) async fn deliver(&self, event: u64) -> Response<Full<Bytes>> {
        self.send(&self.through, event).await
    }

    /// By a receiver that has no trouble with its store.
    pub(super) async fn deliver_direct(&self, event: u64) -> Response<Full<Bytes>> {
        self.send(&self.direct, event).await
    }

    /// As a sender does: tries again until it is told this.
    pub(super) async fn deliver_until(&self, event: u64, status: StatusCode) {
        self.send_until(&self.through, event, status).await;
    }

    pub(super) async fn deliver_direct_until(&self, event: u64, status: StatusCode) {
        self.send_until(&self.direct, event, status).await;
    }

    async fn send_until(&self, receiver: &Receiver, event: u64, status: StatusCode) {
        let told = timeout(PATIENCE, async {
            while self.send(receiver, event).await.status() != status {
                sleep(BETWEEN_TRIES).await;
            }
        });
        assert!(
            told.await.is_ok(),
            "{}: the sender was never told {status}",
            self.trouble
        );
    }

    async fn send(&self, receiver: &Receiver, event: u64) -> Response<Full<Bytes>> {
        let request = receiver::delivery(event).map(Body::from);
        let answer = timeout(PATIENCE, receiver.clone().oneshot(request)).await;
        match answer {
            Ok(Ok(response)) => response,
            Ok(Err(never)) => match never {},
            Err(_) => panic!("{}: a delivery was never answered", self.trouble),
        }
    }
}

impl Events {
    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Event>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(&self, number: u64, look: impl FnOnce(&mut Event) -> T) -> T {
        look(self.lock().get_mut(&number).expect("the stage made the event"))
    }
}

async fn handle(call: Call, events: Arc<Events>, trouble: Arc<Trouble>) -> StatusCode {
    let attempt = call
        .attempt
        .clone()
        .expect("a DedupLayer stands before the handler");
    let (act, mut order) = events.with(call.number(), |event| {
        event.attempts.push(attempt.clone());
        event.begun.send_modify(|runs| *runs += 1);
        (event.act, event.order.subscribe())
    });
    match act {
        Act::Answer(status) => status,
        Act::BreakThenAnswer(status) => {
            trouble.begin().await;
            status
        }
        Act::AwaitOrder => {
            let given = order.wait_for(Option::is_some).await;
            given
                .ok()
                .and_then(|given| *given)
                .expect("the stage outlives its handlers")
        }
        Act::AwaitLoss => {
            attempt.lost().await;
            StatusCode::NO_CONTENT
        }
    }
}

fn settings(layer: DedupLayer, lease: Duration) -> DedupLayer {
    let layer = layer.lease(lease).expect("the lease is over a second");
    layer
        .claim_timeout(CLAIM_TIMEOUT)
        .expect("the timeout is not zero")
}

/// One for all stages, since they share a server.
static NEXT: AtomicU64 = AtomicU64::new(0);
const CLAIM_TIMEOUT: Duration = Duration::from_millis(400);
const BETWEEN_TRIES: Duration = Duration::from_millis(50);
/// Longer than anything here takes, so that a test fails instead of hanging.
const PATIENCE: Duration = Duration::from_secs(60);
