//! The hand-off: the sender hears success only when the queue has taken the event.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http_body_util::Full;
use serde_json::Value;
use support::{Body, deliver, secret, verify, whole};
use tokio::sync::mpsc;
use tower::{Layer, ServiceExt};
use tower_webhook::handoff::{Envelope, HandOff, Queue};
use tower_webhook::provider::{GITHUB, SLACK};
use tower_webhook::store::MemoryStore;
use tower_webhook::testing::Delivery;
use tower_webhook::{BoxError, DedupLayer, Reason, Rejection};

fn push(id: &str) -> Delivery {
    Delivery::new(GITHUB, "{\"n\": 1.50, \"big\": 123456789012345678901234567890}\n")
        .kind("push")
        .id(id)
}

#[tokio::test]
async fn an_event_is_taken_before_the_sender_hears_of_it() {
    let (queue, mut events) = mpsc::channel(1);
    assert!(!queue.durable(), "a channel ends with its process");
    let service = HandOff::new(queue);
    assert_eq!(deliver(GITHUB, service.clone(), push("a")).await.status(), 200);
    // The one place is taken, and nobody works.
    assert_eq!(deliver(GITHUB, service.clone(), push("b")).await.status(), 503);
    assert_eq!(events.recv().await.unwrap().id(), "a");
    drop(events);
    assert_eq!(deliver(GITHUB, service, push("c")).await.status(), 503);
}

#[tokio::test]
async fn the_envelope_is_a_cloud_event_with_the_body_to_the_letter() {
    let (queue, mut events) = mpsc::channel(2);
    let service = HandOff::new(queue);
    deliver(GITHUB, service.clone(), push("a")).await;
    let event: Envelope = events.recv().await.unwrap();
    let text = String::from_utf8(event.to_json()).unwrap();
    assert!(
        text.contains(r#""data":{"n": 1.50, "big": 123456789012345678901234567890}"#),
        "{text}"
    );
    let json: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (&json["specversion"], &json["id"], &json["type"]),
        (&"1.0".into(), &"a".into(), &"github.push".into())
    );
    assert_eq!(
        (&json["source"], &json["idsigned"]),
        (&"/github".into(), &false.into())
    );
    assert_eq!(json["webhookkey"], event.key().unwrap().to_string());

    deliver(
        SLACK,
        service,
        Delivery::new(SLACK, "command=%2Fdeploy&trigger_id=1.2").form(),
    )
    .await;
    let json: Value = serde_json::from_slice(&events.recv().await.unwrap().to_json()).unwrap();
    assert_eq!(
        json["data_base64"],
        "Y29tbWFuZD0lMkZkZXBsb3kmdHJpZ2dlcl9pZD0xLjI="
    );
    assert_eq!(json["datacontenttype"], "application/x-www-form-urlencoded");
    assert_eq!((&json["id"], &json["idsigned"]), (&"1.2".into(), &true.into()));
}

/// Fails until it is mended.
#[derive(Clone)]
struct Broken(Arc<AtomicBool>, mpsc::UnboundedSender<Envelope>);

impl Queue for Broken {
    async fn enqueue(&self, event: Envelope) -> Result<(), BoxError> {
        if self.0.load(Ordering::SeqCst) {
            return Err("the broker is away".into());
        }
        Ok(self.1.send(event)?)
    }
}

#[tokio::test]
async fn an_event_that_the_queue_did_not_take_is_claimed_again() {
    let (taken, mut events) = mpsc::unbounded_channel();
    let broken = Arc::new(AtomicBool::new(true));
    let queue = Broken(Arc::clone(&broken), taken);
    assert!(queue.durable(), "unless it says otherwise");
    let stack = (verify(GITHUB), DedupLayer::new(MemoryStore::default())).layer(HandOff::new(queue));
    let send = || {
        let request = push("a").sign(&secret()).unwrap().map(Full::new);
        let stack = stack.clone();
        async move {
            whole(stack.oneshot(request).await.unwrap())
                .await
                .status()
                .as_u16()
        }
    };
    assert_eq!(send().await, 503);
    assert!(events.try_recv().is_err());
    broken.store(false, Ordering::SeqCst);
    assert_eq!(send().await, 200);
    assert_eq!(send().await, 200);
    let event = events.try_recv().unwrap();
    assert!(events.try_recv().is_err(), "the second was a duplicate");
    assert_eq!(
        event.delivery().body(),
        &push("a").sign(&secret()).unwrap().into_body()
    );
}

#[tokio::test]
async fn without_the_layer_nothing_is_handed_on() {
    let (queue, mut events) = mpsc::channel(1);
    let response = HandOff::new(queue)
        .oneshot(http::Request::new(Body::default()))
        .await
        .unwrap();
    assert_eq!(
        response.extensions().get::<Rejection>().unwrap().reason(),
        Reason::LayerMissing
    );
    assert!(events.try_recv().is_err());
}
