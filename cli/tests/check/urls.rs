//! URLs of senders that sign them.

use tower_webhook::provider::Scheme;
use tower_webhook::provider::senders::{self, Contentful, HubSpot, Mandrill, Twilio};

use crate::{URL, check, delivery, raw, secret};

/// Deliveries of senders that sign the URL, signed for this one.
pub(crate) fn of_url_signers(url: &str) -> Vec<(Scheme, Vec<u8>)> {
    let path = url.split('?').next().unwrap();
    let described = |scheme: Scheme| {
        (
            scheme,
            raw(delivery(scheme, "{}").public_url(url).sign(&secret()), None),
        )
    };
    let twilio = delivery(senders::TWILIO, "Body=hello").form();
    let twilio = twilio.sign_as(&Twilio::new(secret()).public_url(path), &secret());
    let mandrill = delivery(senders::MANDRILL, "mandrill_events=%5B%5D").form();
    let mandrill = mandrill.sign_as(&Mandrill::new(secret()).public_url(path), &secret());
    let hubspot = delivery(senders::HUBSPOT, "[]");
    let hubspot = hubspot.sign_as(&HubSpot::new(secret()).public_url(path), &secret());
    let second = delivery(senders::HUBSPOT_V2, "[]");
    let second = second.sign_as(&HubSpot::v2(secret()).public_url(path), &secret());
    vec![
        described(senders::SQUARE),
        described(senders::TRELLO),
        (senders::TWILIO, raw(twilio, None)),
        (senders::MANDRILL, raw(mandrill, None)),
        (senders::HUBSPOT, raw(hubspot, None)),
        (*senders::by_name("hubspot").unwrap(), raw(second, None)),
    ]
}

#[test]
fn the_variant_of_the_url_that_was_signed_is_named() {
    let variants = [
        "http://hooks.test/in/here",
        "https://hooks.test/in/here/",
        "https://hooks.test:8443/in/here",
    ];
    for signed in variants {
        for (scheme, request) in of_url_signers(signed) {
            let given = signed.replace("http:", "https:").replace(":8443", "");
            let given = given.strip_suffix('/').unwrap_or(&given);
            let (code, text) = check(&scheme, &request, &["--url", given]);
            let named = text.contains("wrong URL: ") && text.contains(&format!(" signed `{signed}`"));
            // No port but the standard one can be guessed.
            let wanted = !signed.contains(":8443");
            let said = text.contains("signs the URL too, and no usual variant");
            assert!(
                code == 1 && named == wanted && said != wanted,
                "{} {signed}: {text}",
                scheme.name()
            );
        }
    }
    let (_, square) = of_url_signers("https://hooks.test/in/here?tenant=1").swap_remove(0);
    let (_, text) = check(&senders::SQUARE, &square, &["--url", URL]);
    assert!(text.contains("no usual variant"), "{text}");
    let (_, square) = of_url_signers(URL).swap_remove(0);
    let (_, text) = check(
        &senders::SQUARE,
        &square,
        &["--url", "https://hooks.test/in/here?tenant=1"],
    );
    assert!(text.contains(&format!("signed `{URL}`")), "{text}");
}

#[test]
fn only_the_path_counts_for_contentful() {
    let contentful = |path: &str| {
        let sender = Contentful::new(secret()).public_url(format!("https://hooks.test{path}"));
        raw(
            delivery(senders::CONTENTFUL, "{}").sign_as(&sender, &secret()),
            None,
        )
    };
    let (_, text) = check(&senders::CONTENTFUL, &contentful("/in/here/"), &["--url", URL]);
    assert!(text.contains("signed `https://hooks.test/in/here/`"), "{text}");
}

#[test]
fn a_url_that_is_not_given_is_asked_for_and_guessed() {
    for (scheme, request) in of_url_signers(URL) {
        let (code, text) = check(&scheme, &request, &[]);
        assert!(
            code == 2 && text.contains("public_url") && text.contains(&format!("`--url {URL}` verifies")),
            "{}: {text}",
            scheme.name()
        );
    }
    for name in ["messagebird", "monday", "google_pubsub"] {
        let scheme = senders::by_name(name).unwrap();
        let (code, text) = check(scheme, b"POST / HTTP/1.1\r\n\r\n{}", &[]);
        assert!(code == 2 && text.contains("say `--url URL`"), "{name}: {text}");
    }
}
