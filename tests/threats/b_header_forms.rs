//! Section B: the text of the signature header, which has one spelling for each signature.

use bytes::Bytes;
use http::Request;
use proptest::prelude::*;
use tower_webhook::Reason;
use tower_webhook::provider::{GITHUB, SLACK, STANDARD_WEBHOOKS, STRIPE};

use crate::harness::{BODY, NOW, Stage, Way, accepted, genuine, refused_by, rejected, run, with_header};
use crate::oracle::{github_signature, standard, stripe_mac};

fn with_github(value: &str) -> Request<Bytes> {
    with_header(genuine(GITHUB), "x-hub-signature-256", value.as_bytes())
}

fn with_stripe(value: &str) -> Request<Bytes> {
    with_header(genuine(STRIPE), "stripe-signature", value.as_bytes())
}

/// The hexadecimal part of a genuine GitHub signature.
fn hex_of_github() -> String {
    github_signature(BODY.as_bytes())["sha256=".len()..].to_owned()
}

#[tokio::test]
async fn t025_another_prefix_is_refused() {
    let hex = hex_of_github();
    for prefix in [
        "sha1=", "none=", "SHA256=", "Sha256=", "", "sha256:", "sha512=", "=", "sha256", "sha256==", "v0=",
    ] {
        rejected(
            GITHUB,
            with_github(&format!("{prefix}{hex}")),
            Reason::MalformedHeader,
        )
        .await;
    }
    let slack = genuine(SLACK).headers()["x-slack-signature"]
        .to_str()
        .unwrap()
        .to_owned();
    for value in [
        slack.replace("v0=", "v1="),
        slack.replace("v0=", "V0="),
        slack.replace("v0=", ""),
    ] {
        let request = with_header(genuine(SLACK), "x-slack-signature", value.as_bytes());
        rejected(SLACK, request, Reason::MalformedHeader).await;
    }
}

#[tokio::test]
async fn t029_upper_case_hexadecimal_is_refused() {
    let upper = format!("sha256={}", hex_of_github().to_uppercase());
    rejected(GITHUB, with_github(&upper), Reason::MalformedHeader).await;
    let upper = stripe_mac(&NOW.to_string(), BODY.as_bytes()).to_uppercase();
    rejected(
        STRIPE,
        with_stripe(&format!("t={NOW},v1={upper}")),
        Reason::MalformedHeader,
    )
    .await;
}

proptest! {
    #[test]
    fn t029_hexadecimal_of_mixed_case_is_refused(upper in prop::collection::vec(any::<bool>(), 64)) {
        let hex = hex_of_github();
        let mixed: String = hex
            .chars()
            .zip(upper)
            .map(|(digit, upper)| if upper { digit.to_ascii_uppercase() } else { digit })
            .collect();
        prop_assume!(mixed != hex);
        refused_by_call(with_github(&format!("sha256={mixed}")), Reason::MalformedHeader);
    }

    #[test]
    fn t030_text_that_is_no_hexadecimal_is_refused(text in "[ -~]{0,80}") {
        prop_assume!(text.trim() == text && text != hex_of_github());
        let is_hex = text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        let reason = if is_hex { Reason::BadSignature } else { Reason::MalformedHeader };
        refused_by_call(with_github(&format!("sha256={text}")), reason);
    }

    #[test]
    fn t031_t032_a_mac_of_another_length_is_refused(length in 0_usize..64) {
        prop_assume!(length != 32);
        let hex = hex_of_github() + &hex_of_github();
        let value = format!("sha256={}", &hex[..length * 2]);
        refused_by_call(with_github(&value), Reason::MalformedHeader);
    }
}

fn refused_by_call(request: Request<Bytes>, reason: Reason) {
    run(refused_by(
        &[Way::Call],
        || Stage::of(GITHUB),
        request,
        401,
        reason,
    ));
}

#[tokio::test]
async fn t030_misspelt_hexadecimal_is_refused() {
    let hex = hex_of_github();
    for value in [
        hex[1..].to_owned(),
        format!("{hex}0"),
        format!("0x{}", &hex[2..]),
        format!("0x{hex}"),
        format!("{} {}", &hex[..32], &hex[33..]),
        format!("{} {}", &hex[..32], &hex[32..]),
        format!("{}\t{}", &hex[..32], &hex[32..]),
        format!("{}g", &hex[..63]),
        format!("-{}", &hex[1..]),
        format!("\"{hex}\""),
        format!("{hex};"),
    ] {
        rejected(
            GITHUB,
            with_github(&format!("sha256={value}")),
            Reason::MalformedHeader,
        )
        .await;
    }
}

