//! Section G: what becomes of a genuine event that no type or no handler takes, and what reading one costs.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::routing::post_service;
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::value::RawValue;
use tower::ServiceExt;
use tower_webhook::event::{Json, github, slack, stripe};
use tower_webhook::provider::{GITHUB, STRIPE, Scheme, header, json};
use tower_webhook::testing::Delivery;
use tower_webhook::{Context, Event, EventRouter, Outcome, Reason, Verified, VerifyLayer};

use crate::g_github::extracted;
use crate::harness::{Stage, run, secret, signed, unreadable};

async fn dispatched(router: EventRouter, kind: &str, body: &str) -> u16 {
    let layer = VerifyLayer::new(tower_webhook::github(secret())).unwrap();
    let app = Router::new().route("/", post_service(router)).layer(layer);
    let request = Delivery::new(GITHUB, body.to_owned())
        .kind(kind)
        .sign(&secret())
        .unwrap();
    app.oneshot(request.map(Body::from))
        .await
        .unwrap()
        .status()
        .as_u16()
}

#[tokio::test]
async fn t130_an_unknown_kind_is_answered_with_200_unless_the_user_says_otherwise() {
    let ran = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&ran);
    let pushes = EventRouter::new().on(move |_: github::Push, _: Context| {
        let count = Arc::clone(&count);
        async move {
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    for kind in ["teleport", "issues", "", "pushed", "PUSH"] {
        assert_eq!(dispatched(pushes.clone(), kind, "{}").await, 200, "{kind}");
    }
    assert_eq!(
        dispatched(pushes.clone(), "push", "{}").await,
        400,
        "a known kind must fit its type"
    );
    assert_eq!(dispatched(pushes.clone(), "teleport", "not even JSON").await, 200);
    assert_eq!(ran.load(Ordering::SeqCst), 0);
    let strict = pushes.otherwise(|_: Context| async { Outcome::Retry });
    assert_eq!(dispatched(strict, "teleport", "{}").await, 503);
}

#[tokio::test]
async fn a_kind_is_a_text_of_at_most_255_bytes_where_there_is_one() {
    let body = |kind: &str| format!(r#"{{"id":"evt_1","type":{kind}}}"#);
    let (fits, long) = (format!("{:?}", "x".repeat(255)), format!("{:?}", "x".repeat(256)));
    for kind in [&*long, "1", "null", r#"["a"]"#] {
        unreadable(STRIPE, signed(STRIPE, body(kind)), Reason::MalformedBody).await;
    }
    // Whose bodies may be anything, they may be JSON without a kind, too.
    const ANY: Scheme = Scheme::hmac_sha256("any")
        .signature(header("x-any").hex())
        .kind(json("/type"));
    unreadable(ANY, signed(ANY, body(&long)), Reason::MalformedBody).await;
    for (scheme, kind, known) in [
        (STRIPE, &*fits, Some(fits.trim_matches('"'))),
        (STRIPE, r#""""#, None),
        (ANY, r#""a""#, Some("a")),
        (ANY, "1", None),
    ] {
        let stage = Stage::of(scheme);
        assert_eq!(stage.send(signed(scheme, body(kind))).await.status, 200, "{kind}");
        let proof = stage.seen.last().proof;
        assert_eq!(proof.kind().map(|kind| *kind.value()), known, "{kind}");
    }
}

#[tokio::test]
async fn t130_unknown_kinds_and_actions_are_kept_as_they_came() {
    let body = r#"{"action":"teleported","more":[1,2]}"#;
    for kind in ["teleport", "issues", "push"] {
        let request = Delivery::new(GITHUB, body).kind(kind).sign(&secret()).unwrap();
        let (status, event) = extracted::<github::Event>(request).await;
        let Some((_, github::Event::Other(other))) = event else {
            panic!("{kind}")
        };
        assert_eq!(
            (status, other.kind(), &other.body()[..]),
            (200, kind, body.as_bytes())
        );
    }
    let unknown = r#"{"id":"evt_1","object":"event","type":"new.kind","data":{"object":{"object":"new"}}}"#;
    assert!(matches!(
        stripe::Event::from_parts("", unknown),
        stripe::Event::Other(_)
    ));
    let unknown = r#"{"type":"event_callback","event_id":"Ev1","event":{"type":"new_kind"}}"#;
    assert!(matches!(
        slack::Event::from_parts("", None, unknown),
        slack::Event::Other(_)
    ));
}

/// Every typed reader at once: none may panic, and the enums never fail.
fn read_by_all(proof: &Verified) {
    let _ = Json::<serde_json::Value>::read(proof);
    let _ = github::Push::read(proof);
    let _ = stripe::Snapshot::<stripe::Invoice>::read(proof);
    let _ = slack::Callback::<slack::AppMention>::read(proof);
    let _ = slack::SlashCommand::read(proof);
    let enums = [
        github::Event::read(proof).is_ok(),
        stripe::Event::read(proof).is_ok(),
        slack::Event::read(proof).is_ok(),
    ];
    assert_eq!(
        enums.iter().filter(|read| **read).count(),
        1,
        "its own sender's enum reads it"
    );
}

proptest! {
    #[test]
    fn t129_missing_fields_and_empty_lists_break_no_type(
        kind in prop::sample::select(vec!["push", "issues", "pull_request", "ping", "check_run", "release", "x"]),
        body in r#"(\{\}|\[\]|null|"x"|\{"(id|type|event|data|issue|object|commits)":(\{\}|\[\]|null|1|"event"|"x")\})"#,
    ) {
        run(async {
            let stage = Stage::of(GITHUB);
            let request = Delivery::new(GITHUB, body).kind(kind).sign(&secret()).unwrap();
            assert_eq!(stage.send(request).await.status, 200);
            read_by_all(&stage.seen.last().proof);
        });
    }
}

/// What a program takes of a large document: the elements' text, or their values.
#[derive(Deserialize)]
struct Raw {
    list: Box<RawValue>,
}

#[derive(Deserialize)]
struct Typed {
    list: Vec<u8>,
}

fn peak(work: impl FnOnce()) -> u64 {
    allocation_counter::measure(work).bytes_max
}

#[test]
fn t128_a_million_tiny_elements_cost_no_more_than_eight_times_the_body() {
    const ELEMENTS: usize = 400_000;
    let list = format!("1{}", ",1".repeat(ELEMENTS - 1));
    let body = format!(r#"{{"id":"evt_1","object":"event","type":"x","list":[{list}]}}"#);
    let (limit, request) = (8 * body.len() as u64, signed(STRIPE, body));
    let stage = Stage::of(STRIPE);
    let received = peak(|| assert_eq!(run(stage.send(request)).status, 200));
    assert!(received < limit, "{received} to receive it");
    let proof = stage.seen.last().proof;
    let raw = peak(|| {
        let Json(document) = Json::<Raw>::read(&proof).unwrap();
        assert_eq!(document.list.get().len(), 2 * ELEMENTS + 1);
    });
    assert!(raw < limit, "{raw} to keep its text");
    let typed = peak(|| assert_eq!(Json::<Typed>::read(&proof).unwrap().0.list.len(), ELEMENTS));
    assert!(typed < limit, "{typed} as a type");
    let other = peak(|| assert!(stripe::Event::read(&proof).is_ok()));
    assert!(other < limit, "{other} as an event");
}
