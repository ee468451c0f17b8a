//! The senders of this crate that put several events into one delivery.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use http::{Request, Response, StatusCode};
use tower::{Layer, ServiceExt, service_fn};
use tower_webhook::provider::Scheme;
use tower_webhook::provider::senders::{ASANA, AZURE_EVENT_GRID, GOCARDLESS, INTUIT, LINE, META, XERO};
use tower_webhook::{DedupLayer, SplitLayer, UnsignedBody, VerifyLayer};

use super::harness::{Body, Handler, code, request, secret, stack, store};

/// The id, the kind and the place of each event that the body holds.
async fn events(scheme: Scheme, body: &'static str) -> Vec<(Option<String>, String, String)> {
    let (handler, (store, _)) = (Handler::default(), store());
    let stack = stack(scheme, store, &handler);
    assert!((200..300).contains(&code(&stack, scheme, body).await));
    let said = handler.shown().into_iter().map(|event| {
        let id = event.proof.id().map(|id| (*id.value()).to_owned());
        let kind = event.proof.kind().map_or("", |kind| *kind.value()).to_owned();
        (id, kind, event.proof.place().unwrap().to_owned())
    });
    said.collect()
}

fn row(id: Option<&str>, kind: &str, place: &str) -> (Option<String>, String, String) {
    (id.map(str::to_owned), kind.to_owned(), place.to_owned())
}

#[tokio::test]
async fn line() {
    let body = r#"{"destination":"U1","events":[
        {"type":"message","webhookEventId":"01A","timestamp":1700000000123,"deliveryContext":{"isRedelivery":false},"mode":"active"},
        {"type":"follow","webhookEventId":"01B","timestamp":1700000000124,"deliveryContext":{"isRedelivery":false},"mode":"active"}]}"#;
    let expected = [
        row(Some("01A"), "message", "/events/0"),
        row(Some("01B"), "follow", "/events/1"),
    ];
    assert_eq!(events(LINE, body).await, expected);
}

#[tokio::test]
async fn a_redelivery_of_line_s_is_a_duplicate() {
    let (handler, (store, _)) = (Handler::default(), store());
    let stack = stack(LINE, store, &handler);
    let body = |again: bool| {
        format!(
            r#"{{"events":[{{"type":"follow","webhookEventId":"01A","deliveryContext":{{"isRedelivery":{again}}}}}]}}"#
        )
    };
    assert_eq!(code(&stack, LINE, body(false)).await, 204);
    assert_eq!(code(&stack, LINE, body(true)).await, 200);
    assert_eq!(handler.ran(), ["01A"]);
}

#[tokio::test]
async fn xero() {
    let body = r#"{"events":[{"resourceId":"r","eventDateUtc":"2024-01-02T03:04:05.678","eventType":"UPDATE","eventCategory":"INVOICE",
        "tenantId":"t"}],"firstEventSequence":1,"lastEventSequence":1,"entropy":"XYZ"}"#;
    assert_eq!(
        events(XERO, body).await,
        [row(None, "INVOICE.UPDATE", "/events/0")]
    );
    let intent = r#"{"events":[],"firstEventSequence":0,"lastEventSequence":0,"entropy":"ABC"}"#;
    assert!(events(XERO, intent).await.is_empty());
}

#[tokio::test]
async fn asana() {
    let body = r#"{"events":[{"user":{"gid":"1","resource_type":"user"},"created_at":"2024-01-02T03:04:05.678Z","action":"changed",
        "resource":{"gid":"2","resource_type":"task"},"parent":null,"change":{"field":"due_at","action":"changed"}}]}"#;
    assert_eq!(
        events(ASANA, body).await,
        [row(None, "task.changed", "/events/0")]
    );
    assert!(events(ASANA, r#"{"events":[]}"#).await.is_empty());
}

#[tokio::test]
async fn meta_with_its_three_arrays() {
    let body = r#"{"object":"page","entry":[
        {"id":"1","time":1,"changes":[{"field":"feed","value":{}},{"field":"name","value":"x"}]},
        {"id":"1","time":2,"messaging":[{"message":{"mid":"m"}}]},
        {"id":"1","time":3,"standby":[{"message":{"mid":"n"}}]},
        {"id":"1","time":4,"changed_fields":["feed"]}]}"#;
    let expected = [
        row(None, "feed", "/entry/0/changes/0"),
        row(None, "name", "/entry/0/changes/1"),
        row(None, "page", "/entry/1/messaging/0"),
        row(None, "page", "/entry/2/standby/0"),
        row(None, "page", "/entry/3"),
    ];
    assert_eq!(events(META, body).await, expected);
}

