//! The report, step by step.

use tower_webhook::provider::senders;
use tower_webhook::testing::Delivery;

use crate::urls::of_url_signers;
use crate::{SECRET, URL, check, delivery, raw, secret, sent};

/// The steps that a report lists, by name: how each ended.
fn steps(text: &str) -> Vec<(String, String)> {
    let lines = text.lines().filter_map(|line| line.strip_prefix("step       "));
    lines
        .map(|line| {
            let (outcome, rest) = line.split_at(11);
            let name = rest.split(':').next().unwrap_or_default();
            (name.trim().to_owned(), outcome.trim().to_owned())
        })
        .collect()
}

#[test]
fn each_step_is_listed_up_to_the_one_that_failed() {
    const STEPS: [&str; 8] = [
        "head",
        "signature header",
        "secret",
        "body",
        "signature",
        "time",
        "handshake",
        "reading",
    ];
    let stripe = *senders::by_name("stripe").unwrap();
    let event = r#"{"id":"evt_1","object":"event","type":"a"}"#;
    let signed = |body: &'static str| raw(delivery(stripe, body).sign(&secret()), None);
    let genuine = String::from_utf8(signed(event)).unwrap();
    let cases: [(String, &str, Option<usize>); 8] = [
        (genuine.clone(), "1760000000", None),
        (genuine.replace("POST", "PUT"), "1760000000", Some(0)),
        (
            genuine.replace("stripe-signature", "stripe-sign"),
            "1760000000",
            Some(1),
        ),
        (genuine.replace("v1=", "v0="), "1760000000", Some(1)),
        (genuine.replace("evt_1", "evt_2"), "1760000000", Some(4)),
        (genuine.clone(), "1760009000", Some(5)),
        (
            String::from_utf8(signed(r#"{"id":5,"object":"event"}"#)).unwrap(),
            "1760000000",
            Some(7),
        ),
        (
            String::from_utf8(signed("no JSON")).unwrap(),
            "1760000000",
            Some(7),
        ),
    ];
    for (request, now, failed) in cases {
        let (_, text) = check(&stripe, request.as_bytes(), &["--now", now]);
        for (position, (name, outcome)) in steps(&text).iter().enumerate() {
            let wanted = match failed {
                Some(failed) if position == failed => "FAILED",
                Some(failed) if position > failed => "not reached",
                _ => "passed",
            };
            assert_eq!(
                (name.as_str(), outcome.as_str()),
                (STEPS[position], wanted),
                "{text}"
            );
        }
        assert_eq!(steps(&text).len(), STEPS.len(), "{text}");
    }
    let (_, text) = check(&stripe, genuine.as_bytes(), &["--secret", " padded "]);
    assert!(text.contains("wrapped_secret"), "{text}");
    let standard = senders::by_name("standard_webhooks").unwrap();
    let (_, text) = check(
        standard,
        b"POST / HTTP/1.1\r\n\r\n{}",
        &["--secret", "not*base64"],
    );
    let outcomes: Vec<String> = steps(&text).into_iter().map(|(_, outcome)| outcome).collect();
    assert_eq!(
        outcomes[..4],
        ["not reached", "not reached", "FAILED", "not reached"],
        "{text}"
    );
    let slack = *senders::by_name("slack").unwrap();
    let greeting = Delivery::handshake(slack, "abc").at(sent()).sign(&secret());
    let (code, text) = check(&slack, &raw(greeting, None), &[]);
    assert!(
        code == 0 && steps(&text)[6] == ("handshake".into(), "passed".into()),
        "{text}"
    );
}

#[test]
fn what_was_signed_is_shown_with_its_values_and_nothing_secret() {
    let stripe = *senders::by_name("stripe").unwrap();
    let body = r#"{"id":"evt_1","private":"of the customer"}"#;
    let request = raw(delivery(stripe, body).sign(&secret()), Some(b"{}"));
    let (_, text) = check(&stripe, &request, &[]);
    let hash = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    assert!(
        text.contains(&format!("1760000000.<body: 2 bytes, SHA-256 {hash}>")),
        "{text}"
    );
    let genuine = raw(delivery(stripe, body).sign(&secret()), None);
    let (_, text) = check(&stripe, &genuine, &[]);
    assert!(
        !text.contains("of the customer") && !text.contains(SECRET),
        "{text}"
    );
    let (_, square) = of_url_signers(URL).swap_remove(0);
    let (_, text) = check(&senders::SQUARE, &square, &["--url", URL]);
    assert!(text.contains(&format!("{URL}<body: 2 bytes")), "{text}");
    let mailgun = r#"{"signature":{"timestamp":"1760000000","token":"t0k","signature":"00"}}"#;
    let request = format!("POST / HTTP/1.1\r\n\r\n{mailgun}");
    let (_, text) = check(&senders::MAILGUN, request.as_bytes(), &[]);
    assert!(text.contains("here       1760000000t0k\n"), "{text}");
}
