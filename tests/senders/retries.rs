//! What each sender changes when it tries again: the same event nonetheless, run until it is done and not after.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::Full;
use tower::{Layer, Service, ServiceExt, service_fn};
use tower_webhook::provider::{Part, STRIPE, Scheme, element, header, senders};
use tower_webhook::store::MemoryStore;
use tower_webhook::testing::{Delivery, ManualClock};
use tower_webhook::{DedupLayer, Secret, VerifyLayer};

use crate::{Body, NOW, sample};

/// A sender's endpoint, whose handler fails as often as it is told to.
struct Endpoint {
    scheme: Scheme,
    verify: VerifyLayer,
    dedup: DedupLayer,
    clock: ManualClock,
    fails: Arc<AtomicUsize>,
    runs: Arc<AtomicUsize>,
}

impl Endpoint {
    fn failing(scheme: Scheme, times: usize) -> Self {
        let clock = ManualClock::at_unix(NOW);
        let verify = VerifyLayer::new(scheme.with(Secret::new(sample(&scheme)).unwrap())).unwrap();
        Self {
            scheme,
            verify: verify.clock(clock.clone()),
            dedup: DedupLayer::new(MemoryStore::default()),
            clock,
            fails: Arc::new(AtomicUsize::new(times)),
            runs: Arc::default(),
        }
    }

    /// A delivery so many seconds after the first.
    fn delivery(&self, body: &str, after: u64) -> Delivery {
        let delivery = Delivery::new(self.scheme, body.to_owned());
        delivery.at(UNIX_EPOCH + Duration::from_secs(NOW + after))
    }

    fn sign(&self, delivery: &Delivery) -> Request<Bytes> {
        delivery
            .sign(&Secret::new(sample(&self.scheme)).unwrap())
            .unwrap()
    }

    /// The answer, and how often the handler has run by then.
    async fn send(&self, request: Request<Bytes>, after: u64) -> (u16, usize) {
        self.clock.set(UNIX_EPOCH + Duration::from_secs(NOW + after));
        let (fails, runs) = (Arc::clone(&self.fails), Arc::clone(&self.runs));
        let handler = service_fn(move |_: Request<Body>| {
            runs.fetch_add(1, Ordering::SeqCst);
            let fails = fails.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
            let mut response = Response::new(Body::default());
            if fails.is_ok() {
                *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            }
            async { Ok::<_, Infallible>(response) }
        });
        let mut service = (self.verify.clone(), self.dedup.clone()).layer(handler);
        let response = service.ready().await.unwrap().call(request.map(Full::new)).await;
        (
            response.unwrap().status().as_u16(),
            self.runs.load(Ordering::SeqCst),
        )
    }
}

