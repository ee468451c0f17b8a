//! The envelope of Standard Webhooks with data of the user's.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use axum::Router;
use axum::routing::{post, post_service};
use serde::Deserialize;
use serde_json::Value;
use support::{secret, verify};
use tower::ServiceExt;
use tower_webhook::event::standard::{Data, Envelope, Event};
use tower_webhook::event::{Event as _, EventErrorKind};
use tower_webhook::provider::{STANDARD_WEBHOOKS, Scheme, senders::SVIX};
use tower_webhook::testing::Delivery;
use tower_webhook::{EventRouter, Webhook};

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Contact {
    id: String,
}

impl Data for Contact {
    const KINDS: &'static [&'static str] = &["contact.*"];
}

const CREATED: &str = r#"{"type":"contact.created","timestamp":"2022-11-03T20:26:10.344522Z","data":{"id":"c1","x":[]},"more":1}"#;

fn read(document: &str) -> Event<Contact> {
    Event::from_parts("said", document.to_owned())
}

#[test]
fn an_event_of_the_data_s_kinds() {
    let Event::Typed(event) = read(CREATED) else {
        panic!()
    };
    assert_eq!(
        (event.kind.as_str(), event.data.id.as_str()),
        ("contact.created", "c1")
    );
    assert_eq!(event.timestamp.as_deref(), Some("2022-11-03T20:26:10.344522Z"));
    assert_eq!(
        Envelope::<Contact>::from_document(CREATED.as_bytes()).unwrap(),
        *event
    );
    let any = Envelope::<Value>::from_document(CREATED.as_bytes()).unwrap();
    assert_eq!(any.data["id"], "c1");
    assert_eq!(Envelope::<Contact>::KINDS, ["contact.*"]);
    assert_eq!(Envelope::<Contact>::PROVIDER, None);
}

#[test]
fn a_time_is_kept_as_it_is_written() {
    for (written, expected) in [
        (r#""timestamp":1667507170344,"#, Some("1667507170344")),
        (r#""timestamp":1e3,"#, Some("1e3")),
        (r#""timestamp":"\u0041","#, Some("A")),
        (r#""timestamp":null,"#, None),
        (r#""id":"e1","#, None),
        ("", None),
    ] {
        let document = format!(r#"{{{written}"type":"contact.x","data":{{"id":"c"}}}}"#);
        let Event::Typed(event) = read(&document) else {
            panic!("{document}")
        };
        assert_eq!(event.timestamp.as_deref(), expected);
    }
}

#[test]
fn what_has_no_type_or_does_not_fit_is_kept_to_the_byte() {
    for (document, kind, fits) in [
        (r#"{"type":"invoice.paid","data":{}}"#, "invoice.paid", true),
        (
            r#"{"type":"contact.created","data":{}}"#,
            "contact.created",
            false,
        ),
        (r#"{"type":"contact.created"}"#, "contact.created", false),
        (
            r#"{"type":"contact.created","timestamp":[],"data":{"id":"c"}}"#,
            "contact.created",
            false,
        ),
        (
            r#"{"type":"contact.created","id":1,"id":2,"data":{"id":"c"}}"#,
            "contact.created",
            false,
        ),
        (
            r#"{"type":"contact.a","type":"contact.b","data":{"id":"c"}}"#,
            "said",
            false,
        ),
        (r#"{"data":{"id":"c"}}"#, "said", false),
        ("x", "said", false),
    ] {
        let event = read(document);
        assert_eq!(event.kind(), kind, "{document}");
        let Event::Other(other) = event else {
            panic!("{document}")
        };
        assert_eq!(
            (other.reason().is_none(), &other.body()[..]),
            (fits, document.as_bytes()),
            "{document}"
        );
    }
    let error = Envelope::<Contact>::from_document(br#"{"type":"x","data":{}}"#).unwrap_err();
    assert_eq!(error.kind(), EventErrorKind::OtherKind);
}

#[tokio::test]
async fn it_reads_whoever_uses_the_envelope() {
    async fn code<E: tower_webhook::Event>(scheme: Scheme, body: &'static str) -> u16 {
        let app: Router = Router::new().route("/", post(|_: Webhook<E>| async {}).layer(verify(scheme)));
        let request = Delivery::new(scheme, body).id("msg_1").sign(&secret()).unwrap();
        let response = app.oneshot(request.map(axum::body::Body::from)).await.unwrap();
        response.status().as_u16()
    }
    for scheme in [STANDARD_WEBHOOKS, SVIX] {
        assert_eq!(code::<Envelope<Contact>>(scheme, CREATED).await, 200);
        assert_eq!(code::<Event<Contact>>(scheme, CREATED).await, 200);
        assert_eq!(
            code::<Envelope<Contact>>(scheme, r#"{"type":"x","data":{}}"#).await,
            400
        );
        assert_eq!(
            code::<Event<Contact>>(scheme, r#"{"type":"x","data":{}}"#).await,
            200
        );
    }
}

#[tokio::test]
async fn a_router_takes_it_by_the_data_s_kinds() {
    let events = EventRouter::new()
        .on(|_: Envelope<Contact>, _| async { tower_webhook::Outcome::Retry })
        .otherwise(|_| async {});
    let app: Router = Router::new().route("/", post_service(events).layer(verify(STANDARD_WEBHOOKS)));
    for (body, expected) in [(CREATED, 503), (r#"{"type":"invoice.paid","data":{}}"#, 200)] {
        let request = Delivery::new(STANDARD_WEBHOOKS, body)
            .id("msg_1")
            .sign(&secret())
            .unwrap();
        let response = app
            .clone()
            .oneshot(request.map(axum::body::Body::from))
            .await
            .unwrap();
        assert_eq!(response.status().as_u16(), expected);
    }
}
