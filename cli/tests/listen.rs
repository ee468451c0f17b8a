//! `webhook listen`, with `webhook send` as the sender.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::RsaKeyPair;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A listener that is stopped with the test.
struct Listener {
    process: Child,
    address: String,
}

impl Listener {
    fn start(provider: &str, secret: &str) -> Self {
        Self::start_at(provider, secret, "https://hooks.example.com")
    }

    /// The listener of a sender that was given this URL.
    fn start_at(provider: &str, secret: &str, url: &str) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_webhook"))
            .args(["listen", "--provider", provider, "--secret", secret])
            .args(["--addr", "127.0.0.1:0", "--url", url])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(process.stderr.take().unwrap()).lines();
        let line = said.next().unwrap().unwrap();
        let address = line.strip_prefix("listening on ").unwrap().to_owned();
        Self { process, address }
    }

    /// Ends it and answers what it printed.
    fn stop(mut self) -> String {
        self.process.kill().unwrap();
        let mut printed = String::new();
        std::io::Read::read_to_string(&mut self.process.stdout.take().unwrap(), &mut printed).unwrap();
        printed
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn send(listener: &Listener, provider: &str, secret: &str, more: &[&str]) -> String {
    send_kind(listener, provider, "test.made", secret, more)
}

fn send_kind(listener: &Listener, provider: &str, kind: &str, secret: &str, more: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_webhook"))
        .args([
            "send",
            provider,
            kind,
            "--to",
            &listener.address,
            "--secret",
            secret,
        ])
        .args(more)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

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

#[test]
fn a_private_key_signs_what_names_a_certificate() {
    let listener = Listener::start("stripe", "a secret of sufficient length");
    let topic = "arn:aws:sns:eu-west-1:123456789012:orders";
    let file = tempfile::NamedTempFile::new().unwrap();
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
    let encoded = STANDARD.encode(der.as_ref());
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{encoded}\n-----END PRIVATE KEY-----\n");
    std::fs::write(file.path(), pem).unwrap();
    let key = file.path().to_str().unwrap();
    // Any receiver counts what arrives: this one knows another sender, and refuses it.
    for (provider, secret) in [("aws_sns", topic), ("paypal", "4JH86294D6297924G")] {
        let sent = send(&listener, provider, secret, &["--key", key]);
        assert!(sent.starts_with("0 accepted, 1 refused"), "{provider}: {sent}");
        assert_eq!(
            send(&listener, provider, secret, &[]),
            "",
            "{provider} without a key"
        );
    }
    assert_eq!(send(&listener, "plaid", "key", &[]), "", "its key is its own");
}
