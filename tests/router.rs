//! The router: each event to the handler that asks for it.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::routing::post_service;
use http_body_util::Full;
use serde::Deserialize;
use support::{Body, deliver, secret, verify};
use tower::{Layer, ServiceExt};
use tower_webhook::event::{Form, Json, github, slack, stripe};
use tower_webhook::provider::{GITHUB, SLACK, STRIPE};
use tower_webhook::store::MemoryStore;
use tower_webhook::testing::Delivery;
use tower_webhook::{Attempt, Context, DedupLayer, EventRouter, Outcome, Reason, Rejection, Secret};

type Log = Arc<Mutex<Vec<&'static str>>>;

fn noted(log: &Log, name: &'static str) -> impl Fn(Context) -> std::future::Ready<()> + Clone + use<> {
    let log = Arc::clone(log);
    move |_| {
        log.lock().unwrap().push(name);
        std::future::ready(())
    }
}

async fn route(router: &EventRouter, delivery: Delivery) -> u16 {
    deliver(GITHUB, router.clone(), delivery).await.status().as_u16()
}

fn github(kind: &str, body: &'static str) -> Delivery {
    Delivery::new(GITHUB, body).kind(kind)
}

const STAR: &str = r#"{"action":"created","starred_at":"2026-05-01T10:00:00Z",
    "repository":{"id":7,"name":"kiln","full_name":"potter/kiln","private":false,"fork":false,
    "owner":{"login":"potter","id":3},"html_url":"https://github.com/potter/kiln"},
    "sender":{"login":"potter","id":3}}"#;

#[tokio::test]
async fn the_first_handler_that_fits_runs() {
    let log = Log::default();
    let (typed, rest) = (noted(&log, "star"), noted(&log, "rest"));
    let router = EventRouter::new()
        .on(move |star: github::Star, context: Context| {
            assert_eq!(star.sender.login, "potter");
            typed(context)
        })
        .on_kind("star", noted(&log, "never"))
        .on_kind("pull_*", noted(&log, "pull"))
        .on_kind("issues", noted(&log, "issues"))
        .otherwise(rest);
    for kind in [
        "pull_request",
        "pull_request_review",
        "issues",
        "issues_x",
        "watch",
    ] {
        assert_eq!(route(&router, github(kind, "{}")).await, 200);
    }
    assert_eq!(route(&router, github("star", STAR)).await, 200);
    assert_eq!(
        *log.lock().unwrap(),
        ["pull", "pull", "issues", "rest", "rest", "star"]
    );
}

#[tokio::test]
async fn t130_an_event_that_nobody_takes_is_answered_with_success() {
    let router = EventRouter::new().on_kind("push", |_| async { Outcome::Permanent });
    let response = deliver(GITHUB, router, github("gollum", "{}")).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.extensions().get::<Outcome>(), Some(&Outcome::Done));
}

#[tokio::test]
async fn an_event_that_does_not_fit_its_type_is_refused() {
    let router = EventRouter::new().on(|_: github::Push, _| async {});
    let response = deliver(GITHUB, router, github("push", STAR)).await;
    assert_eq!(response.status(), 400);
    assert_eq!(
        response.extensions().get::<Rejection>().unwrap().reason(),
        Reason::MalformedBody
    );
    assert!(response.body().is_empty());
}

#[tokio::test]
async fn a_handlers_result_decides_the_answer() {
    let failed = || Err::<(), _>(std::io::Error::other("the disk is full"));
    let router = EventRouter::new()
        .on_kind("fails", move |_| async move { failed() })
        .on_kind("works", |_| async { Ok::<_, std::io::Error>(()) })
        .on_kind("never", |_| async { Outcome::Permanent });
    assert_eq!(route(&router, github("fails", "{}")).await, 503);
    assert_eq!(route(&router, github("works", "{}")).await, 200);
    assert_eq!(route(&router, github("never", "{}")).await, 200);
}

