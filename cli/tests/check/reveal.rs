//! The signature that was expected, where it can be computed.

use tower_webhook::provider::Scheme;
use tower_webhook::provider::senders::{self, Contentful};

use crate::urls::of_url_signers;
use crate::{URL, check, delivery, raw, secret};

/// The header's value in a request as it goes over the wire.
fn value(request: &[u8], header: &str) -> String {
    let text = String::from_utf8_lossy(request);
    let line = text.lines().find(|line| line.starts_with(&format!("{header}: ")));
    line.unwrap().trim().to_owned()
}

#[test]
fn the_revealed_signature_is_the_one_that_the_sender_made() {
    let fine = "twitch-eventsub-message-timestamp: 2025-10-09T08:53:20.123456789Z\r\n";
    let twitch = "POST /in/here HTTP/1.1\r\ntwitch-eventsub-message-id: m1\r\n";
    let twitch = format!("{twitch}{fine}twitch-eventsub-message-type: notification\r\n");
    let body = "{}";
    let mut requests: Vec<(Scheme, Vec<u8>, &str)> = of_url_signers(URL)
        .into_iter()
        .zip([
            "x-square-hmacsha256-signature",
            "x-trello-webhook",
            "x-twilio-signature",
            "x-mandrill-signature",
            "x-hubspot-signature-v3",
            "x-hubspot-signature",
        ])
        .map(|((scheme, request), header)| (scheme, request, header))
        .collect();
    let zendesk = delivery(senders::ZENDESK, body).sign(&secret());
    requests.push((
        senders::ZENDESK,
        raw(zendesk, None),
        "x-zendesk-webhook-signature",
    ));
    let stripe = *senders::by_name("stripe").unwrap();
    requests.push((
        stripe,
        raw(delivery(stripe, body).sign(&secret()), None),
        "stripe-signature",
    ));
    let contentful = Contentful::new(secret()).public_url(URL);
    let contentful = delivery(senders::CONTENTFUL, body).sign_as(&contentful, &secret());
    requests.push((
        senders::CONTENTFUL,
        raw(contentful, None),
        "x-contentful-signature",
    ));
    for (scheme, request, header) in requests {
        let (_, text) = check(&scheme, &request, &["--url", URL, "--reveal"]);
        let signature = value(&request, header);
        assert!(
            text.contains(&format!("expected   {signature}")),
            "{}: {signature}\n{text}",
            scheme.name()
        );
    }
    // Its time has nanoseconds, which are signed as they stand.
    let unsigned = format!(
        "{twitch}twitch-eventsub-message-signature: sha256={}\r\n\r\n{body}",
        "0".repeat(64)
    );
    let (_, text) = check(&senders::TWITCH, unsigned.as_bytes(), &["--reveal"]);
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("expected   "))
        .unwrap();
    let (code, text) = check(
        &senders::TWITCH,
        format!("{twitch}{line}\r\n\r\n{body}").as_bytes(),
        &[],
    );
    assert_eq!(code, 0, "{text}");
}

#[test]
fn what_cannot_be_revealed_is_said_and_why() {
    let cases = [
        ("discord", "private key"),
        ("sendgrid", "private key"),
        ("plaid", "private key"),
        ("messagebird", "a time and a text"),
        ("rfc9421", "signature's own header"),
        ("mailgun", "stands in the body"),
        ("adyen", "stands in the body"),
        ("braintree", "stands in the body"),
        ("twitch", "without `twitch-eventsub-message-id`"),
    ];
    for (name, why) in cases {
        let scheme = senders::by_name(name).unwrap();
        let (_, text) = check(scheme, b"POST / HTTP/1.1\r\n\r\n{}", &["--url", URL, "--reveal"]);
        let line = text
            .lines()
            .find(|line| line.starts_with("expected"))
            .unwrap_or_default();
        assert!(
            line.contains("can't be computed") && line.contains(why),
            "{name}: {text}"
        );
    }
}
