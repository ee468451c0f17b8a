//! Section E: the same delivery again, and the same content under another name.

use std::time::Duration;

use axum::response::IntoResponse;
use bytes::Bytes;
use http::{Request, StatusCode};
use tower_webhook::provider::{GITHUB, SLACK, STANDARD_WEBHOOKS, STRIPE};
use tower_webhook::testing::Delivery;
use tower_webhook::{Identity, Reason, github, slack};

use crate::harness::{
    BODY, SENDERS, Stage, WAYS, accepted, genuine, refused, secret, signed, with_header, without,
};

/// Both deliveries to one endpoint, one after the other: the statuses, and how often the handler ran.
async fn twice(stage: &Stage, one: Request<Bytes>, other: Request<Bytes>) -> (u16, u16, usize) {
    let first = stage.send(one).await.status;
    let second = stage.send(other).await.status;
    (first, second, stage.seen.handled())
}

/// What a duplicate gets.
const DUP: (u16, u16, usize) = (200, 200, 1);
/// What another event gets.
const OK: (u16, u16, usize) = (200, 200, 2);

fn by_content() -> Stage {
    let identity = |dedup: tower_webhook::DedupLayer| dedup.identity(Identity::SignedContent);
    Stage::with(github(secret()), |verify| verify, identity)
}

#[tokio::test]
async fn t074_the_same_bytes_twice_run_once() {
    for (scheme, _) in SENDERS {
        for way in WAYS {
            let stage = Stage::of(scheme);
            assert_eq!(&stage.send_by(way, genuine(scheme)).await.body[..], b"handled");
            let again = stage.send_by(way, genuine(scheme)).await;
            assert_eq!((again.status, again.body.len()), (200, 0));
            assert_eq!(
                (stage.seen.handled(), stage.seen.claims(), stage.seen.completed()),
                (1, 2, 1)
            );
        }
    }
}

#[tokio::test]
async fn t075_after_the_window_the_same_bytes_are_refused() {
    for scheme in [STRIPE, SLACK, STANDARD_WEBHOOKS] {
        let stage = Stage::of(scheme);
        stage.send(genuine(scheme)).await;
        stage.clock.advance(Duration::from_secs(301));
        let again = stage.send(genuine(scheme)).await;
        assert_eq!(
            (again.status, stage.seen.reason()),
            (401, Some(Reason::StaleTimestamp))
        );
        assert_eq!((stage.seen.handled(), stage.seen.claims()), (1, 1));
    }
}

fn under_id(id: &'static str, body: &'static str) -> Request<Bytes> {
    with_header(signed(GITHUB, body), "x-github-delivery", id.as_bytes())
}

#[tokio::test]
async fn t076_a_replay_under_a_new_unsigned_id_is_stopped_by_the_signed_content() {
    let (captured, renamed) = (|| under_id("1", BODY), || under_id("2", BODY));
    let by_id = Stage::of(GITHUB);
    assert_eq!(twice(&by_id, captured(), renamed()).await, OK);
    let proof = by_id.seen.last().proof;
    let id = proof.id().unwrap();
    assert_eq!(
        (*id.value(), id.is_signed()),
        ("2", false),
        "the proof says that nobody vouches for the id"
    );
    assert_eq!(twice(&by_content(), captured(), renamed()).await, DUP);
}

#[tokio::test]
async fn t077_a_replay_without_the_id_is_refused_or_a_duplicate() {
    let unnamed = || without(genuine(GITHUB), "x-github-delivery");
    refused(|| Stage::of(GITHUB), unnamed(), 400, Reason::MalformedId).await;
    let stage = Stage::of(GITHUB);
    stage.send(genuine(GITHUB)).await;
    assert_eq!(stage.send(unnamed()).await.status, 400);
    assert_eq!((stage.seen.handled(), stage.seen.claims()), (1, 1));
    assert_eq!(twice(&by_content(), genuine(GITHUB), unnamed()).await, DUP);
}

#[tokio::test]
async fn t078_a_captured_body_under_a_pending_id_suppresses_nothing() {
    let (captured, pending) = (r#"{"n":"A"}"#, r#"{"n":"B"}"#);
    for stage in [Stage::of(GITHUB), by_content()] {
        stage.send(under_id("a", captured)).await;
        stage.send(under_id("b", captured)).await;
        let before = stage.seen.handled();
        let answer = stage.send(under_id("b", pending)).await;
        assert_eq!((answer.status, &answer.body[..]), (200, &b"handled"[..]));
        assert_eq!(stage.seen.handled(), before + 1);
        assert_eq!(stage.seen.last().body, pending);
    }
}

#[tokio::test]
async fn t087_a_retry_that_counts_other_endpoints_differently_is_a_duplicate() {
    let with = |pending: &str| {
        let body = format!(r#"{{"id":"evt_1","pending_webhooks":{pending},"type":"invoice.paid"}}"#);
        signed(STRIPE, body)
    };
    for pending in ["0", "12", "null"] {
        assert_eq!(twice(&Stage::of(STRIPE), with("2"), with(pending)).await, DUP);
    }
}

#[tokio::test]
async fn t091_a_retry_of_a_failed_event_runs_whatever_its_headers_say() {
    for way in WAYS {
        let handler = |call: crate::harness::Call| async move {
            match call.headers.contains_key("x-slack-retry-num") {
                true => "handled".into_response(),
                false => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            }
        };
        let stage = Stage::answering(slack(secret()), |verify| verify, |dedup| dedup, handler);
        assert_eq!(stage.send_by(way, genuine(SLACK)).await.status, 500);
        let retry = with_header(genuine(SLACK), "x-slack-retry-num", b"1");
        let retry = with_header(retry, "x-slack-retry-reason", b"http_error");
        assert_eq!(&stage.send_by(way, retry).await.body[..], b"handled");
        assert_eq!(
            (stage.seen.claims(), stage.seen.released(), stage.seen.completed()),
            (2, 1, 1)
        );
        assert_eq!(stage.seen.last().attempt.unwrap().number(), 2);
    }
    let first_seen = with_header(genuine(SLACK), "x-slack-retry-num", b"3");
    accepted(|| Stage::of(SLACK), first_seen).await;
}

#[tokio::test]
async fn t097_identical_content_counts_once_or_twice_as_the_user_chooses() {
    let nightly = r#"{"action":"nightly","client_payload":{}}"#;
    let (one, two) = (|| under_id("night-1", nightly), || under_id("night-2", nightly));
    assert_eq!(twice(&Stage::of(GITHUB), one(), two()).await, OK);
    assert_eq!(twice(&by_content(), one(), two()).await, DUP);
    let sent = |id: &str| {
        let delivery = Delivery::new(STANDARD_WEBHOOKS, BODY)
            .id(id)
            .at(Stage::of(GITHUB).clock.time());
        delivery.sign(&secret()).unwrap()
    };
    assert_eq!(
        twice(&Stage::of(STANDARD_WEBHOOKS), sent("msg_1"), sent("msg_2")).await,
        OK
    );
}