#[tokio::test]
async fn a_handler_gets_the_attempt_where_events_are_claimed() {
    let attempts = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&attempts);
    let router = EventRouter::new().on_kind("push", move |context: Context| {
        noted.lock().unwrap().push(context.attempt().map(Attempt::number));
        async {}
    });
    let claimed = DedupLayer::new(MemoryStore::default()).layer(router.clone());
    let response = deliver(GITHUB, claimed, github("push", "{}")).await;
    assert_eq!(response.status(), 200);
    assert_eq!(route(&router, github("push", "{}")).await, 200);
    assert_eq!(*attempts.lock().unwrap(), [Some(1), None]);
}

#[tokio::test]
async fn a_types_provider_keeps_it_from_other_senders_events() {
    let log = Log::default();
    let (slack, stripe) = (noted(&log, "slack"), noted(&log, "stripe"));
    let router = EventRouter::new()
        .on(move |_: slack::Event, context| slack(context))
        .on(move |_: stripe::Event, context| stripe(context));
    let delivery = Delivery::new(
        STRIPE,
        r#"{"id":"evt_1","object":"event","type":"a.b","data":{"object":{}}}"#,
    );
    assert_eq!(deliver(STRIPE, router.clone(), delivery).await.status(), 200);
    let command = Delivery::new(SLACK, "command=%2Fdeploy&text=now&trigger_id=1.2&team_id=T1").form();
    assert_eq!(deliver(SLACK, router, command).await.status(), 200);
    assert_eq!(*log.lock().unwrap(), ["stripe", "slack"]);
}

#[derive(Deserialize)]
struct Order {
    number: u64,
}