#[tokio::test]
async fn what_a_retry_changes_is_neither_a_conflict_nor_another_event() {
    let heroku = r#"{"id":"e1","resource":"api:release","webhook_metadata":{"attempt":{"id":"a1"}}}"#;
    let coinbase = r#"{"attempt_number":1,"event":{"id":"e1","type":"charge:confirmed"},"id":"d1","scheduled_for":"2026-11-26T10:00:00Z"}"#;
    let intercom = r#"{"type":"notification_event","topic":"user.created","id":"n1","delivery_status":null,"delivery_attempts":1,"delivered_at":0}"#;
    let paddle = r#"{"event_id":"evt_1","event_type":"transaction.paid","notification_id":"ntf_1"}"#;
    let linear = format!(r#"{{"type":"Issue","action":"create","webhookTimestamp":{NOW}000}}"#);
    let again = format!(
        r#"{{"type":"Issue","action":"create","webhookTimestamp":{}000}}"#,
        NOW + 60
    );
    let retries = [
        (
            STRIPE,
            r#"{"id":"evt_1","type":"invoice.paid","pending_webhooks":1}"#,
            r#"{"id":"evt_1","type":"invoice.paid","pending_webhooks":0}"#,
        ),
        (
            senders::HEROKU,
            heroku,
            r#"{"id":"e1","resource":"api:release","webhook_metadata":{"attempt":{"id":"a2"}}}"#,
        ),
        (
            senders::COINBASE_COMMERCE,
            coinbase,
            r#"{"attempt_number":2,"event":{"id":"e1","type":"charge:confirmed"},"id":"d2","scheduled_for":"2026-11-26T11:00:00Z"}"#,
        ),
        (
            senders::INTERCOM,
            intercom,
            r#"{"type":"notification_event","topic":"user.created","id":"n1","delivery_status":"failed","delivery_attempts":2,"delivered_at":1800000060}"#,
        ),
        // A replay by hand, which gets a notification of its own.
        (
            senders::PADDLE,
            paddle,
            r#"{"event_id":"evt_1","event_type":"transaction.paid","notification_id":"ntf_2"}"#,
        ),
        (senders::LINEAR, &linear, &again),
        (
            senders::NOTION,
            r#"{"id":"e1","type":"page.created","attempt_number":1}"#,
            r#"{"id":"e1","type":"page.created","attempt_number":2}"#,
        ),
    ];
    for (scheme, first, again) in retries {
        let name = scheme.name();
        let endpoint = Endpoint::failing(scheme, 1);
        let sent = |body, after| endpoint.sign(&endpoint.delivery(body, after).id("d1"));
        assert_eq!(endpoint.send(sent(first, 0), 0).await, (500, 1), "{name}");
        assert_eq!(
            endpoint.send(sent(again, 60), 60).await,
            (200, 2),
            "{name}: a retry is lost"
        );
        assert_eq!(
            endpoint.send(sent(again, 60), 60).await,
            (200, 2),
            "{name}: a done event runs again"
        );
        assert_eq!(
            endpoint.send(sent(first, 60), 60).await,
            (200, 2),
            "{name}: a done event runs again"
        );
    }
}

#[tokio::test]
async fn woocommerces_topics_are_events_of_their_own_though_their_bodies_are_alike() {
    let endpoint = Endpoint::failing(senders::WOOCOMMERCE, 0);
    let told = |topic: &str, id: &str| {
        endpoint.sign(
            &endpoint
                .delivery(r#"{"id":727,"status":"processing"}"#, 0)
                .id(id)
                .kind(topic),
        )
    };
    assert_eq!(endpoint.send(told("order.created", "a"), 0).await, (200, 1));
    assert_eq!(endpoint.send(told("order.updated", "b"), 0).await, (200, 2));
    assert_eq!(endpoint.send(told("order.updated", "b"), 0).await, (200, 2));
}

#[tokio::test]
async fn a_captured_delivery_of_gitlabs_is_no_other_event_under_another_idempotency_key() {
    let endpoint = Endpoint::failing(senders::GITLAB, 0);
    let told = |key: &str| {
        let delivery = endpoint
            .delivery(r#"{"object_kind":"push"}"#, 0)
            .id("one")
            .kind("Push Hook");
        let mut request = endpoint.sign(&delivery);
        let key = HeaderValue::from_str(key).unwrap();
        request.headers_mut().insert("idempotency-key", key);
        request
    };
    assert_eq!(endpoint.send(told("one"), 0).await, (200, 1));
    assert_eq!(endpoint.send(told("two"), 0).await, (200, 1));
}

/// A trigger's body is what its author has written into it: an `id` there is a ticket's, say.
#[tokio::test]
async fn zendesks_event_is_the_invocation_whatever_its_body_holds() {
    let endpoint = Endpoint::failing(senders::ZENDESK, 0);
    let told = |invocation: &str, body: &str| endpoint.sign(&endpoint.delivery(body, 0).id(invocation));
    assert_eq!(
        endpoint.send(told("1", r#"{"id":7,"status":"open"}"#), 0).await,
        (200, 1)
    );
    let (open, solved) = (r#"{"id":"7","status":"open"}"#, r#"{"id":"7","status":"solved"}"#);
    assert_eq!(endpoint.send(told("2", open), 0).await, (200, 2));
    assert_eq!(endpoint.send(told("3", solved), 0).await, (200, 3));
    assert_eq!(endpoint.send(told("3", solved), 0).await, (200, 3));
}

#[tokio::test]
async fn what_is_signed_beside_the_body_tells_events_apart_but_the_time_does_not() {
    const IN_HEADERS: Scheme = Scheme::hmac_sha256("acme")
        .signature(header("x-signature").hex())
        .kind(header("x-topic"))
        .timestamp(header("x-time").unix_seconds())
        .content(&[Part::Header("x-topic"), Part::Header("x-time"), Part::Body]);
    const IN_THE_SIGNATURE: Scheme = Scheme::hmac_sha256("acme")
        .signature(header("x-signature").pairs("v1").hex())
        .kind(header("x-topic"))
        .timestamp(element("t").unix_seconds())
        .content(&[Part::Header("x-topic"), Part::Element("t"), Part::Body]);
    for scheme in [IN_HEADERS, IN_THE_SIGNATURE] {
        let endpoint = Endpoint::failing(scheme, 0);
        let sent = |topic: &str, after| endpoint.sign(&endpoint.delivery("{}", after).kind(topic));
        assert_eq!(endpoint.send(sent("paid", 0), 0).await, (200, 1));
        assert_eq!(
            endpoint.send(sent("paid", 60), 60).await,
            (200, 1),
            "a retry is none"
        );
        assert_eq!(endpoint.send(sent("void", 60), 60).await, (200, 2));
    }
}
