//! One store for the layer and for whoever operates it, also when its type is chosen at run time.
#![cfg(feature = "test-util")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::convert::Infallible;
use std::error::Error;
use std::future::ready;
use std::sync::Arc;

use http::{Request, Response};
use support::{Body, deliver};
use tower::{Layer, service_fn};
use tower_webhook::DedupLayer;
use tower_webhook::provider::GITHUB;
use tower_webhook::store::contract::{self, Contract};
use tower_webhook::store::{
    AnyStore, Claim, Held, Lease, ManualTime, MemoryStore, Operate, RecordCounts, RecordState, RecordSummary,
    Retention, Store, StoreError, Ticket, TieredStore,
};
use tower_webhook::testing::Delivery;
use tower_webhook::{Attempt, Fingerprint, Key};

#[tokio::test(flavor = "multi_thread")]
async fn a_store_behind_an_arc_keeps_the_contract() {
    let time = ManualTime::default();
    let store = Arc::new(on(&time));
    Contract::new()
        .sequences(500)
        .run_with_clock(|| ready(Arc::clone(&store)), |span| time.advance(span))
        .await;
    let store = Arc::new(MemoryStore::default());
    contract::check_operate(|| ready(Arc::clone(&store))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_without_its_type_keeps_the_contract() {
    let time = ManualTime::default();
    let store = AnyStore::new(on(&time));
    Contract::new()
        .sequences(500)
        .run_with_clock(|| ready(store.clone()), |span| time.advance(span))
        .await;
    let store = AnyStore::new(MemoryStore::default());
    contract::check_operate(|| ready(store.clone())).await;
}

fn on(time: &ManualTime) -> MemoryStore {
    MemoryStore::builder().clock(time.clone()).build().unwrap()
}

#[tokio::test]
async fn the_layer_and_the_operator_share_one_store() {
    let (shared, any) = (Arc::new(Plain::default()), AnyStore::new(MemoryStore::default()));
    completes_in(DedupLayer::new(Arc::clone(&shared)), &shared).await;
    completes_in(DedupLayer::new(any.clone()), &any).await;
    let tiered = TieredStore::new(Arc::clone(&shared));
    completes_in(DedupLayer::new(tiered), &shared).await;
}

/// Whether an event that goes through the layer is seen, and forgotten, through the operator's handle.
async fn completes_in(layer: DedupLayer, store: &impl Operate) {
    let handler = layer.layer(service_fn(|request: Request<Body>| {
        let key = *request.extensions().get::<Attempt>().unwrap().key();
        let mut response = Response::new(Body::default());
        response.extensions_mut().insert(key);
        ready(Ok::<_, Infallible>(response))
    }));
    let response = deliver(GITHUB, handler, Delivery::new(GITHUB, "{}").id("1")).await;
    let key = response.extensions().get::<Key>().unwrap();
    let record = store.inspect(key).await.unwrap().unwrap();
    assert_eq!(record.state(), RecordState::Completed);
    assert!(store.forget(key).await.unwrap());
    assert_eq!(store.inspect(key).await.unwrap(), None);
}

#[test]
fn whether_it_lasts_is_the_stores_own_answer() {
    assert!(!Arc::new(MemoryStore::default()).durable());
    assert!(!AnyStore::new(MemoryStore::default()).durable());
    assert!(AnyStore::new(Plain::default()).durable());
    assert!(Arc::new(Plain::default()).durable());
    assert!(TieredStore::new(Plain::default()).durable());
}

#[test]
fn records_are_counted_by_state_and_all_together() {
    let mut counts = RecordCounts::default();
    (counts.claimed, counts.lapsed, counts.released) = (1, 20, 300);
    (counts.completed, counts.expired) = (4_000, 50_000);
    assert_eq!(counts.total(), 54_321);
}

#[test]
fn a_failure_says_what_caused_it() {
    for error in [StoreError::unavailable("away"), StoreError::corrupt("away")] {
        assert_eq!(error.source().unwrap().to_string(), "away");
    }
    assert!(StoreError::full().source().is_none());
}

/// A store that is no `Clone`.
#[derive(Default)]
struct Plain(MemoryStore);

impl Store for Plain {
    async fn claim(
        &self,
        key: &Key,
        print: &Fingerprint,
        lease: Lease,
        keep: Retention,
    ) -> Result<Claim, StoreError> {
        self.0.claim(key, print, lease, keep).await
    }

    async fn renew(&self, ticket: &Ticket, lease: Lease) -> Result<Held, StoreError> {
        self.0.renew(ticket, lease).await
    }

    async fn complete(&self, ticket: &Ticket, keep: Retention) -> Result<Held, StoreError> {
        self.0.complete(ticket, keep).await
    }

    async fn release(&self, ticket: &Ticket) -> Result<Held, StoreError> {
        self.0.release(ticket).await
    }

    async fn forget(&self, key: &Key) -> Result<bool, StoreError> {
        self.0.forget(key).await
    }
}

impl Operate for Plain {
    async fn inspect(&self, key: &Key) -> Result<Option<RecordSummary>, StoreError> {
        self.0.inspect(key).await
    }

    async fn purge_expired(&self) -> Result<u64, StoreError> {
        self.0.purge_expired().await
    }

    async fn counts(&self) -> Result<RecordCounts, StoreError> {
        self.0.counts().await
    }
}
