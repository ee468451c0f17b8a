//! `webhook listen`, with `webhook send` as the sender.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

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
    let output = Command::new(env!("CARGO_BIN_EXE_webhook"))
        .args([
            "send",
            provider,
            "test.made",
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