#[tokio::test]
async fn types_of_ones_own_come_from_json_and_from_forms() {
    let router = EventRouter::new().on(|Json(order): Json<Order>, _| async move {
        assert_eq!(order.number, 9_007_199_254_740_993);
    });
    let wrapped = Delivery::new(GITHUB, "payload=%7B%22number%22%3A9007199254740993%7D").form();
    assert_eq!(deliver(GITHUB, router.clone(), wrapped).await.status(), 200);
    assert_eq!(
        route(&router, github("order", r#"{"number":9007199254740993}"#)).await,
        200
    );
    assert_eq!(
        route(&router, github("order", r#"{"number":1,"number":2}"#)).await,
        400
    );
    let router = EventRouter::new().on(|Form(order): Form<Order>, _| async move {
        assert_eq!(order.number, 7);
    });
    let form = |body: &'static str| Delivery::new(GITHUB, body).form();
    assert_eq!(
        deliver(GITHUB, router.clone(), form("number=7")).await.status(),
        200
    );
    assert_eq!(
        deliver(GITHUB, router, form("number=7&number=8")).await.status(),
        400
    );
}

#[tokio::test]
async fn a_kind_is_read_as_the_type_that_its_handler_asks_for() {
    let log = Log::default();
    let (created, any, enumerated) = (noted(&log, "created"), noted(&log, "any"), noted(&log, "enum"));
    let router = EventRouter::new()
        .on_kind_as("order.created", move |Json(order): Json<Order>, context| {
            assert_eq!(order.number, 7);
            created(context)
        })
        .on_kind_as("order.*", move |_: Json<serde_json::Value>, context| any(context))
        .on_kind_as("pull_*", move |event: github::Event, context| {
            assert!(matches!(event, github::Event::Other(_)), "{event:?}");
            enumerated(context)
        })
        .otherwise(noted(&log, "rest"));
    let order = r#"{"number":7}"#;
    for (kind, body) in [
        ("order.created", order),
        ("order.paid", "[]"),
        ("order", order),
        ("pull_request", r#"{"of":"another shape"}"#),
    ] {
        assert_eq!(route(&router, github(kind, body)).await, 200, "{kind}");
    }
    assert_eq!(*log.lock().unwrap(), ["created", "any", "rest", "enum"]);
}

#[tokio::test]
async fn a_payload_that_does_not_fit_its_kinds_type_is_refused() {
    let router = EventRouter::new()
        .on_kind_as("order", |_: Json<Order>, _| async {})
        .on_kind_as("issues", |_: github::Push, _| async {}) // never of that kind
        .otherwise(|_| async {});
    for (kind, body) in [
        ("order", r#"{"number":"seven"}"#),
        ("order", "{"),
        ("issues", STAR),
    ] {
        let response = deliver(GITHUB, router.clone(), github(kind, body)).await;
        let rejection = response.extensions().get::<Rejection>().unwrap();
        assert_eq!(
            (response.status().as_u16(), rejection.reason()),
            (400, Reason::MalformedBody)
        );
    }
}

#[tokio::test]
async fn a_kind_of_another_sender_is_not_the_types() {
    let router = EventRouter::new()
        .on_kind_as("*", |_: stripe::Event, _| async { Outcome::Retry })
        .on_kind_as("*", |_: Json<serde_json::Value>, _| async {});
    assert_eq!(route(&router, github("push", "{}")).await, 200);
}

#[tokio::test]
async fn without_the_layer_nothing_is_dispatched() {
    let log = Log::default();
    let router = EventRouter::new().otherwise(noted(&log, "called"));
    let response = router.oneshot(http::Request::new(Body::default())).await.unwrap();
    assert_eq!(response.status(), 500);
    assert_eq!(
        response.extensions().get::<Rejection>().unwrap().reason(),
        Reason::LayerMissing
    );
}

#[tokio::test]
async fn it_is_an_axum_handler() {
    let router = EventRouter::new().otherwise(|context: Context| async move {
        assert!(context.attempt().is_none(), "no layer has claimed anything");
        assert_eq!(context.delivery().provider(), "github");
    });
    let app = Router::new()
        .route("/github", post_service(router))
        .layer(verify(GITHUB));
    let request = github("push", "{}").uri("/github").sign(&secret()).unwrap();
    let response = app
        .oneshot(request.map(|body| axum::body::Body::new(Full::new(body))))
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
}

/// RFC 8032's first test vector, whose key is nobody's.
#[cfg(feature = "ed25519")]
const SEED: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";

#[cfg(feature = "ed25519")]
#[tokio::test]
async fn discords_interactions_are_found_by_their_number() {
    use tower::Layer;
    use tower_webhook::VerifyLayer;
    use tower_webhook::event::discord::{Command, Interaction};
    use tower_webhook::provider::senders::DISCORD;
    use tower_webhook::testing::public_key;

    let (log, private) = (Log::default(), Secret::new(SEED).unwrap());
    let command = noted(&log, "command");
    let router = EventRouter::new()
        .on(move |used: Interaction<Command>, context: Context| {
            assert_eq!(used.data.name, "card");
            command(context)
        })
        .on_kind("3", noted(&log, "component"))
        .on_kind("ENTITLEMENT_*", noted(&log, "entitlement"))
        .otherwise(noted(&log, "rest"));
    let layer = VerifyLayer::new(DISCORD.with(public_key(&DISCORD, &private).unwrap())).unwrap();
    for body in [
        r#"{"type":2,"id":"1","application_id":"8","token":"t","version":1,"data":{"id":"7","name":"card","type":1}}"#,
        r#"{"type":3,"id":"2"}"#,
        r#"{"type":1,"application_id":"8","event":{"type":"ENTITLEMENT_CREATE"}}"#,
        r#"{"type":5,"id":"3"}"#,
        r#"{"type":1,"id":"4"}"#, // a PING, which no handler sees
    ] {
        let request = Delivery::new(DISCORD, body)
            .sign(&private)
            .unwrap()
            .map(Full::new);
        let answer = layer.layer(router.clone()).oneshot(request).await.unwrap();
        assert_eq!(answer.status(), 200, "{body}");
    }
    assert_eq!(
        *log.lock().unwrap(),
        ["command", "component", "entitlement", "rest"]
    );
}
