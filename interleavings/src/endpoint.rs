//! Processes that receive one event beside each other, and the time that passes for all of them.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::panic::resume_unwind;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use shuttle::rand::{Rng, thread_rng};
use shuttle::thread;
use tokio::task::{under_way, unless_it_panics};
use tokio::time::{Instant, advance, begin, sleep, timeout, until_the_next};
use tower_layer::Layer;
use tower_service::Service;
use tower_webhook::provider::{GITHUB, Sender};
use tower_webhook::store::{ManualTime, MemoryStore};
use tower_webhook::testing::Delivery;
use tower_webhook::{Attempt, Body, DedupLayer, Outcome, Secret, VerifyLayer};

use crate::ledger::Ledger;
use crate::remote::{Remote, Ways};
use crate::tended::LEASE;

/// What a handler does.
#[derive(Debug, Clone, Copy)]
pub struct Work {
    /// `None`: it goes on until it hears that its claim is lost.
    pub takes: Option<Duration>,
    pub outcome: Outcome,
}

#[derive(Debug)]
pub struct Scene {
    time: ManualTime,
    pub remote: Remote,
    limit: Duration,
}

impl Scene {
    /// A store that may take this long for an answer, and has it at once.
    pub fn new(limit: Duration) -> Self {
        begin();
        let time = ManualTime::default();
        let builder = MemoryStore::builder().capacity(8).clock(time.clone());
        let remote = Remote {
            store: builder.build().expect("room for some"),
            ledger: Ledger::new(limit),
            to_claim: Ways::default(),
            to_renew: Ways::default(),
            to_settle: Ways::default(),
        };
        Self { time, remote, limit }
    }

    /// Begins a process that gets the event until it has said that it is done. Each try may be given up before its answer, and
    /// the handler does what this says of the attempt's number.
    pub fn receive(&self, work: impl Fn(u32) -> Work + Send + Sync + 'static) {
        let ledger = self.remote.ledger.clone();
        let handler = Handler {
            work: Arc::new(work),
            ledger,
        };
        let dedup = DedupLayer::new(self.remote.clone());
        let dedup = dedup
            .lease(LEASE)
            .and_then(|dedup| dedup.claim_timeout(self.limit));
        let dedup = dedup.expect("both can be").on_dead_letter(|letter| {
            if letter.attempts() == 1 {
                resume_unwind(Box::new(()));
            }
        });
        let verify = VerifyLayer::new(Sender::new(GITHUB, secret())).expect("one secret");
        let service = verify.layer(dedup.layer(handler));
        tokio::spawn(async move {
            loop {
                let answer = unless_it_panics(service.clone().call(request()));
                let patience = thread_rng().gen_range(1..200);
                let answer = timeout(Duration::from_secs(patience), answer).await;
                if let Ok(Some(Ok(response))) = answer
                    && response.status() == 200
                {
                    return;
                }
                sleep(Duration::from_secs(thread_rng().gen_range(1..30))).await;
            }
        });
    }

    /// Lets time pass for the processes and their store alike, at any moment and by any length, until nothing is under way.
    pub fn pass(&self) {
        while under_way() > 0 {
            thread::yield_now();
            assert!(
                !self.remote.ledger.is_broken(),
                "the first panic says what is broken"
            );
            let next = until_the_next().unwrap_or(LEASE / 60);
            let passed = match thread_rng().gen_range(0..8) {
                0 | 1 => next,
                2 => next / 2,
                // All of it stands still meanwhile.
                3 => next + LEASE * thread_rng().gen_range(0..8) / 8,
                _ => continue,
            };
            self.time.advance(passed);
            advance(passed);
        }
    }
}

fn secret() -> Secret {
    Secret::new("a secret that is long enough").expect("it is")
}

fn request() -> Request<Body> {
    let delivery = Delivery::new(GITHUB, r#"{"zen":"Keep it logically awesome."}"#);
    let signed = delivery.kind("push").id("1").sign(&secret());
    signed.expect("a secret signs").map(Body::from)
}

#[derive(Clone)]
struct Handler {
    work: Arc<dyn Fn(u32) -> Work + Send + Sync>,
    ledger: Ledger,
}

impl Service<Request<Body>> for Handler {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    /// The library looks at the handler and then at its renewal, so that each step finds what the last one has left.
    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let attempt: Attempt = request.extensions().get().cloned().expect("it is claimed");
        let (work, ledger) = ((self.work)(attempt.number()), self.ledger.clone());
        Box::pin(async move {
            let fence = attempt.fence();
            ledger.handler_begins(fence);
            let mut running = pin!(run(work, &attempt));
            let mut last = None;
            poll_fn(|context| {
                if let Some(last) = last.replace(Instant::now()) {
                    ledger.check(fence, last, attempt.is_lost());
                }
                let polled = running.as_mut().poll(context);
                match polled {
                    Poll::Ready(()) => ledger.handler_ends(fence),
                    Poll::Pending => ledger.handler_waits(fence),
                }
                polled
            })
            .await;
            Ok(work.outcome.into_response::<Bytes>().map(Body::from))
        })
    }
}

async fn run(work: Work, attempt: &Attempt) {
    match work.takes {
        Some(length) => sleep(length).await,
        // A task of its own, as a handler may have one, so that the loss comes at any moment of its listening.
        None => {
            let attempt = attempt.clone();
            let listener = tokio::spawn(async move {
                attempt.lost().await;
                assert!(attempt.is_lost(), "it rang for nothing");
            });
            listener.await.expect("nobody ends it");
        }
    }
}
