//! `webhook listen`, with `webhook send` as the sender.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::process::Command;

use support::{Listener, send, send_kind};

#[test]
fn a_delivery_is_printed_with_its_verdict_and_answered_as_the_layer_would() {
    let secret = "a secret of sufficient length";
    let listener = Listener::start("stripe", secret);
    assert!(send(&listener, "stripe", secret, &[]).starts_with("1 accepted, 0 refused"));
    assert!(send(&listener, "stripe", secret, &["--stale"]).starts_with("0 accepted, 1 refused"));
    assert!(send(&listener, "stripe", secret, &["--tamper"]).starts_with("0 accepted, 1 refused"));
    let printed = listener.stop();
    for said in [
        "verdict    accept: ok (200)",
        "kind       test.made",
        "\"type\": \"test.made\"",
        "verdict    reject: stale_timestamp (401)",
        "verdict    reject: bad_signature (401)",
    ] {
        assert!(printed.contains(said), "{said}: {printed}");
    }
    assert!(!printed.contains(secret));
}

#[test]
fn a_listener_that_could_never_accept_does_not_start() {
    let output = Command::new(env!("CARGO_BIN_EXE_webhook"))
        .args(["listen", "--provider", "standard_webhooks", "--secret", "whsec_"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("whsec_"));
}

#[test]
fn a_sender_that_signs_its_url_is_judged_by_the_one_it_was_given() {
    let secret = "a secret of sufficient length";
    let url = "https://hooks.example.com/here";
    for provider in ["square", "twilio", "hubspot"] {
        let listener = Listener::start_at(provider, secret, url);
        let accepted = send(&listener, provider, secret, &["--url", url]);
        assert!(
            accepted.starts_with("1 accepted, 0 refused"),
            "{provider}: {accepted}"
        );
        let refused = send(
            &listener,
            provider,
            secret,
            &["--url", "https://hooks.example.com/there"],
        );
        assert!(
            refused.starts_with("0 accepted, 1 refused"),
            "{provider}: {refused}"
        );
    }
}

#[test]
fn what_is_sent_for_a_sender_of_its_own_form_has_the_kind_that_was_asked_for() {
    let secret = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    for (provider, kind) in [
        ("adyen", "AUTHORISATION"),
        ("braintree", "subscription_canceled"),
        ("mailgun", "opened"),
        ("mandrill", "open"),
        ("ms_graph", "updated"),
        ("rfc9421", "anything"),
    ] {
        let listener = Listener::start(provider, secret);
        let answer = send_kind(
            &listener,
            provider,
            kind,
            secret,
            &["--url", "https://hooks.example.com"],
        );
        assert!(
            answer.starts_with("1 accepted, 0 refused"),
            "{provider}: {answer}"
        );
        let printed = listener.stop();
        assert!(
            printed.contains("verdict    accept: ok (200)"),
            "{provider}: {printed}"
        );
        let is_shown = provider != "mailgun" || printed.contains("kind       opened");
        assert!(is_shown, "{provider}: {printed}");
    }
}
