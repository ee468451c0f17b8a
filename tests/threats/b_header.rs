//! Section B: which header counts, and how often it may stand there.

use tower_webhook::provider::{GITHUB, GITHUB_SHA1, SLACK, STANDARD_WEBHOOKS, STRIPE, Scheme, header};
use tower_webhook::{Reason, slack};

use crate::harness::{
    BODY, NOW, SENDERS, Stage, Way, accepted, genuine, refused_by, rejected, secret, signed, with_header,
    without,
};
use crate::oracle::{github_signature, post, slack as signed_by_slack};

#[tokio::test]
async fn t019_a_missing_header_is_refused() {
    for (scheme, header) in SENDERS {
        rejected(scheme, without(genuine(scheme), header), Reason::MissingHeader).await;
    }
    for header in ["webhook-id", "webhook-timestamp"] {
        let request = without(genuine(STANDARD_WEBHOOKS), header);
        rejected(STANDARD_WEBHOOKS, request, Reason::MissingHeader).await;
    }
}

#[tokio::test]
async fn t020_an_empty_header_is_refused() {
    for (scheme, header) in SENDERS {
        rejected(
            scheme,
            with_header(genuine(scheme), header, b""),
            Reason::MissingHeader,
        )
        .await;
    }
    let request = with_header(genuine(GITHUB), "x-hub-signature-256", b"sha256=");
    rejected(GITHUB, request, Reason::MalformedHeader).await;
}

#[tokio::test]
async fn t021_two_signature_header_lines_are_refused() {
    for (scheme, header) in SENDERS {
        let good = genuine(scheme).headers()[header].clone();
        let bad = signed(scheme, "other content").headers()[header].clone();
        for lines in [[&good, &bad], [&bad, &good], [&good, &good]] {
            let mut request = without(genuine(scheme), header);
            for line in lines {
                request.headers_mut().append(header, line.clone());
            }
            rejected(scheme, request, Reason::DuplicateHeader).await;
        }
    }
}

#[tokio::test]
async fn t021_two_lines_of_another_signed_header_are_refused() {
    for (scheme, header) in [
        (SLACK, "x-slack-request-timestamp"),
        (STANDARD_WEBHOOKS, "webhook-timestamp"),
        (STANDARD_WEBHOOKS, "webhook-id"),
    ] {
        let mut request = genuine(scheme);
        let same = request.headers()[header].clone();
        request.headers_mut().append(header, same);
        rejected(scheme, request, Reason::DuplicateHeader).await;
    }
}

#[tokio::test]
async fn t022_lines_joined_by_a_proxy_are_refused() {
    for (scheme, header) in SENDERS {
        let good = genuine(scheme).headers()[header].to_str().unwrap().to_owned();
        for joined in [format!("{good}, {good}"), format!("{good},{good}")] {
            let request = with_header(genuine(scheme), header, joined.as_bytes());
            rejected(scheme, request, Reason::MalformedHeader).await;
        }
    }
}

#[tokio::test]
async fn t023_a_header_of_64_kib_is_refused_unread() {
    for (scheme, header) in SENDERS {
        let long = |kib: usize| with_header(genuine(scheme), header, &vec![b'a'; kib * 1024]);
        rejected(scheme, long(12), Reason::MalformedHeader).await;
        // An HTTP/2 server ends the connection over a list of headers this long before any layer sees it.
        let ways = [Way::Call, Way::Http1];
        refused_by(
            &ways,
            || Stage::of(scheme),
            long(64),
            401,
            Reason::MalformedHeader,
        )
        .await;
    }
}

#[tokio::test]
async fn t023_four_kib_are_the_limit() {
    let good = genuine(STRIPE).headers()["stripe-signature"]
        .to_str()
        .unwrap()
        .to_owned();
    let filled = |length: usize| format!("{good},x={}", "a".repeat(length - good.len() - 3));
    let with = |length| with_header(genuine(STRIPE), "stripe-signature", filled(length).as_bytes());
    accepted(|| Stage::of(STRIPE), with(4096)).await;
    rejected(STRIPE, with(4097), Reason::MalformedHeader).await;
}

#[tokio::test]
async fn t024_more_than_sixteen_candidates_are_refused() {
    let good = genuine(STRIPE).headers()["stripe-signature"]
        .to_str()
        .unwrap()
        .to_owned();
    let wrong = "0".repeat(64);
    let with = |count: usize| {
        let value = format!("{good}{}", format!(",v1={wrong}").repeat(count - 1));
        with_header(genuine(STRIPE), "stripe-signature", value.as_bytes())
    };
    accepted(|| Stage::of(STRIPE), with(16)).await;
    rejected(STRIPE, with(17), Reason::TooManySignatures).await;
    let ways = [Way::Call, Way::Http1];
    refused_by(
        &ways,
        || Stage::of(STRIPE),
        with(5_000),
        401,
        Reason::MalformedHeader,
    )
    .await;
    // Candidates that could never match count too.
    let value = format!("{good}{}", ",v1=x".repeat(16));
    let request = with_header(genuine(STRIPE), "stripe-signature", value.as_bytes());
    rejected(STRIPE, request, Reason::TooManySignatures).await;
}

