//! Section C: what an outsider can learn from refusals, and what a flood of them costs.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use bytes::Bytes;
use http::{Request, Response};
use tower::{ServiceBuilder, ServiceExt};
use tower_webhook::provider::{GITHUB, SLACK, STANDARD_WEBHOOKS, STRIPE, Scheme, Sender};
use tower_webhook::{DedupLayer, Reason, RefusalClass, Tenants, VerifyLayer, github, stripe};

use crate::harness::{
    Answer, BODY, NOW, Seen, SpyStore, Stage, WAYS, genuine, run, secret, signed, with_header, without,
};
use crate::oracle::{post, stripe as stripe_at};

/// A stage and a request that is refused for this reason.
type Case = (Box<dyn Fn() -> Stage>, Request<Bytes>, Reason);

fn case(scheme: Scheme, request: Request<Bytes>, reason: Reason) -> Case {
    (Box::new(move || Stage::of(scheme)), request, reason)
}

fn stranger() -> Stage {
    Stage::new(Sender::new(GITHUB, Tenants::new(|_| Some("nobody".into()))))
}

/// One refusal of each kind that is answered with 401.
fn unauthenticated() -> Vec<Case> {
    let wrong = |value: String| with_header(genuine(STRIPE), "stripe-signature", value.as_bytes());
    let zeros = "0".repeat(64);
    let mut twice = genuine(GITHUB);
    twice
        .headers_mut()
        .append("x-hub-signature-256", zeros.parse().unwrap());
    vec![
        case(
            GITHUB,
            without(genuine(GITHUB), "x-hub-signature-256"),
            Reason::MissingHeader,
        ),
        case(GITHUB, twice, Reason::DuplicateHeader),
        case(
            GITHUB,
            with_header(genuine(GITHUB), "x-hub-signature-256", b"x"),
            Reason::MalformedHeader,
        ),
        case(
            STRIPE,
            wrong(format!("t={NOW},v0={zeros}")),
            Reason::UnsupportedVersion,
        ),
        case(
            STRIPE,
            wrong(format!("t={NOW}{}", format!(",v1={zeros}").repeat(17))),
            Reason::TooManySignatures,
        ),
        case(STRIPE, wrong(format!("t={NOW},v1={zeros}")), Reason::BadSignature),
        case(STRIPE, stripe_at("+1", BODY), Reason::MalformedTimestamp),
        case(
            STRIPE,
            stripe_at(&(NOW - 301).to_string(), BODY),
            Reason::StaleTimestamp,
        ),
        case(
            STRIPE,
            stripe_at(&(NOW + 301).to_string(), BODY),
            Reason::FutureTimestamp,
        ),
        case(
            SLACK,
            without(genuine(SLACK), "x-slack-request-timestamp"),
            Reason::MissingHeader,
        ),
        case(
            STANDARD_WEBHOOKS,
            without(genuine(STANDARD_WEBHOOKS), "webhook-id"),
            Reason::MissingHeader,
        ),
        (Box::new(stranger), genuine(GITHUB), Reason::UnknownTenant),
    ]
}

/// One refusal of each kind that is answered with 400 before the handler.
fn unreadable() -> Vec<Case> {
    let live = || Stage::new(stripe(secret()).expect_live(true));
    vec![
        case(STRIPE, signed(STRIPE, "{"), Reason::MalformedBody),
        case(STRIPE, signed(STRIPE, ""), Reason::MalformedBody),
        case(STRIPE, signed(STRIPE, "{}"), Reason::MalformedId),
        case(
            GITHUB,
            without(genuine(GITHUB), "x-github-delivery"),
            Reason::MalformedId,
        ),
        (Box::new(live), genuine(STRIPE), Reason::WrongMode),
    ]
}

