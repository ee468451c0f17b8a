//! The counters of docs/metrics.md: each counts what the page says, once.
#![cfg(feature = "metrics")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::future::ready;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use support::{Body, deliver, secret, verify};
use tower::{Layer, ServiceExt, service_fn};
use tower_webhook::provider::{GITHUB, STRIPE, senders::LINE};
use tower_webhook::store::{MemoryStore, Store};
use tower_webhook::testing::Delivery;
use tower_webhook::{Attempt, Clock, DedupLayer, EventRouter, Outcome, Secrets, SplitLayer, VerifyLayer};

/// Keeps each counter under its name and labels.
#[derive(Default)]
struct Counted(Mutex<BTreeMap<String, Arc<AtomicU64>>>);

impl Counted {
    /// What was counted since the last time is this, in the order of the names.
    #[track_caller]
    fn is(&self, expected: &[(&str, u64)]) {
        let counters = std::mem::take(&mut *self.0.lock().unwrap());
        let counts: Vec<_> = counters
            .iter()
            .map(|(name, count)| (name.as_str(), count.load(Ordering::SeqCst)))
            .collect();
        assert_eq!(counts, expected);
    }
}

impl Recorder for Counted {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        let labels = key
            .labels()
            .map(|label| format!(" {}={}", label.key(), label.value()));
        let name = key.name().strip_prefix("webhook_").unwrap().to_owned();
        let name = labels.fold(name, |name, label| name + &label);
        Counter::from_arc(Arc::clone(self.0.lock().unwrap().entry(name).or_default()))
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        panic!("nothing is gauged")
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        panic!("nothing is measured")
    }
}

/// An event's way through these layers, to a handler that answers so.
async fn handled(dedup: &DedupLayer, id: &str, code: u16, outcome: Option<Outcome>) -> u16 {
    let handler = service_fn(move |_| {
        let mut response = Response::new(Body::default());
        *response.status_mut() = StatusCode::from_u16(code).unwrap();
        outcome.map(|outcome| response.extensions_mut().insert(outcome));
        ready(Ok::<_, Infallible>(response))
    });
    let response = deliver(GITHUB, dedup.layer(handler), push(id)).await;
    response.status().as_u16()
}

fn push(id: &str) -> Delivery {
    Delivery::new(GITHUB, "{}").kind("push").id(id)
}

/// For a handler of which nothing is asked.
async fn done(_: Request<Body>) -> Result<Response<Body>, Infallible> {
    Ok(Response::default())
}

async fn send(layer: &VerifyLayer, request: Request<Bytes>) {
    let handler = layer.layer(service_fn(done));
    handler.oneshot(request.map(Full::new)).await.unwrap();
}

/// A clock that can't be believed.
struct Broken;

impl Clock for Broken {
    fn now(&self) -> Option<SystemTime> {
        None
    }
}

#[tokio::test]
async fn deliveries_are_counted_by_the_secret_that_matched() {
    let counted = Counted::default();
    let _guard = metrics::set_default_local_recorder(&counted);
    let both = Secrets::new("the new secret")
        .unwrap()
        .and("the old one")
        .unwrap();
    let layer = VerifyLayer::new(tower_webhook::github(both)).unwrap();
    for text in [
        "the old one",
        "the new secret",
        "the old one",
        "no secret of ours",
    ] {
        let request = push("an event").sign(&Secrets::new(text).unwrap()).unwrap();
        send(&layer, request).await;
    }
    counted.is(&[
        ("rejected_total provider=github reason=bad_signature", 1),
        ("verified_total provider=github secret=0", 1),
        ("verified_total provider=github secret=1", 2),
    ]);
}

