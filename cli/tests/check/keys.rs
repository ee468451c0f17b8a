//! Signatures and secrets of another kind than the sender's.

use tower_webhook::Secret;
use tower_webhook::provider::Scheme;
use tower_webhook::provider::senders;

use crate::{URL, check, delivery, raw};

#[test]
fn a_sha1_signature_is_seen_to_be_one() {
    let mut seen = 0;
    for scheme in senders::ALL
        .iter()
        .filter(|scheme| scheme.facts().algorithm == "HMAC-SHA-256")
    {
        let request = format!(
            "POST / HTTP/1.1\r\nx-hub-signature: sha1={}\r\n\r\n{{}}",
            "0".repeat(40)
        );
        let (code, text) = check(scheme, request.as_bytes(), &["--url", URL]);
        if text.contains("only the SHA-1 header") {
            seen += 1;
        } else {
            assert!(code == 2 || text.contains("unset"), "{}: {text}", scheme.name());
        }
    }
    for name in ["github", "meta", "bitbucket", "jira", "gitea", "forgejo"] {
        let scheme = senders::by_name(name).unwrap();
        let (_, text) = check(
            scheme,
            b"POST / HTTP/1.1\r\nx-hub-signature: sha1=00\r\n\r\n{}",
            &[],
        );
        assert!(text.contains("only the SHA-1 header"), "{name}: {text}");
    }
    assert!(seen > 5);
    // Whose own signature is SHA-1 is not told so.
    let (_, text) = check(
        &senders::INTERCOM,
        b"POST / HTTP/1.1\r\nx-hub-signature: sha1=00\r\n\r\n{}",
        &[],
    );
    assert!(!text.contains("only the SHA-1"), "{text}");
}

#[test]
fn a_secret_of_another_family_is_named() {
    let standard = *senders::by_name("standard_webhooks").unwrap();
    let github = *senders::by_name("github").unwrap();
    let by = |scheme: Scheme, key: &[u8]| {
        let key = Secret::from_bytes(key).unwrap();
        raw(delivery(scheme, "{}").sign(&key), None)
    };
    let cases = [
        (
            standard,
            by(standard, b"whsec_dGhlIGtleQ=="),
            "whsec_dGhlIGtleQ==",
            "text itself is the key",
        ),
        (
            standard,
            by(standard, b"no base64!"),
            "no base64!",
            "text itself is the key",
        ),
        (
            github,
            by(github, b"the key"),
            "whsec_dGhlIGtleQ==",
            "the Base64 of",
        ),
        (
            github,
            by(github, b"the key"),
            "746865206b6579",
            "the hexadecimal form of",
        ),
        (
            github,
            by(github, b"dGhlIGtleQ=="),
            "whsec_dGhlIGtleQ==",
            "`whsec_` is not part of the key",
        ),
    ];
    for (scheme, request, given, cause) in cases {
        let (code, text) = check(&scheme, &request, &["--secret", given]);
        let named = text.contains("wrong secret family") && text.contains(cause);
        assert!(code != 0 && named, "{given}: {text}");
    }
}