#[tokio::test]
async fn t031_t032_short_and_long_macs_are_refused_on_every_way() {
    let hex = hex_of_github();
    for value in [
        String::new(),
        hex[..2].to_owned(),
        hex[..32].to_owned(),
        format!("{hex}00"),
    ] {
        rejected(
            GITHUB,
            with_github(&format!("sha256={value}")),
            Reason::MalformedHeader,
        )
        .await;
    }
    rejected(
        STRIPE,
        with_stripe(&format!("t={NOW},v1=")),
        Reason::MalformedHeader,
    )
    .await;
}

#[tokio::test]
async fn t039_schemes_that_nobody_knows_are_refused() {
    let mac = stripe_mac(&NOW.to_string(), BODY.as_bytes());
    for value in [
        format!("t={NOW},v0={mac}"),
        format!("t={NOW},v2={mac}"),
        format!("v10={mac},t={NOW}"),
    ] {
        rejected(STRIPE, with_stripe(&value), Reason::UnsupportedVersion).await;
    }
    rejected(
        STRIPE,
        with_stripe(&format!("t={NOW},x={mac}")),
        Reason::MalformedHeader,
    )
    .await;
    let good = genuine(STANDARD_WEBHOOKS).headers()["webhook-signature"]
        .to_str()
        .unwrap()
        .to_owned();
    // That version is known, and a MAC is no signature of its length.
    let request = with_header(
        genuine(STANDARD_WEBHOOKS),
        "webhook-signature",
        good.replace("v1,", "v1a,").as_bytes(),
    );
    rejected(STANDARD_WEBHOOKS, request, Reason::MalformedHeader).await;
    for value in [good.replace("v1,", "v2,"), good.replace("v1,", ",")] {
        let request = with_header(genuine(STANDARD_WEBHOOKS), "webhook-signature", value.as_bytes());
        rejected(STANDARD_WEBHOOKS, request, Reason::UnsupportedVersion).await;
    }
}

#[tokio::test]
async fn t040_misspelt_pairs_are_refused() {
    let mac = stripe_mac(&NOW.to_string(), BODY.as_bytes());
    for value in [
        format!("t={NOW},V1={mac}"),
        format!("T={NOW},v1={mac}"),
        format!("t = {NOW},v1={mac}"),
        format!("t={NOW}, v1={mac}"),
        format!("t={NOW},v1 ={mac}"),
        format!("t={NOW},v1={mac},"),
        format!(",t={NOW},v1={mac}"),
        format!("t={NOW},,v1={mac}"),
        format!("t={NOW},v1=={mac}"),
        format!("t={NOW},={mac}"),
        format!("t={NOW},v1"),
        format!("t={NOW},{mac}"),
        format!("t={NOW};v1={mac}"),
        format!("v1={mac}"),
        "=".to_owned(),
        ",".to_owned(),
    ] {
        rejected(STRIPE, with_stripe(&value), Reason::MalformedHeader).await;
    }
    let two = format!("t=={NOW},v1={mac}");
    rejected(STRIPE, with_stripe(&two), Reason::MalformedTimestamp).await;
}

proptest! {
    #[test]
    fn t040_no_text_breaks_the_reader(value in "[tv10-9=, ]{0,60}|[ -~]{0,200}") {
        prop_assume!(value.trim() == value);
        run(async {
            let stage = Stage::of(STRIPE);
            assert_eq!(stage.send(with_stripe(&value)).await.status, 401);
            stage.assert_untouched();
        });
    }
}

#[tokio::test]
async fn t041_two_times_are_refused() {
    let mac = stripe_mac(&NOW.to_string(), BODY.as_bytes());
    for (one, two) in [(NOW, NOW), (NOW, NOW - 900), (NOW - 900, NOW)] {
        let value = format!("t={one},t={two},v1={mac}");
        rejected(STRIPE, with_stripe(&value), Reason::MalformedHeader).await;
    }
}

#[tokio::test]
async fn t046_an_id_that_shifts_the_signed_text_is_refused() {
    let time = NOW.to_string();
    accepted(|| Stage::of(STANDARD_WEBHOOKS), standard("msg_1", &time, "{}")).await;
    accepted(
        || Stage::of(STANDARD_WEBHOOKS),
        standard(&"i".repeat(255), &time, "{}"),
    )
    .await;
    for id in [
        "msg.1".to_owned(),
        ".".to_owned(),
        format!("a.{NOW}"),
        "i".repeat(256),
    ] {
        let request = standard(&id, &time, "{}");
        rejected(STANDARD_WEBHOOKS, request, Reason::MalformedHeader).await;
    }
}
