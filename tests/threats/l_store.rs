//! Section L: the store and its faults, seen from outside.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::IntoResponse;
use axum::routing::post;
use bytes::Bytes;
use http::Request;
use tower::ServiceExt;
use tower_webhook::provider::GITHUB;
use tower_webhook::store::{
    Claim, Held, Lease, MemoryStore, Retention, Store, StoreError, StoreErrorKind, Ticket,
};
use tower_webhook::testing::Delivery;
use tower_webhook::{DedupLayer, Fingerprint, Key, Reason, Rejection, VerifyLayer};

use crate::harness::{Stage, secret};

fn push() -> Request<Bytes> {
    Delivery::new(GITHUB, "{}").kind("push").sign(&secret()).unwrap()
}

/// How a store can fail a verb.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fault {
    None,
    Away,
    Hangs,
    Corrupt,
    PanicsAtOnce,
    PanicsLater,
}

/// A memory store with a fault in each verb.
struct Faulty {
    inner: MemoryStore,
    claim: Fault,
    settle: Fault,
}

impl Fault {
    fn at_once(self) {
        assert_ne!(self, Self::PanicsAtOnce, "the store panics");
    }

    async fn strike(self) -> Result<(), StoreError> {
        match self {
            Self::None | Self::PanicsAtOnce => Ok(()),
            Self::Away => Err(StoreError::unavailable("connection refused")),
            Self::Corrupt => Err(StoreError::corrupt("state 7")),
            Self::Hangs => std::future::pending().await,
            Self::PanicsLater => panic!("the store panics"),
        }
    }
}

impl Store for Faulty {
    fn claim(
        &self,
        key: &Key,
        print: &Fingerprint,
        lease: Lease,
        keep: Retention,
    ) -> impl Future<Output = Result<Claim, StoreError>> + Send {
        self.claim.at_once();
        async move {
            self.claim.strike().await?;
            self.inner.claim(key, print, lease, keep).await
        }
    }

    async fn renew(&self, ticket: &Ticket, lease: Lease) -> Result<Held, StoreError> {
        self.inner.renew(ticket, lease).await
    }

    fn complete(
        &self,
        ticket: &Ticket,
        keep: Retention,
    ) -> impl Future<Output = Result<Held, StoreError>> + Send {
        self.settle.at_once();
        async move {
            self.settle.strike().await?;
            self.inner.complete(ticket, keep).await
        }
    }

    fn release(&self, ticket: &Ticket) -> impl Future<Output = Result<Held, StoreError>> + Send {
        self.settle.at_once();
        async move {
            self.settle.strike().await?;
            self.inner.release(ticket).await
        }
    }

    async fn forget(&self, key: &Key) -> Result<bool, StoreError> {
        self.inner.forget(key).await
    }
}

fn app(claim: Fault, settle: Fault, status: u16, calls: &Arc<AtomicUsize>) -> Router {
    app_with(claim, settle, status, calls, |dedup| dedup)
}

fn app_with(
    claim: Fault,
    settle: Fault,
    status: u16,
    calls: &Arc<AtomicUsize>,
    change: impl FnOnce(DedupLayer) -> DedupLayer,
) -> Router {
    let count = Arc::clone(calls);
    let handler = move || {
        count.fetch_add(1, Ordering::SeqCst);
        async move { http::StatusCode::from_u16(status).unwrap() }
    };
    let verify = VerifyLayer::new(tower_webhook::github(secret())).unwrap();
    let store = Faulty {
        inner: MemoryStore::default(),
        claim,
        settle,
    };
    Router::new()
        .route("/", post(handler))
        .layer((verify, change(DedupLayer::new(store))))
}

const FAULTS: [Fault; 5] = [
    Fault::Away,
    Fault::Hangs,
    Fault::Corrupt,
    Fault::PanicsAtOnce,
    Fault::PanicsLater,
];

