//! JSON cases, alone and with arguments.

use serde_json::{Value, json};
use tower_webhook::Secret;
use tower_webhook::provider::senders;

use crate::{SECRET, SENT, check, delivery, run, secret};

#[test]
fn a_case_says_how_its_secret_is_written() {
    let verdict = |case: &Value| -> Value {
        let (_, out, _) = run(&["--batch", "-"], case.to_string().as_bytes());
        serde_json::from_str(&out).unwrap()
    };
    let bytes = |key: &str| Secret::from_bytes(key).unwrap();
    let standard = *senders::by_name("standard_webhooks").unwrap();
    let github = *senders::by_name("github").unwrap();
    let cases = [
        // The text is the key, though this sender's secrets are decoded.
        (standard, bytes(SECRET), SECRET.to_owned(), json!("utf8"), true),
        (standard, bytes(SECRET), SECRET.to_owned(), json!(null), false),
        // And the other way round.
        (
            github,
            bytes("the key"),
            "whsec_dGhlIGtleQ".to_owned(),
            json!("whsec"),
            true,
        ),
        (
            github,
            bytes("the key"),
            "whsec_dGhlIGtleQ==".to_owned(),
            json!("whsec"),
            true,
        ),
        (
            github,
            bytes("the key"),
            "whsec_dGhlIGtleQ==".to_owned(),
            json!(null),
            false,
        ),
    ];
    for (scheme, key, text, kind, wanted) in cases {
        let request = delivery(scheme, "{}").sign(&key).unwrap();
        let headers: Vec<_> = request
            .headers()
            .iter()
            .map(|(name, value)| json!([name.as_str(), value.to_str().unwrap()]))
            .collect();
        let case = json!({"id": "1", "provider": scheme.name(), "secrets": [text], "secret_kind": kind,
            "headers": headers, "body": "{}", "now_unix": SENT});
        assert_eq!(verdict(&case)["verdict"] == "accept", wanted, "{case}");
    }
}

#[test]
fn arguments_say_what_a_case_leaves_out() {
    let github = *senders::by_name("github").unwrap();
    let request = delivery(github, "{}").sign(&secret()).unwrap();
    let signature = request.headers()["x-hub-signature-256"].to_str().unwrap();
    let case =
        json!({"headers": [["X-Hub-Signature-256", signature], ["X-GitHub-Delivery", "1"]], "body": "{}"});
    let (code, text) = check(&github, case.to_string().as_bytes(), &[]);
    assert!(code == 0 && text.contains("accept: ok"), "{text}");
    let mut named = case.clone();
    named["provider"] = json!("github");
    assert_eq!(run(&["--secret", SECRET, "-"], named.to_string().as_bytes()).0, 0);
    let (code, _, said) = run(&["--secret", SECRET, "-"], case.to_string().as_bytes());
    assert!(code != 0 && said.contains("--provider"), "{said}");
    // A line of a batch has no arguments to say the rest.
    let (_, out, _) = run(&["--batch", "-"], named.to_string().as_bytes());
    assert!(out.contains("malformed_case"), "{out}");
}

#[test]
fn a_malformed_case_is_called_so() {
    for (input, what) in [
        (r#"{"headers": [["a"]], "body": "{}"}"#, "no case"),
        (r#"{"body": "#, "no case"),
        ("[1]", "no case"),
        (r#"{"message": 1}"#, "`headers`"),
        ("POST / HTTP/1.1\r\nno end", "head"),
    ] {
        let (code, _, said) = run(
            &["--provider", "github", "--secret", SECRET, "-"],
            input.as_bytes(),
        );
        assert!(code != 0 && said.contains(what), "{input}: {said}");
    }
}
