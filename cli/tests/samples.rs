//! What `webhook send` makes by itself, for every sender: a receiver of the library accepts it, and its handler sees the kind
//! that was asked for and an id.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256};
use serde_json::json;
use tempfile::NamedTempFile;
use tokio::process::Command;
use tower_webhook::Secret;
use tower_webhook::provider::{Scheme, senders};
use tower_webhook::testing::public_key;

use support::keys::{certificate, jwk, key_file};
use support::receiver::{layer, serve};

const URL: &str = "https://hooks.example.com/here";

/// A private key of the sender's, and what its key source publishes of it.
struct Keys {
    file: NamedTempFile,
    published: String,
}

impl Keys {
    fn of(sender: &str) -> Option<Self> {
        let algorithm = match sender {
            "plaid" => &PKCS_ECDSA_P256_SHA256,
            "aws_sns" | "paypal" | "google_pubsub" => &PKCS_RSA_SHA256,
            _ => return None,
        };
        let key = KeyPair::generate_for(algorithm).unwrap();
        let published = match sender {
            "plaid" => json!({"key": jwk(&key)}).to_string(),
            "google_pubsub" => json!({"keys": [jwk(&key)]}).to_string(),
            "aws_sns" => certificate(&key, "sns.amazonaws.com"),
            _ => certificate(&key, "messageverificationcerts.paypal.com"),
        };
        let file = key_file(&key);
        Some(Self { file, published })
    }
}

/// The sender's half of the secret.
fn secret(sender: &str) -> &'static str {
    match sender {
        "aws_sns" => "arn:aws:sns:eu-west-1:123456789012:orders",
        "google_pubsub" => "pusher@example.iam.gserviceaccount.com",
        "postmark" => "a-user:a password of sufficient length",
        "sendgrid" => "nWGxne/9WmC6hEr0ku/CzEREnFaXsyaXA707rKA65/Y=",
        _ => "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    }
}

/// Kinds as the sender writes them.
fn kinds(sender: &str) -> &'static [&'static str] {
    match sender {
        // A notification is what a topic sends; its other kinds are handshakes.
        "aws_sns" => &["Notification"],
        "asana" => &["task.changed"],
        "discord" => &["2", "APPLICATION_AUTHORIZED"],
        "gocardless" => &["payments.confirmed"],
        "intuit" => &["Invoice.Create", "qbo.invoice.created.v1"],
        "meta" => &["messages"],
        "slack" => &["app_mention", "/deploy"],
        "shopify" => &["orders/create"],
        "stripe" => &["invoice.paid"],
        "xero" => &["INVOICE.UPDATE"],
        _ => &["test.made"],
    }
}

/// Whether an event of this delivery has an id.
fn has_id(scheme: &Scheme, kind: &str) -> bool {
    match scheme.name() {
        "auth0" | "azure_event_grid" | "gocardless" | "line" | "ms_graph" | "okta" | "sendgrid" => true,
        "intuit" => kind.starts_with("qbo."),
        _ => scheme.facts().id.is_some(),
    }
}

/// What is wrong with the sample of this kind, if anything is.
async fn flaw(scheme: &Scheme, kind: &str) -> Option<String> {
    let (name, facts) = (scheme.name(), scheme.facts());
    let (secret, keys) = (secret(name), Keys::of(name));
    let private = Secret::new(secret).unwrap();
    let known = if scheme.is_own() {
        private
    } else {
        public_key(scheme, &private).unwrap()
    };
    let published = keys.as_ref().map_or("", |keys| &keys.published);
    let (address, seen) = serve(layer(scheme, &known, URL, published)).await;
    let mut command = Command::new(env!("CARGO_BIN_EXE_webhook"));
    command.args(["send", name, kind, "--secret", secret, "--url", URL]);
    command.args(["--times=2", "--to", &format!("http://{address}/here")]);
    command.args(
        keys.iter()
            .map(|keys| format!("--key={}", keys.file.path().display())),
    );
    let output = command.output().await.unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    if !said.starts_with("2 accepted, 0 refused") {
        return Some(format!("{said}{}", String::from_utf8_lossy(&output.stderr)));
    }
    let events = seen.take();
    let as_asked = |id: &Option<String>, stated: &Option<String>| {
        let states_kinds = facts.kind.is_some() || scheme.holds_several();
        (!states_kinds || stated.as_deref() == Some(kind)) && (id.is_some() || !has_id(scheme, kind))
    };
    let flawless = events.len() == 2 && events.iter().all(|(id, stated)| as_asked(id, stated));
    (!flawless).then(|| format!("the handler saw {events:?}"))
}

#[tokio::test]
async fn every_sender_s_sample_is_received_as_what_was_asked_for() {
    let mut flaws = Vec::new();
    for scheme in senders::ALL {
        for kind in kinds(scheme.name()) {
            if let Some(flaw) = flaw(scheme, kind).await {
                flaws.push(format!("{} {kind}: {flaw}", scheme.name()));
            }
        }
    }
    assert!(flaws.is_empty(), "\n{}", flaws.join("\n"));
}