#[tokio::test(start_paused = true)]
async fn t170_t175_t178_a_store_that_fails_at_the_claim_gets_503_and_no_handler() {
    for fault in FAULTS {
        let calls = Arc::default();
        let began = tokio::time::Instant::now();
        let response = app(fault, Fault::None, 200, &calls)
            .oneshot(push().map(Body::from))
            .await
            .unwrap();
        assert_eq!(response.status(), 503, "{fault:?}");
        assert!(response.headers().contains_key("retry-after"));
        assert_eq!(
            response.extensions().get::<Rejection>().unwrap().reason(),
            Reason::StoreUnavailable
        );
        assert!(began.elapsed() <= Duration::from_secs(2), "{fault:?}");
        assert_eq!(calls.load(Ordering::SeqCst), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn t170_t176_t177_a_store_that_fails_at_the_settlement_changes_no_answer() {
    for fault in FAULTS {
        for status in [200, 500] {
            let calls = Arc::default();
            let app = app(Fault::None, fault, status, &calls);
            let response = app.clone().oneshot(push().map(Body::from)).await.unwrap();
            assert_eq!(response.status().as_u16(), status, "{fault:?}");
            let again = app.oneshot(push().map(Body::from)).await.unwrap();
            assert_eq!(again.status(), 503, "the claim is held until its lease ends");
            assert_eq!(calls.load(Ordering::SeqCst), 1);
        }
    }
}

#[tokio::test]
async fn an_open_layer_runs_the_handler_without_a_store() {
    let calls = Arc::default();
    let app = app_with(
        Fault::Away,
        Fault::None,
        200,
        &calls,
        DedupLayer::danger_fail_open,
    );
    for runs in 1..=2 {
        let response = app.clone().oneshot(push().map(Body::from)).await.unwrap();
        assert_eq!(
            (response.status().as_u16(), calls.load(Ordering::SeqCst)),
            (200, runs)
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t179_of_sixteen_racers_one_runs() {
    let stage = Arc::new(Stage::new(tower_webhook::github(secret())));
    let racers: Vec<_> = (0..16)
        .map(|_| {
            let stage = Arc::clone(&stage);
            tokio::spawn(async move { stage.send(push()).await })
        })
        .collect();
    for racer in racers {
        let answer = racer.await.unwrap();
        assert!([200, 503].contains(&answer.status));
    }
    assert_eq!(
        (stage.seen.handled(), stage.seen.claims(), stage.seen.completed()),
        (1, 16, 1)
    );
}

#[tokio::test]
async fn t192_t194_a_dead_holders_event_runs_again_once_its_lease_is_over() {
    let stage = Stage::new(tower_webhook::github(secret()));
    let key = {
        let probe = Stage::new(tower_webhook::github(secret()));
        probe.send(push()).await;
        *probe.seen.last().attempt.unwrap().key()
    };
    // A process that died after its claim: the layer's fingerprint of the body is all that must agree.
    let print = xxhash_rust::xxh3::xxh3_128(b"{}").to_be_bytes();
    let (lease, keep) = (
        Lease::new(Duration::from_secs(60)),
        Retention::new(Duration::from_secs(86_400)),
    );
    let claim = stage
        .store
        .inner
        .claim(&key, &Fingerprint::from_bytes(print), lease, keep)
        .await
        .unwrap();
    assert!(matches!(claim, Claim::Won(_)));
    assert_eq!(stage.send(push()).await.status, 503);
    stage.clock.advance(Duration::from_secs(3_600));
    assert_eq!(
        stage.send(push()).await.status,
        503,
        "the machine's clock moves no lease"
    );
    stage.store.time.advance(Duration::from_secs(61));
    assert_eq!(stage.send(push()).await.status, 200);
    assert_eq!(stage.seen.last().attempt.unwrap().number(), 2);
}

#[tokio::test]
async fn t197_t198_a_failed_delivery_runs_again_and_a_done_one_only_when_forgotten() {
    let failing = Arc::new(AtomicUsize::new(1));
    let left = Arc::clone(&failing);
    let stage = Stage::answering(
        tower_webhook::github(secret()),
        |verify| verify,
        |dedup| dedup,
        move |_| {
            let fails = left.swap(0, Ordering::SeqCst) == 1;
            async move {
                http::StatusCode::from_u16(if fails { 500 } else { 200 })
                    .unwrap()
                    .into_response()
            }
        },
    );
    let statuses = [
        stage.send(push()).await.status,
        stage.send(push()).await.status,
        stage.send(push()).await.status,
    ];
    assert_eq!((statuses, stage.seen.handled()), ([500, 200, 200], 2));
    let key = *stage.seen.last().attempt.unwrap().key();
    assert!(stage.store.forget(&key).await.unwrap());
    assert_eq!((stage.send(push()).await.status, stage.seen.handled()), (200, 3));
}

#[tokio::test]
async fn t094_a_store_that_is_full_of_live_claims_says_busy() {
    let store = MemoryStore::builder().capacity(1).build().unwrap();
    let (lease, keep) = (
        Lease::new(Duration::from_secs(60)),
        Retention::new(Duration::from_secs(86_400)),
    );
    let other = Key::from_bytes([9; 32]);
    store
        .claim(&other, &Fingerprint::from_bytes([0; 16]), lease, keep)
        .await
        .unwrap();
    let full = store
        .claim(
            &Key::from_bytes([8; 32]),
            &Fingerprint::from_bytes([0; 16]),
            lease,
            keep,
        )
        .await;
    assert_eq!(full.unwrap_err().kind(), StoreErrorKind::Full);
    let verify = VerifyLayer::new(tower_webhook::github(secret())).unwrap();
    let app = Router::new()
        .route("/", post(|| async {}))
        .layer((verify, DedupLayer::new(store)));
    assert_eq!(app.oneshot(push().map(Body::from)).await.unwrap().status(), 503);
}