#[tokio::test]
async fn t024_the_seventeenth_item_of_a_list_is_refused() {
    let good = genuine(STANDARD_WEBHOOKS).headers()["webhook-signature"]
        .to_str()
        .unwrap()
        .to_owned();
    for (count, fits) in [(16, true), (17, false)] {
        let value = vec![good.as_str(); count].join(" ");
        let request = with_header(genuine(STANDARD_WEBHOOKS), "webhook-signature", value.as_bytes());
        match fits {
            true => accepted(|| Stage::of(STANDARD_WEBHOOKS), request).await,
            false => rejected(STANDARD_WEBHOOKS, request, Reason::TooManySignatures).await,
        }
    }
}

#[tokio::test]
async fn t026_a_sha1_signature_alone_is_refused_unless_asked_for() {
    let request = signed(GITHUB_SHA1, BODY);
    assert!(request.headers().contains_key("x-hub-signature"));
    rejected(GITHUB, request.clone(), Reason::MissingHeader).await;
    accepted(|| Stage::of(GITHUB_SHA1), request).await;
}

#[tokio::test]
async fn t027_a_right_sha1_signature_does_not_save_a_wrong_one() {
    let sha1 = signed(GITHUB_SHA1, BODY).headers()["x-hub-signature"].clone();
    let wrong = format!("sha256={}", "0".repeat(64));
    let mut request = with_header(genuine(GITHUB), "x-hub-signature-256", wrong.as_bytes());
    request.headers_mut().insert("x-hub-signature", sha1.clone());
    rejected(GITHUB, request, Reason::BadSignature).await;
    let request = with_header(genuine(GITHUB), "x-hub-signature-256", sha1.as_bytes());
    rejected(GITHUB, request, Reason::MalformedHeader).await;
    // Nor the other way round: who asked for SHA-1 gets SHA-1.
    rejected(GITHUB_SHA1, genuine(GITHUB), Reason::MissingHeader).await;
}

#[tokio::test]
async fn t028_the_message_does_not_choose_the_algorithm() {
    const NAMED: Scheme = Scheme::hmac_sha256("named").signature(header("x-signature").hex());
    const WEAK: Scheme = Scheme::hmac_sha1("named").signature(header("x-signature").hex());
    for algorithm in ["none", "sha1", "HMAC-SHA1", "sha512", ""] {
        for name in [
            "paypal-auth-algo",
            "x-signature-algorithm",
            "signatureversion",
            "alg",
        ] {
            let weak = with_header(signed(WEAK, BODY), name, algorithm.as_bytes());
            let stage = Stage::of(NAMED);
            assert_eq!(stage.send(weak).await.status, 401, "{name}: {algorithm}");
            assert_eq!(stage.seen.reason(), Some(Reason::MalformedHeader));
            stage.assert_untouched();
            let right = with_header(signed(NAMED, BODY), name, algorithm.as_bytes());
            assert_eq!(Stage::of(NAMED).send(right).await.status, 200);
        }
    }
}

#[tokio::test]
async fn t043_a_signature_in_query_or_body_does_not_count() {
    let signature = github_signature(BODY.as_bytes());
    let mut request = without(genuine(GITHUB), "x-hub-signature-256");
    *request.uri_mut() = format!("/?x-hub-signature-256={signature}").parse().unwrap();
    rejected(GITHUB, request, Reason::MissingHeader).await;
    let inside = format!(r#"{{"x-hub-signature-256":"{signature}"}}"#);
    rejected(GITHUB, post(&[], inside), Reason::MissingHeader).await;
}

#[tokio::test]
async fn t044_an_underscored_name_is_another_header() {
    let value = github_signature(BODY.as_bytes());
    let request = post(&[("x_hub_signature_256", value.as_bytes())], BODY);
    rejected(GITHUB, request, Reason::MissingHeader).await;
    // Beside the real one it neither doubles nor replaces it.
    let both = with_header(genuine(GITHUB), "x_hub_signature_256", b"sha256=00");
    accepted(|| Stage::of(GITHUB), both).await;
}

#[tokio::test]
async fn t047_a_time_that_reaches_into_the_body_is_refused() {
    let body = "5:{}";
    let honest = signed_by_slack(&NOW.to_string(), body);
    accepted(
        || Stage::new(slack(secret())),
        with_header(
            honest.clone(),
            "content-type",
            b"application/x-www-form-urlencoded",
        ),
    )
    .await;
    // `v0:time:` + `5:{}` and `v0:time:5:` + `{}` have one signature.
    let mut shifted = with_header(honest, "x-slack-request-timestamp", format!("{NOW}:5").as_bytes());
    *shifted.body_mut() = "{}".into();
    rejected(SLACK, shifted, Reason::MalformedHeader).await;
}
