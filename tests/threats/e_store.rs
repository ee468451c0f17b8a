//! Section E: which ids reach the store, and what the memory store does at its limits.

use std::sync::Arc;
use std::time::Duration;

use axum::response::IntoResponse;
use proptest::prelude::*;
use tokio::sync::Semaphore;
use tower_webhook::provider::{SLACK, STANDARD_WEBHOOKS, STRIPE, Scheme, Sender};
use tower_webhook::store::{MemoryStore, Store};
use tower_webhook::{ConfigErrorKind, DedupLayer, Reason, VerifyLayer, stripe};

use crate::harness::{BODY, NOW, SENDERS, Stage, WAYS, accepted, genuine, run, secret, signed, unreadable};
use crate::logs::Capture;
use crate::oracle::standard;

fn with_id(id: &str) -> String {
    format!(r#"{{"id":{}}}"#, serde_json::to_string(id).unwrap())
}

#[tokio::test]
async fn t092_an_id_longer_than_255_bytes_is_refused() {
    for length in [256, 10_000, 1_000_000] {
        let request = signed(STRIPE, with_id(&"i".repeat(length)));
        unreadable(STRIPE, request, Reason::MalformedId).await;
    }
    let umlauts = "\u{fc}".repeat(128);
    unreadable(STRIPE, signed(STRIPE, with_id(&umlauts)), Reason::MalformedId).await;
    accepted(|| Stage::of(STRIPE), signed(STRIPE, with_id(&"i".repeat(255)))).await;
}

#[tokio::test]
async fn t092_of_an_odd_id_the_store_sees_a_hash() {
    let mut keys = std::collections::HashSet::new();
    let odd = [
        "*",
        "{}",
        ":",
        "a:b",
        "a\r\nSET b",
        "\0",
        "a\0b",
        "../../x",
        "'; drop table",
        "%s",
        "\u{202e}",
    ];
    for id in odd {
        let stage = Stage::of(STRIPE);
        assert_eq!(
            stage.send(signed(STRIPE, with_id(id))).await.status,
            200,
            "{id:?}"
        );
        let call = stage.seen.last();
        assert_eq!(*call.proof.id().unwrap().value(), id);
        let key = *call.attempt.unwrap().key();
        assert_eq!(key.as_bytes().len(), 32);
        assert!(key.to_string().bytes().all(|byte| byte.is_ascii_hexdigit()));
        keys.insert(key);
    }
    assert_eq!(keys.len(), odd.len());
    for id in ["*", "{}", ":", "a b", "%00"] {
        accepted(
            || Stage::of(STANDARD_WEBHOOKS),
            standard(id, &NOW.to_string(), BODY),
        )
        .await;
    }
}

proptest! {
    #[test]
    fn t092_every_id_is_kept_exactly_or_refused(id in any::<String>()) {
        run(async {
            let stage = Stage::of(STRIPE);
            let status = stage.send(signed(STRIPE, with_id(&id))).await.status;
            let fits = id.len() <= 255 && !id.trim().is_empty();
            assert_eq!(status, if fits { 200 } else { 400 }, "{id:?}");
            if fits {
                assert_eq!(*stage.seen.last().proof.id().unwrap().value(), id);
            } else {
                stage.assert_untouched();
            }
        });
    }
}

#[tokio::test]
async fn t093_an_id_that_is_no_text_is_refused_without_a_claim() {
    for id in [
        "1",
        "null",
        "true",
        "[]",
        r#"["evt_1"]"#,
        "{}",
        r#"{"id":"x"}"#,
        r#""""#,
        r#"" ""#,
        r#""\t\n""#,
    ] {
        let request = signed(STRIPE, format!(r#"{{"id":{id}}}"#));
        unreadable(STRIPE, request, Reason::MalformedId).await;
    }
    unreadable(STRIPE, signed(STRIPE, "{}"), Reason::MalformedId).await;
    // Slack's events have an id and its other deliveries need none, but what is there must be one.
    unreadable(SLACK, signed(SLACK, r#"{"event_id":7}"#), Reason::MalformedId).await;
    accepted(|| Stage::of(SLACK), signed(SLACK, "{}")).await;
}

#[tokio::test]
async fn t094_a_store_full_of_running_events_answers_503() {
    let gate = Arc::new(Semaphore::new(0));
    let handler = {
        let gate = Arc::clone(&gate);
        move |_| {
            let gate = Arc::clone(&gate);
            async move {
                gate.acquire().await.unwrap().forget();
                "handled".into_response()
            }
        }
    };
    let store = MemoryStore::builder().capacity(1).build().unwrap();
    let dedup = |_| DedupLayer::new(store.clone());
    // The layer's hook is the stage's, so the refusal is seen there.
    let stage = Arc::new(Stage::answering(
        stripe(secret()),
        |verify| verify,
        dedup,
        handler,
    ));
    let running = tokio::spawn({
        let stage = Arc::clone(&stage);
        async move { stage.send(genuine(STRIPE)).await }
    });
    while stage.seen.handled() == 0 {
        tokio::task::yield_now().await;
    }
    for way in WAYS {
        let answer = stage.send_by(way, signed(STRIPE, with_id("evt_2"))).await;
        assert_eq!((answer.status, answer.body.len()), (503, 0));
        assert_eq!(stage.seen.reason(), Some(Reason::StoreUnavailable));
        assert!(answer.headers.contains_key("retry-after"));
    }
    gate.add_permits(2);
    assert_eq!(&running.await.unwrap().body[..], b"handled");
    assert_eq!(
        stage.seen.handled(),
        1,
        "the running event was not evicted, and the others never ran"
    );
    assert_eq!(stage.send(signed(STRIPE, with_id("evt_2"))).await.status, 200);
    assert_eq!(stage.seen.handled(), 2);
}

#[test]
fn t095_a_retention_shorter_than_the_senders_retries_is_refused() {
    let layer = |scheme: Scheme, kept| VerifyLayer::new(Sender::new(scheme, secret()).retention(kept));
    for (scheme, _) in SENDERS {
        let error = layer(scheme, Duration::from_secs(300)).unwrap_err();
        assert_eq!(error.kind(), ConfigErrorKind::Retention);
        assert!(error.to_string().contains(scheme.name()) && error.to_string().contains("keep them for"));
    }
    let needed = 3 * 86_400 + 300 + 60;
    assert!(layer(STRIPE, Duration::from_secs(needed - 1)).is_err());
    assert!(layer(STRIPE, Duration::from_secs(needed)).is_ok());
}

#[tokio::test]
async fn t095_an_event_is_known_until_its_retention_ends() {
    let stage = Stage::of(STRIPE);
    let kept = Duration::from_secs(8 * 86_400);
    for (passed, handled) in [
        (Duration::ZERO, 1),
        (kept - Duration::from_secs(1), 1),
        (Duration::from_secs(1), 2),
    ] {
        stage.store.time.advance(passed);
        stage.send(genuine(STRIPE)).await;
        assert_eq!(stage.seen.handled(), handled, "after {passed:?}");
    }
}

#[tokio::test]
async fn t096_after_a_restart_the_memory_store_knows_nothing_and_says_so_before() {
    assert!(!MemoryStore::default().durable());
    let log = Capture::begin();
    let _ = DedupLayer::new(MemoryStore::default());
    let log = log.text();
    assert!(
        log.contains("INFO") && log.contains("forgets on restart"),
        "{log}"
    );
    for _process in 0..2 {
        accepted(|| Stage::of(STRIPE), genuine(STRIPE)).await;
    }
}