#[tokio::test]
async fn a_clock_that_is_not_believed_is_counted_beside_its_refusals() {
    let counted = Counted::default();
    let _guard = metrics::set_default_local_recorder(&counted);
    let layer = verify(STRIPE).clock(Broken);
    let request = Delivery::new(STRIPE, r#"{"id":"evt_1"}"#)
        .sign(&secret())
        .unwrap();
    send(&layer, request).await;
    counted.is(&[
        ("clock_suspect_total", 1),
        ("rejected_total provider=stripe reason=clock_suspect", 1),
    ]);
}

#[tokio::test]
async fn the_events_of_a_delivery_are_counted_one_by_one() {
    let counted = Counted::default();
    let _guard = metrics::set_default_local_recorder(&counted);
    let body = r#"{"destination":"U1","events":[{"type":"follow"},{"type":"unfollow"},{"type":"join"}]}"#;
    let service = SplitLayer::new().layer(service_fn(done));
    assert_eq!(
        deliver(LINE, service, Delivery::new(LINE, body)).await.status(),
        200
    );
    counted.is(&[
        ("split_events_total provider=line", 3),
        ("verified_total provider=line secret=0", 1),
    ]);
}

#[tokio::test]
async fn an_event_that_nobody_takes_is_counted() {
    let counted = Counted::default();
    let _guard = metrics::set_default_local_recorder(&counted);
    let router = EventRouter::new().on_kind("release", async |_| ());
    assert_eq!(deliver(GITHUB, router.clone(), push("a")).await.status(), 200);
    assert_eq!(
        deliver(GITHUB, router, push("b").kind("release")).await.status(),
        200
    );
    counted.is(&[
        ("ignored_total provider=github", 1),
        ("verified_total provider=github secret=0", 2),
    ]);
}

#[tokio::test]
async fn what_became_of_each_run_is_counted() {
    let counted = Counted::default();
    let _guard = metrics::set_default_local_recorder(&counted);
    let dedup = DedupLayer::new(MemoryStore::default()).max_attempts(2).unwrap();
    for code in [500, 200, 200] {
        assert_eq!(handled(&dedup, "a", code, None).await, code);
    }
    counted.is(&[
        ("duplicates_total provider=github", 1),
        ("handled_total provider=github outcome=completed", 1),
        ("handled_total provider=github outcome=released", 1),
        ("verified_total provider=github secret=0", 3),
    ]);
    assert_eq!(handled(&dedup, "b", 200, Some(Outcome::Permanent)).await, 200);
    counted.is(&[
        ("dead_letters_total provider=github", 1),
        ("handled_total provider=github outcome=permanent", 1),
        ("verified_total provider=github secret=0", 1),
    ]);
}

#[tokio::test]
async fn a_claim_that_is_lost_or_can_not_be_asked_for_is_counted() {
    let counted = Counted::default();
    let _guard = metrics::set_default_local_recorder(&counted);
    let store = MemoryStore::builder().capacity(1).build().unwrap();
    let dedup = DedupLayer::new(store.clone());
    let forgets = service_fn(move |request: Request<Body>| {
        let (store, attempt) = (store.clone(), request.extensions().get::<Attempt>().cloned());
        async move {
            assert!(store.forget(attempt.unwrap().key()).await.unwrap());
            done(request).await
        }
    });
    assert_eq!(
        deliver(GITHUB, dedup.layer(forgets), push("a")).await.status(),
        200
    );
    counted.is(&[
        ("handled_total provider=github outcome=completed", 1),
        ("leases_lost_total provider=github", 1),
        ("verified_total provider=github secret=0", 1),
    ]);
    let open = dedup.clone().danger_fail_open();
    let takes_the_only_place = service_fn(move |request| {
        let open = open.clone();
        async move {
            assert_eq!(handled(&open, "c", 200, None).await, 200);
            done(request).await
        }
    });
    deliver(GITHUB, dedup.layer(takes_the_only_place), push("b")).await;
    counted.is(&[
        ("handled_total provider=github outcome=completed", 1),
        ("settle_failures_total provider=github", 1),
        ("verified_total provider=github secret=0", 2),
    ]);
}
