//! Section D: how old and how new a delivery may be, and by whose clock.

use std::time::{Duration, SystemTime};

use tower_webhook::provider::{GITHUB, Part, SLACK, STANDARD_WEBHOOKS, STRIPE, Scheme, Sender, header, json};
use tower_webhook::testing::{Delivery, ManualClock};
use tower_webhook::{Clock, ConfigErrorKind, Reason, SystemClock, VerifyLayer, stripe};

use crate::harness::{
    BODY, NOW, Stage, WAYS, accepted, genuine, refused, rejected, secret, with_header, without,
};

const TIMED: [Scheme; 3] = [STRIPE, SLACK, STANDARD_WEBHOOKS];

fn signed_at(scheme: Scheme, time: u64) -> http::Request<bytes::Bytes> {
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(time);
    Delivery::new(scheme, BODY).at(time).sign(&secret()).unwrap()
}

#[tokio::test]
async fn t060_five_minutes_either_way_are_the_limit() {
    for scheme in TIMED {
        accepted(|| Stage::of(scheme), signed_at(scheme, NOW)).await;
        accepted(|| Stage::of(scheme), signed_at(scheme, NOW - 300)).await;
        accepted(|| Stage::of(scheme), signed_at(scheme, NOW + 300)).await;
        rejected(scheme, signed_at(scheme, NOW - 301), Reason::StaleTimestamp).await;
        rejected(scheme, signed_at(scheme, NOW + 301), Reason::FutureTimestamp).await;
    }
}

#[tokio::test]
async fn t060_a_fraction_of_a_second_over_the_limit_is_over_it() {
    for (moved, reason) in [
        (Duration::from_nanos(1), Some(Reason::StaleTimestamp)),
        (Duration::ZERO, None),
    ] {
        let stage = Stage::of(STRIPE);
        stage.clock.advance(moved);
        stage.send(signed_at(STRIPE, NOW - 300)).await;
        assert_eq!(stage.seen.reason(), reason);
    }
}

#[tokio::test]
async fn t061_the_far_future_is_refused_however_well_signed() {
    for scheme in TIMED {
        for time in [NOW + 86_400, NOW + 100 * 365 * 86_400, 253_402_300_799] {
            rejected(scheme, signed_at(scheme, time), Reason::FutureTimestamp).await;
        }
        rejected(scheme, signed_at(scheme, 0), Reason::StaleTimestamp).await;
    }
}

#[tokio::test]
async fn t068_a_missing_time_is_refused() {
    for (scheme, header) in [
        (SLACK, "x-slack-request-timestamp"),
        (STANDARD_WEBHOOKS, "webhook-timestamp"),
    ] {
        rejected(scheme, without(genuine(scheme), header), Reason::MissingHeader).await;
        rejected(
            scheme,
            with_header(genuine(scheme), header, b""),
            Reason::MissingHeader,
        )
        .await;
    }
    let value = genuine(STRIPE).headers()["stripe-signature"]
        .to_str()
        .unwrap()
        .to_owned();
    let (_, untimed) = value.split_once(',').unwrap();
    let request = with_header(genuine(STRIPE), "stripe-signature", untimed.as_bytes());
    rejected(STRIPE, request, Reason::MalformedHeader).await;
    const INSIDE: Scheme = Scheme::hmac_sha256("inside")
        .signature(header("x-signature").hex())
        .timestamp(json("/sent").unix_seconds());
    rejected(INSIDE, genuine(INSIDE), Reason::MalformedTimestamp).await;
}

#[test]
fn t069_a_time_that_is_not_signed_is_refused_at_start_up() {
    const BASE: Scheme = Scheme::hmac_sha256("unsigned").signature(header("x-signature").hex());
    const AT: Scheme = BASE.timestamp(header("x-time").unix_seconds());
    const SIGNED: Scheme = AT.content(&[Part::Header("x-time"), Part::Text("."), Part::Body]);
    let error = VerifyLayer::new(Sender::new(AT, secret())).unwrap_err();
    assert_eq!(error.kind(), ConfigErrorKind::UnsignedTimestamp);
    assert!(error.to_string().contains("leave it out or sign it"), "{error}");
    assert!(VerifyLayer::new(Sender::new(SIGNED, secret())).is_ok());
    assert!(
        VerifyLayer::new(Sender::new(
            BASE.timestamp(json("/sent").unix_seconds()),
            secret()
        ))
        .is_ok()
    );
}

#[tokio::test]
async fn t071_a_clock_that_can_not_be_believed_is_answered_with_503() {
    for scheme in TIMED {
        let lost = || {
            let stage = Stage::of(scheme);
            stage.clock.lose();
            stage
        };
        refused(lost, genuine(scheme), 503, Reason::ClockSuspect).await;
        let answer = lost().send(genuine(scheme)).await;
        assert!(answer.headers.contains_key("retry-after"));
        let forged = with_header(genuine(scheme), "content-type", b"application/json").map(|_| "{}".into());
        refused(lost, forged, 401, Reason::BadSignature).await;
    }
    let stage = Stage::of(GITHUB);
    stage.clock.lose();
    assert_eq!(
        stage.send(genuine(GITHUB)).await.status,
        200,
        "a sender without a time needs no clock"
    );
}

#[tokio::test]
async fn t071_a_clock_before_1970_does_no_harm() {
    for before in [Duration::from_secs(1), Duration::from_secs(1 << 40)] {
        for scheme in TIMED {
            let stage = Stage::of(scheme);
            stage.clock.set(SystemTime::UNIX_EPOCH - before);
            let answer = stage.send(genuine(scheme)).await;
            assert_eq!(
                (answer.status, stage.seen.reason()),
                (401, Some(Reason::FutureTimestamp))
            );
            stage.assert_untouched();
        }
    }
}

#[tokio::test]
async fn t072_a_sender_whose_queue_is_slow_gets_a_tolerance_of_its_own() {
    let late = || signed_at(STRIPE, NOW - 3_000);
    rejected(STRIPE, late(), Reason::StaleTimestamp).await;
    let patient = || Stage::new(stripe(secret()).tolerance(Duration::from_secs(3_000)));
    accepted(patient, late()).await;
    refused(
        patient,
        signed_at(STRIPE, NOW - 3_001),
        401,
        Reason::StaleTimestamp,
    )
    .await;
}

/// A clock of a user's own.
struct Frozen;

impl Clock for Frozen {
    fn now(&self) -> Option<SystemTime> {
        Some(SystemTime::UNIX_EPOCH + Duration::from_secs(NOW + 10_000))
    }
}

#[tokio::test]
async fn t073_time_is_set_by_a_clock_and_by_nothing_in_the_request() {
    let stage = || {
        // The stage's own clock stands at another time; the last clock given counts.
        Stage::with(stripe(secret()), |verify| verify.clock(Frozen), |dedup| dedup)
    };
    for way in WAYS {
        let stage = stage();
        let request = with_header(signed_at(STRIPE, NOW), "date", b"Fri, 15 Jan 2027 08:00:00 GMT");
        assert_eq!(stage.send_by(way, request).await.status, 401);
        assert_eq!(stage.seen.reason(), Some(Reason::StaleTimestamp));
        assert_eq!(
            stage.send_by(way, signed_at(STRIPE, NOW + 10_000)).await.status,
            200
        );
    }
    assert_eq!(
        ManualClock::at_unix(NOW).now(),
        Some(ManualClock::at_unix(NOW).time())
    );
    assert!(
        SystemClock::default().now().is_some(),
        "a new system clock is believed"
    );
}
