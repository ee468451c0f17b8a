//! Section B: Base64, which has one text for each signature, and bytes that are no text.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Request;
use proptest::prelude::*;
use tower_webhook::Reason;
use tower_webhook::provider::{GITHUB, SLACK, STANDARD_WEBHOOKS, STRIPE, Scheme};

use crate::harness::{
    BODY, NOW, SENDERS, Stage, Way, genuine, refused_by, rejected, run, unreadable, with_header,
};
use crate::oracle::{mac, standard, standard_key};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The MAC of a genuine Standard Webhooks delivery with this body.
fn signature_of(body: &str) -> String {
    let text = format!("msg_1.{NOW}.{body}");
    STANDARD.encode(mac(&standard_key(), text.as_bytes()))
}

fn with_signature(body: &str, signature: &str) -> Request<Bytes> {
    let value = format!("v1,{signature}");
    let request = standard("msg_1", &NOW.to_string(), body);
    with_header(request, "webhook-signature", value.as_bytes())
}

async fn malformed(body: &str, signature: &str) {
    rejected(
        STANDARD_WEBHOOKS,
        with_signature(body, signature),
        Reason::MalformedHeader,
    )
    .await;
}

fn malformed_by_call(body: &str, signature: &str) {
    let request = with_signature(body, signature);
    let stage = || Stage::of(STANDARD_WEBHOOKS);
    run(refused_by(
        &[Way::Call],
        stage,
        request,
        401,
        Reason::MalformedHeader,
    ));
}

#[tokio::test]
async fn t031_t032_t033_t036_misspelt_base64_is_refused_on_every_way() {
    let good = signature_of(BODY);
    let mut long = mac(&standard_key(), format!("msg_1.{NOW}.{BODY}").as_bytes()).to_vec();
    long.push(0);
    for bad in [
        String::new(),
        "AA==".to_owned(),
        STANDARD.encode([0; 16]),
        STANDARD.encode(long),
        good.trim_end_matches('=').to_owned(),
        format!("{good}="),
        format!("{good}=="),
        format!("{}\t{}", &good[..20], &good[20..]),
        format!("{} {}", &good[..20], &good[20..]),
        format!("={}", &good[1..]),
    ] {
        malformed(BODY, &bad).await;
    }
}

proptest! {
    #[test]
    fn t033_t034_t036_each_signature_has_one_spelling(
        body in "[a-z]{0,20}",
        at in 0_usize..44,
        filler in prop::sample::select(vec!["\t", " ", "=", "-", "_", ".", ","]),
        bits in 1_usize..4,
    ) {
        let good = signature_of(&body);
        malformed_by_call(&body, good.trim_end_matches('='));
        malformed_by_call(&body, &format!("{good}="));
        malformed_by_call(&body, format!("{}{filler}{}", &good[..at], &good[at..]).trim_end());
        // The last digit stands for four bits of the MAC and two that must be zero.
        let last = ALPHABET.iter().position(|digit| *digit == good.as_bytes()[42]).unwrap();
        let other = char::from(ALPHABET[last + bits]);
        malformed_by_call(&body, &format!("{}{other}=", &good[..42]));
    }

    #[test]
    fn t035_the_url_safe_alphabet_is_refused(body in "[a-z]{0,20}") {
        let good = signature_of(&body);
        let url_safe = good.replace('+', "-").replace('/', "_");
        prop_assume!(url_safe != good);
        malformed_by_call(&body, &url_safe);
    }
}

#[tokio::test]
async fn t035_where_the_url_safe_alphabet_is_specified_the_other_is_refused() {
    use tower_webhook::provider::header;
    const URL_SAFE: Scheme =
        Scheme::hmac_sha256("url_safe").signature(header("x-signature").prefix("").base64url());
    let body = (0..).map(|n| n.to_string()).find(|body| {
        let value = value_of(URL_SAFE, body);
        value.contains('-') || value.contains('_')
    });
    let body = body.unwrap();
    let standard = value_of(URL_SAFE, &body).replace('-', "+").replace('_', "/");
    for value in [standard, format!("{}=", value_of(URL_SAFE, &body))] {
        let request = with_header(
            crate::harness::signed(URL_SAFE, body.clone()),
            "x-signature",
            value.as_bytes(),
        );
        rejected(URL_SAFE, request, Reason::MalformedHeader).await;
    }
}

fn value_of(scheme: Scheme, body: &str) -> String {
    let request = crate::harness::signed(scheme, body.to_owned());
    request.headers()["x-signature"].to_str().unwrap().to_owned()
}

/// The genuine value with one byte that is no ASCII in its middle, and such a byte alone.
fn spoilt(value: &[u8], byte: u8) -> [Vec<u8>; 2] {
    let half = value.len() / 2;
    [[&value[..half], &[byte], &value[half..]].concat(), vec![byte]]
}

#[tokio::test]
async fn t037_bytes_that_are_no_ascii_are_refused_in_every_signed_header() {
    let more = [
        (SLACK, "x-slack-request-timestamp"),
        (STANDARD_WEBHOOKS, "webhook-id"),
        (STANDARD_WEBHOOKS, "webhook-timestamp"),
    ];
    for (scheme, header) in SENDERS.into_iter().chain(more) {
        let value = genuine(scheme).headers()[header].clone();
        for bad in [0x80, 0xa0, 0xc3, 0xff]
            .map(|byte| spoilt(value.as_bytes(), byte))
            .concat()
        {
            let request = with_header(genuine(scheme), header, &bad);
            rejected(scheme, request, Reason::MalformedHeader).await;
        }
    }
}

#[tokio::test]
async fn t037_bytes_that_are_no_ascii_are_refused_in_the_headers_beside() {
    for (header, reason) in [
        ("x-github-delivery", Reason::MalformedId),
        ("x-github-event", Reason::MalformedBody),
    ] {
        for bad in spoilt(b"push", 0xff) {
            unreadable(GITHUB, with_header(genuine(GITHUB), header, &bad), reason).await;
        }
    }
    for (scheme, _) in [SENDERS[0], SENDERS[1], SENDERS[2]] {
        let kinds: [&[u8]; 3] = [
            b"application/json\xff",
            b"\xff",
            b"application/x-www-form-urlencoded; a=\x80",
        ];
        for bad in kinds {
            let request = with_header(genuine(scheme), "content-type", bad);
            crate::harness::refused(|| Stage::of(scheme), request, 415, Reason::MediaType).await;
        }
    }
}

#[tokio::test]
async fn t038_digits_of_other_scripts_are_refused() {
    for time in ["１８００００００００", "١٨٠٠٠٠٠٠٠٠", "१८००००००००"] {
        let signature = format!("t={time},v1={}", "0".repeat(64));
        let stripe = with_header(genuine(STRIPE), "stripe-signature", signature.as_bytes());
        rejected(STRIPE, stripe, Reason::MalformedHeader).await;
        let slack = crate::oracle::slack(time, BODY);
        rejected(SLACK, slack, Reason::MalformedHeader).await;
        let standard = standard("msg_1", time, BODY);
        rejected(STANDARD_WEBHOOKS, standard, Reason::MalformedHeader).await;
    }
}
