//! Senders whose keys a receiver fetches or shares as a token's: what `webhook send` signs goes through the same provider that a
//! server has, with a key source that answers with a certificate or a JWK of the test's own.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256};
use serde_json::json;
use tempfile::NamedTempFile;

use support::keys::{certificate, jwk, key_file};
use support::{Listener, send};

const URL: &str = "https://hooks.example.com/here";

/// Sends what is genuine, what was changed on the way and what another key has signed; then says what the receiver printed.
fn exchange(provider: &str, receiver: &[&str], sender: &str, keys: Option<[&NamedTempFile; 2]>) -> String {
    let listener = Listener::start_with(provider, receiver, URL);
    let by = |secret: &str, key: Option<&NamedTempFile>, more: &[&str]| {
        let key = key.map(|file| format!("--key={}", file.path().display()));
        let mut args = vec!["--url", URL];
        args.extend(key.as_deref());
        args.extend(more);
        send(&listener, provider, secret, &args)
    };
    let genuine = keys.map(|[key, _]| key);
    let accepted = by(sender, genuine, &[]);
    assert!(
        accepted.starts_with("1 accepted, 0 refused"),
        "{provider}: {accepted}"
    );
    let forged = match keys {
        Some([_, other]) => by(sender, Some(other), &[]),
        None => by("another secret of the same length", None, &[]),
    };
    assert!(
        forged.starts_with("0 accepted, 1 refused"),
        "{provider}: {forged}"
    );
    if keys.is_some() {
        assert_eq!(by(sender, None, &[]), "", "{provider} without a key");
    }
    let tampered = by(sender, genuine, &["--tamper"]);
    let stale = by(sender, genuine, &["--stale"]);
    let printed = listener.stop();
    assert!(
        printed.contains("verdict    accept: ok (200)"),
        "{provider}: {printed}"
    );
    format!("tampered: {tampered}stale: {stale}{printed}")
}

#[test]
fn senders_by_a_certificate_are_received() {
    let [key, other] = [(); 2].map(|()| KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap());
    let files = [&key_file(&key), &key_file(&other)];
    let topic = "arn:aws:sns:eu-west-1:123456789012:orders";
    let sns = exchange(
        "aws_sns",
        &[&certificate(&key, "sns.amazonaws.com")],
        topic,
        Some(files),
    );
    // A message counts for 65 minutes, and the byte that was changed is the document's last.
    assert!(sns.contains("tampered: 0 accepted, 1 refused"), "{sns}");
    let pem = certificate(&key, "messageverificationcerts.paypal.com");
    let paypal = exchange(
        "paypal",
        &["4JH86294D6297924G", &pem],
        "4JH86294D6297924G",
        Some(files),
    );
    assert!(paypal.contains("tampered: 0 accepted, 1 refused"), "{paypal}");
    // Of somebody else whom the same host serves.
    let listener = Listener::start("aws_sns", &certificate(&key, "www.example.com"));
    let file = files[0].path().display().to_string();
    let refused = send(&listener, "aws_sns", topic, &["--key", &file]);
    assert!(refused.starts_with("0 accepted, 1 refused"), "{refused}");
}

#[test]
fn senders_by_a_published_key_are_received() {
    let [key, other] = [(); 2].map(|()| KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap());
    let files = [&key_file(&key), &key_file(&other)];
    let plaid = exchange(
        "plaid",
        &[&json!({"key": jwk(&key)}).to_string()],
        "any",
        Some(files),
    );
    assert!(plaid.contains("tampered: 0 accepted, 1 refused"), "{plaid}");
    assert!(plaid.contains("stale: 0 accepted, 1 refused"), "{plaid}");

    let [key, other] = [(); 2].map(|()| KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap());
    let files = [&key_file(&key), &key_file(&other)];
    let account = "pusher@example.iam.gserviceaccount.com";
    let set = json!({"keys": [jwk(&key)]}).to_string();
    let pubsub = exchange("google_pubsub", &[account, &set], account, Some(files));
    assert!(pubsub.contains("stale: 0 accepted, 1 refused"), "{pubsub}");
    let listener = Listener::start_with("google_pubsub", &[account, &set], URL);
    let file = files[0].path().display().to_string();
    for (secret, url) in [
        ("another@example.com", URL),
        (account, "https://hooks.example.com/there"),
    ] {
        let refused = send(
            &listener,
            "google_pubsub",
            secret,
            &["--key", &file, "--url", url],
        );
        assert!(
            refused.starts_with("0 accepted, 1 refused"),
            "{secret} {url}: {refused}"
        );
    }
}

#[test]
fn senders_of_tokens_by_a_shared_secret_are_received() {
    let secret = "a secret of sufficient length, yes";
    let messagebird = exchange("messagebird", &[secret], secret, None);
    assert!(
        messagebird.contains("tampered: 0 accepted, 1 refused"),
        "{messagebird}"
    );
    assert!(
        messagebird.contains("stale: 0 accepted, 1 refused"),
        "{messagebird}"
    );
    let monday = exchange("monday", &[secret], secret, None);
    assert!(monday.contains("stale: 0 accepted, 1 refused"), "{monday}");
    // The token says nothing of the body, and the receiver says so.
    assert!(monday.contains("tampered: 1 accepted, 0 refused"), "{monday}");
    let listener = Listener::start_at("monday", secret, URL);
    let elsewhere = send(
        &listener,
        "monday",
        secret,
        &["--url", "https://hooks.example.com/there"],
    );
    assert!(elsewhere.starts_with("0 accepted, 1 refused"), "{elsewhere}");
}
