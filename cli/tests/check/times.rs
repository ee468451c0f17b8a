//! Clocks that differ.

use tower_webhook::provider::Scheme;
use tower_webhook::provider::senders;

use crate::{SENT, URL, check, delivery, raw, secret};

#[test]
fn a_skewed_clock_is_told_wherever_the_time_stands() {
    let stated = format!(r#"{{"webhookTimestamp":{SENT}000}}"#);
    let signed = |scheme: Scheme, body: &str| raw(delivery(scheme, body.to_owned()).sign(&secret()), None);
    let mailgun = delivery(senders::MAILGUN, "event=opened").form();
    let mailgun = mailgun.sign_as(&senders::Mailgun::new(secret()), &secret());
    let requests = [
        (senders::LINEAR, signed(senders::LINEAR, &stated)),
        (senders::ZENDESK, signed(senders::ZENDESK, "{}")),
        (senders::SANITY, signed(senders::SANITY, "{}")),
        (senders::FRONT, signed(senders::FRONT, "{}")),
        (senders::MAILGUN, raw(mailgun, None)),
    ];
    for (scheme, request) in requests {
        for (now, said) in [(SENT + 90_000, "90000 s older"), (SENT - 90_000, "90000 s newer")] {
            let (code, text) = check(&scheme, &request, &["--now", &now.to_string()]);
            let told = text.contains(&format!("clock skew: the delivery is {said}"));
            assert!(
                code == 1 && told && text.contains("signature is right"),
                "{}: {text}",
                scheme.name()
            );
        }
    }
}

#[test]
fn a_time_that_only_a_token_has_is_found_by_asking() {
    use tower_webhook::provider::jwt;
    let bird = jwt::messagebird(secret(), URL);
    let scheme = *senders::by_name("messagebird").unwrap();
    let request = raw(delivery(scheme, "{}").sign_as(&bird, &secret()), None);
    let (code, text) = check(
        &scheme,
        &request,
        &["--url", URL, "--now", &(SENT + 90_000).to_string()],
    );
    assert!(
        code == 1 && text.contains("clock skew: the delivery counted until 8"),
        "{text}"
    );
}
