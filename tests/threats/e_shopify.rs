//! Section E: one event of a Shopify shop, announced to two of its subscriptions.
//!
//! Each subscription's delivery has an id of its own, and both have the event's id in another header. Neither is signed.

use bytes::Bytes;
use http::Request;
use tower_webhook::DedupLayer;
use tower_webhook::provider::senders::SHOPIFY;
use tower_webhook::provider::{Scheme, Sender, header};

use crate::harness::{Stage, secret, signed, with_header};

/// The same sender, whose events are known by what both deliveries have in common.
const BY_EVENT: Scheme = SHOPIFY.id(header("x-shopify-event-id"));
const ORDER: &str = r#"{"id":820982911946154508,"updated_at":"2026-01-01T00:00:00Z"}"#;

/// An event's delivery to a subscription.
fn delivery(event: &'static str, subscription: &'static str) -> Request<Bytes> {
    let request = with_header(signed(SHOPIFY, ORDER), "x-shopify-topic", b"orders/updated");
    let request = with_header(request, "x-shopify-webhook-id", subscription.as_bytes());
    with_header(request, "x-shopify-event-id", event.as_bytes())
}

/// An endpoint with this scope in a store that it shares with others.
fn in_scope(first: &Stage, scheme: Scheme, scope: &'static str) -> Stage {
    let (sender, store) = (Sender::new(scheme, secret()), first.store.clone());
    Stage::with(sender, |verify| verify, |_| DedupLayer::new(store).scope(scope))
}

async fn send(stage: &Stage, event: &'static str, subscription: &'static str) {
    let status = stage.send(delivery(event, subscription)).await.status;
    assert_eq!(status, 200, "{event} to {subscription}");
}

#[tokio::test]
async fn t090_two_subscriptions_of_one_event_both_run_and_neither_twice() {
    let stage = Stage::of(SHOPIFY);
    for _ in 0..2 {
        send(&stage, "event-1", "first").await;
        send(&stage, "event-1", "second").await;
        assert_eq!((stage.seen.handled(), stage.seen.completed()), (2, 2));
    }
}

#[tokio::test]
async fn t090_two_subscriptions_of_one_event_count_once_where_its_own_id_is_taken() {
    let stage = Stage::of(BY_EVENT);
    send(&stage, "event-1", "first").await;
    send(&stage, "event-1", "second").await;
    assert_eq!((stage.seen.handled(), stage.seen.claims()), (1, 2));
    send(&stage, "event-2", "first").await;
    assert_eq!(stage.seen.handled(), 2, "another event is none of these");
}

/// Scopes tell the subscriptions apart although the event's id is taken, and one scope makes them the same.
#[tokio::test]
async fn t090_subscriptions_with_a_scope_each_both_run_and_with_one_scope_once() {
    for (others, runs) in [("stock", 1), ("books", 0)] {
        let books = Stage::of(BY_EVENT);
        let (first, second) = (
            in_scope(&books, BY_EVENT, "books"),
            in_scope(&books, BY_EVENT, others),
        );
        for _ in 0..2 {
            send(&first, "event-1", "first").await;
            send(&second, "event-1", "second").await;
        }
        assert_eq!(
            (first.seen.handled(), second.seen.handled()),
            (1, runs),
            "{others}"
        );
    }
}
