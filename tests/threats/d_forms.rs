//! Section D: the text of a timestamp. Each delivery here is signed rightly, over that very text.

use std::time::{Duration, SystemTime};

use proptest::prelude::*;
use tower_webhook::Reason;
use tower_webhook::provider::{Part, SLACK, STANDARD_WEBHOOKS, STRIPE, Scheme, header};

use crate::harness::{BODY, NOW, SECRET, Stage, Way, accepted, refused_by, rejected, run, with_header};
use crate::oracle::{mac, post, slack, standard, stripe, stripe_mac};

/// The same time to each of the three senders that state one.
async fn refused_everywhere(ways: &[Way], time: &str, reason: Reason) {
    refused_by(ways, || Stage::of(STRIPE), stripe(time, BODY), 401, reason).await;
    refused_by(ways, || Stage::of(SLACK), slack(time, BODY), 401, reason).await;
    let request = standard("msg_1", time, BODY);
    refused_by(ways, || Stage::of(STANDARD_WEBHOOKS), request, 401, reason).await;
}

#[tokio::test]
async fn t062_t063_times_that_no_clock_can_show_are_refused() {
    for (time, reason) in [
        ("-9223372036854775808", Reason::MalformedTimestamp),
        ("-1", Reason::MalformedTimestamp),
        ("9223372036854775807", Reason::FutureTimestamp),
        ("9223372036854775808", Reason::MalformedTimestamp),
        ("18446744073709551615", Reason::MalformedTimestamp),
        ("18446744073709551616", Reason::MalformedTimestamp),
        (
            "9999999999999999999999999999999999999999",
            Reason::MalformedTimestamp,
        ),
    ] {
        refused_everywhere(&crate::harness::WAYS, time, reason).await;
    }
}

#[tokio::test]
async fn t064_t065_numbers_that_are_not_canonical_are_refused() {
    for time in [
        "+1800000000",
        "-0",
        "01800000000",
        "00",
        "1_800_000_000",
        "18e8",
        "0x6b49d200",
        "18000 00000",
        "now",
        "1800000000Z",
        "1800000000\t0",
    ] {
        refused_everywhere(&crate::harness::WAYS, time, Reason::MalformedTimestamp).await;
    }
    for time in ["1.8e9", "1800000000.0", ".0"] {
        // The full stop is what stands behind the time in these two senders' signed text.
        rejected(STRIPE, stripe(time, BODY), Reason::MalformedHeader).await;
        rejected(
            STANDARD_WEBHOOKS,
            standard("msg_1", time, BODY),
            Reason::MalformedHeader,
        )
        .await;
        rejected(SLACK, slack(time, BODY), Reason::MalformedTimestamp).await;
    }
    rejected(STRIPE, stripe("", BODY), Reason::MalformedHeader).await;
    rejected(SLACK, slack("", BODY), Reason::MissingHeader).await;
    rejected(
        STANDARD_WEBHOOKS,
        standard("msg_1", "", BODY),
        Reason::MissingHeader,
    )
    .await;
}

proptest! {
    #[test]
    fn t062_t063_t064_t065_only_the_senders_own_spelling_is_a_time(text in "[-+ 0-9_.eExXa-f]{1,24}") {
        prop_assume!(text.trim() == text && !text.contains('.'));
        let fresh = text.parse::<u64>().is_ok_and(|time| {
            time.to_string() == text && time.abs_diff(NOW) <= 300
        });
        run(async {
            let stage = Stage::of(SLACK);
            let answer = stage.send(slack(&text, BODY)).await;
            assert_eq!(answer.status == 200, fresh, "{text}");
            if !fresh {
                stage.assert_untouched();
            }
        });
    }

    #[test]
    fn t070_what_is_signed_is_the_text_and_not_the_number(
        time in NOW - 300..=NOW + 300,
        sign in prop::sample::select(vec!["+", "0", "00"]),
    ) {
        let written = format!("{sign}{time}");
        let call = [Way::Call];
        run(async {
            // Signed over the number, as a reader that re-serialises would have it; then over the text.
            let number = format!("t={written},v1={}", stripe_mac(&time.to_string(), BODY.as_bytes()));
            let request = with_header(stripe(&written, BODY), "stripe-signature", number.as_bytes());
            refused_by(&call, || Stage::of(STRIPE), request, 401, Reason::MalformedTimestamp).await;
            refused_by(&call, || Stage::of(STRIPE), stripe(&written, BODY), 401, Reason::MalformedTimestamp).await;
            // The canonical text under the signature of the other one.
            let other = format!("t={time},v1={}", stripe_mac(&written, BODY.as_bytes()));
            let request = with_header(stripe(&written, BODY), "stripe-signature", other.as_bytes());
            refused_by(&call, || Stage::of(STRIPE), request, 401, Reason::BadSignature).await;
        });
    }
}