/// The whole answers of all these cases, less their dates, on each way.
async fn assert_alike(cases: Vec<Case>, class: RefusalClass) {
    for way in WAYS {
        let mut first: Option<Answer> = None;
        for (stage, request, reason) in &cases {
            let stage = stage();
            let mut answer = stage.send_by(way, request.clone()).await;
            assert_eq!(stage.seen.reason(), Some(*reason), "{way:?}");
            assert_eq!((reason.class(), answer.status), (class, class.status().as_u16()));
            answer.headers.remove("date");
            let first = first.get_or_insert_with(|| answer.clone());
            assert_eq!(*first, answer, "{way:?}: {reason:?} can be told apart");
            stage.assert_untouched();
        }
    }
}

#[tokio::test]
async fn t051_refusals_of_one_class_are_identical_to_the_byte() {
    assert_alike(unauthenticated(), RefusalClass::Unauthenticated).await;
    assert_alike(unreadable(), RefusalClass::Unreadable).await;
}

#[tokio::test]
async fn t051_every_unauthenticated_reason_is_among_the_cases() {
    let mut reasons: Vec<_> = unauthenticated().iter().map(|case| case.2.code()).collect();
    reasons.sort_unstable();
    reasons.dedup();
    assert_eq!(reasons.len(), 10, "{reasons:?}");
}

#[tokio::test]
async fn t053_the_parsers_words_are_not_in_the_answer() {
    for body in ["{", r#"{"id":1}"#, r#"{"id":"a","id":"b"}"#, "\u{feff}{}", "[1,2"] {
        let answer = Stage::of(STRIPE).send(signed(STRIPE, body)).await;
        assert_eq!((answer.status, answer.body.len()), (400, 0), "{body}");
        for (name, value) in &answer.headers {
            let shown = value.to_str().unwrap();
            assert!(name == "content-length" && shown == "0", "{name}: {shown}");
        }
    }
}

/// As many as a debug build can do in the time of a test.
const FLOOD: usize = 20_000;

async fn served(_: Request<Body>) -> Result<Response<Body>, Infallible> {
    Ok(Response::new(Body::empty()))
}

/// Sends a flood of wrong signatures with guessable ids; the count of hook calls, and what the store saw.
async fn flood(requests: std::ops::Range<usize>, hooked: Arc<AtomicUsize>, seen: Arc<Seen>) {
    let count = Arc::clone(&hooked);
    let verify = VerifyLayer::new(github(secret()))
        .unwrap()
        .on_reject(move |rejection, _| {
            assert_eq!(rejection.reason(), Reason::BadSignature);
            count.fetch_add(1, Ordering::SeqCst);
        });
    let dedup = DedupLayer::new(SpyStore::new(seen));
    let service = ServiceBuilder::new()
        .layer(verify)
        .layer(dedup)
        .service_fn(served);
    for id in requests {
        let signature = format!("sha256={id:064x}");
        let id = id.to_string();
        let headers = [
            ("x-hub-signature-256", signature.as_bytes()),
            ("x-github-delivery", id.as_bytes()),
        ];
        let request = post(&headers, BODY).map(Body::from);
        assert_eq!(service.clone().oneshot(request).await.unwrap().status(), 401);
    }
}

#[test]
fn t054_t079_a_flood_of_wrong_signatures_costs_no_store_call_and_no_memory() {
    let (hooked, seen) = (Arc::new(AtomicUsize::new(0)), Arc::new(Seen::default()));
    run(flood(0..100, Arc::clone(&hooked), Arc::clone(&seen)));
    let used = allocation_counter::measure(|| run(flood(100..FLOOD, Arc::clone(&hooked), Arc::clone(&seen))));
    assert_eq!(hooked.load(Ordering::SeqCst), FLOOD);
    assert_eq!((seen.claims(), seen.handled()), (0, 0));
    assert!(
        used.bytes_current.unsigned_abs() < 1024,
        "{} bytes are kept",
        used.bytes_current
    );
    assert!(used.bytes_max < 256 * 1024, "{} bytes at once", used.bytes_max);
}