#[tokio::test]
async fn a_change_of_meta_s_can_come_about_again() {
    let (handler, (store, _)) = (Handler::default(), store());
    let stack = stack(META, store, &handler);
    let body = |time: u32| {
        format!(
            r#"{{"object":"page","entry":[{{"id":"1","time":{time},"changes":[{{"field":"name","value":"x"}}]}}]}}"#
        )
    };
    for (time, status) in [(1, 204), (1, 200), (2, 204)] {
        assert_eq!(code(&stack, META, body(time)).await, status, "{time}");
    }
    assert_eq!(handler.ran().len(), 2);
}

#[tokio::test]
async fn gocardless() {
    let body = r#"{"events":[{"id":"EV1","created_at":"2024-01-02T03:04:05.678Z","resource_type":"payments","action":"confirmed",
        "links":{"payment":"PM1"}}],"meta":{"webhook_id":"WB1"}}"#;
    assert_eq!(
        events(GOCARDLESS, body).await,
        [row(Some("EV1"), "payments.confirmed", "/events/0")]
    );
}

#[tokio::test]
async fn intuit_in_both_its_formats() {
    let old = r#"{"eventNotifications":[{"realmId":"31","dataChangeEvent":{"entities":[
        {"name":"Account","id":"12","operation":"Create","lastUpdated":"2025-09-08T20:52:31.657Z"}]}}]}"#;
    let place = "/eventNotifications/0/dataChangeEvent/entities/0";
    assert_eq!(events(INTUIT, old).await, [row(None, "Account.Create", place)]);
    let new = r#"[{"specversion":"1.0","id":"88cd","source":"intuit.x","type":"qbo.account.created.v1",
        "time":"2025-09-10T21:31:25.179851517Z","intuitentityid":"12","intuitaccountid":"31","data":{}}]"#;
    assert_eq!(
        events(INTUIT, new).await,
        [row(Some("88cd"), "qbo.account.created.v1", "/0")]
    );
}

/// A sender that signs nothing: its events are opened as well, and each is as unsigned as the delivery.
#[tokio::test]
async fn event_grid_s_batch_and_the_same_id_under_another_topic() {
    type Seen = Arc<Mutex<Vec<(String, String, bool)>>>;
    let seen = Seen::default();
    let log = Arc::clone(&seen);
    let handler = service_fn(move |request: Request<Body>| {
        let event = request.extensions().get::<UnsignedBody>().unwrap();
        let (id, kind) = (event.id().unwrap(), event.kind().unwrap());
        let row = (
            (*id.value()).to_owned(),
            (*kind.value()).to_owned(),
            id.is_signed(),
        );
        log.lock().unwrap().push(row);
        std::future::ready(Ok::<_, Infallible>(Response::new(Body::default())))
    });
    let layers = (
        VerifyLayer::new(AZURE_EVENT_GRID.with(secret())).unwrap(),
        SplitLayer::new(),
        DedupLayer::new(store().0),
    );
    let service = layers.layer(handler);
    let body = r#"[{"topic":"/one","id":"1","eventType":"Made","data":{}},{"topic":"/two","id":"1","eventType":"Made","data":{}},
        {"topic":"/one","id":"1","eventType":"Made","data":{}}]"#;
    let response = service.oneshot(request(AZURE_EVENT_GRID, body)).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let made = || ("1".to_owned(), "Made".to_owned(), false);
    assert_eq!(*seen.lock().unwrap(), [made(), made()]);
}

/// Those that a key pair signs, or a provider of its own checks, need a signer of their own.
#[test]
fn every_description_of_several_events_is_proven_here() {
    let several = tower_webhook::provider::senders::ALL.iter().filter(|scheme| {
        scheme.holds_several() && !scheme.is_own() && scheme.facts().algorithm.starts_with("HMAC")
    });
    let names: Vec<_> = several.map(Scheme::name).collect();
    assert_eq!(
        names,
        ["asana", "gocardless", "intuit", "line", "meta", "xero"],
        "give a new one its test"
    );
}