#[tokio::test]
async fn t066_milliseconds_are_not_guessed() {
    for time in [NOW * 1_000, NOW * 1_000_000, NOW * 1_000_000_000] {
        refused_everywhere(&crate::harness::WAYS, &time.to_string(), Reason::FutureTimestamp).await;
    }
    const MILLISECONDS: Scheme = Scheme::hmac_sha256("milliseconds")
        .signature(header("x-signature").hex())
        .content(&[Part::Header("x-time"), Part::Text("|"), Part::Body])
        .timestamp(header("x-time").unix_milliseconds());
    let sent = |time: String| stated("x-time", &time);
    accepted(
        || Stage::of(MILLISECONDS),
        sent((NOW * 1_000 - 300_000).to_string()),
    )
    .await;
    rejected(
        MILLISECONDS,
        sent((NOW * 1_000 - 300_001).to_string()),
        Reason::StaleTimestamp,
    )
    .await;
    rejected(MILLISECONDS, sent(NOW.to_string()), Reason::StaleTimestamp).await;
}

/// A delivery that is signed over `time|body`.
fn stated(name: &'static str, time: &str) -> http::Request<bytes::Bytes> {
    let text = [time.as_bytes(), b"|", BODY.as_bytes()].concat();
    let signature = hex::encode(mac(SECRET.as_bytes(), &text));
    post(
        &[("x-signature", signature.as_bytes()), (name, time.as_bytes())],
        BODY,
    )
}

const DATED: Scheme = Scheme::hmac_sha256("dated")
    .signature(header("x-signature").hex())
    .content(&[Part::Header("x-date"), Part::Text("|"), Part::Body])
    .timestamp(header("x-date").rfc3339());

#[tokio::test]
async fn t067_a_date_is_read_exactly() {
    // 1_800_000_000 is 2027-01-15T08:00:00Z.
    let then = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW);
    for (date, millis) in [
        ("2027-01-15T08:00:00Z", 0),
        ("2027-01-15T08:00:00.250Z", 250),
        ("2027-01-15T09:30:00+01:30", 0),
        ("2027-01-15T00:00:00-08:00", 0),
        ("2027-01-15T08:00:00.000000000-00:00", 0),
    ] {
        let stage = Stage::of(DATED);
        assert_eq!(stage.send(stated("x-date", date)).await.status, 200, "{date}");
        let read = stage.seen.last().proof.timestamp().unwrap();
        assert_eq!(
            (*read.value(), read.is_signed()),
            (then + Duration::from_millis(millis), true)
        );
    }
}

#[tokio::test]
async fn t067_a_date_that_is_none_is_refused() {
    for date in [
        "2027-01-15T08:60:00Z",
        "2027-01-15T24:00:00Z",
        "2027-02-30T08:00:00Z",
        "2027-01-15T08:00:00",
        "2027-01-15",
        "2027-01-15 08:00:00",
        "2027-01-15T08:00:00+25:00",
        "2027-01-15T08:00:00+0100",
        "10000-01-01T00:00:00Z",
        "+10000-01-01T00:00:00Z",
        "-2027-01-15T08:00:00Z",
        "2027-01-15T08:00Z",
        "20270115T080000Z",
        "2027-01-15T08:00:00.Z",
        "2027-01-15T08:00:00.0000000000000000000000000Z",
        "1800000000",
    ] {
        rejected(DATED, stated("x-date", date), Reason::MalformedTimestamp).await;
    }
}

proptest! {
    #[test]
    fn t067_no_text_breaks_the_reader_of_dates(date in "[-+:.0-9TtZz]{1,60}") {
        run(async {
            let stage = Stage::of(DATED);
            assert_eq!(stage.send(stated("x-date", &date)).await.status, 401);
            stage.assert_untouched();
        });
    }
}
