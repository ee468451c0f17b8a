//! The command, run as a user runs it.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use tower_webhook::Secret;
use tower_webhook::provider::senders::{
    self, BoxWebhooks, Contentful, HTTP_MESSAGE_SIGNATURES, HubSpot, Mailgun,
};
use tower_webhook::provider::{MessageSignatures, Scheme, SignatureKey};
use tower_webhook::testing::Delivery;

/// Runs the command with this input; answers its exit code and what it printed.
fn webhook(arguments: &[&str], input: &str) -> (i32, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_webhook"))
        .args(arguments)
        .env_remove("WEBHOOK_SECRET")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
    )
}

// From GitHub's documentation: "validating webhook deliveries".
const SECRET: &str = "It's a Secret to Everybody";
const SIGNATURE: &str = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

fn captured(signature: &str, body: &str) -> String {
    format!(
        "POST /hook HTTP/1.1\r\nx-github-event: ping\r\nx-github-delivery: 1\r\nx-hub-signature-256: {signature}\r\n\r\n{body}"
    )
}

fn check(request: &str) -> (i32, String) {
    webhook(
        &["check", "--provider", "github", "--secret", SECRET, "-"],
        request,
    )
}

#[test]
fn every_sender_is_listed() {
    let (code, text) = webhook(&["providers", "--json"], "");
    let senders: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert!(code == 0 && senders.len() >= 40);
    let stripe = senders.iter().find(|sender| sender["name"] == "stripe").unwrap();
    assert_eq!(
        (&stripe["content"], &stripe["id_signed"]),
        (&json!("{t}.{body}"), &json!(true))
    );
    let discord = senders.iter().find(|sender| sender["name"] == "discord").unwrap();
    assert_eq!(
        (&discord["deadline_s"], &discord["vectors"]),
        (&json!(3), &json!("derived only"))
    );
    assert_eq!(discord["handshakes"].as_array().unwrap().len(), 2);
    let sendgrid = senders
        .iter()
        .find(|sender| sender["name"] == "sendgrid")
        .unwrap();
    assert_eq!(sendgrid["events"], json!(["/*"]));
    assert!(webhook(&["providers"], "").1.lines().count() > senders.len());
}

#[test]
fn one_sender_is_shown_in_full() {
    let (code, text) = webhook(&["providers", "adyen"], "");
    assert!(code == 0 && text.contains("sender         adyen"), "{text}");
    let (_, all) = webhook(&["providers", "--json"], "");
    let all: Vec<Value> = serde_json::from_str(&all).unwrap();
    for sender in &all {
        let (name, content) = (
            sender["name"].as_str().unwrap(),
            sender["content"].as_str().unwrap(),
        );
        let (code, text) = webhook(&["providers", name], "");
        assert!(code == 0 && text.contains(content), "{text}");
    }
    let (code, text) = webhook(&["providers", "adyen", "--json"], "");
    let adyen: Value = serde_json::from_str(&text).unwrap();
    assert!(code == 0 && all.contains(&adyen), "{text}");
    assert_eq!(webhook(&["providers", "nobody"], "").0, 2);
}

#[test]
fn a_value_that_is_too_long_for_its_column_is_marked() {
    let (_, text) = webhook(&["providers"], "");
    for line in text.lines().skip(1).take_while(|line| !line.is_empty()) {
        let column = |from: usize, width: usize| line.chars().skip(from).take(width).collect::<String>();
        assert_eq!(line.chars().nth(18), Some(' '), "{line}");
        assert_eq!(line.chars().nth(77), Some(' '), "{line}");
        assert_eq!(line.chars().nth(112), Some(' '), "{line}");
        assert!(["yes", "no"].contains(&column(113, 6).trim()), "{line}");
    }
    assert!(text.contains("webhook providers SENDER"), "{text}");
}

#[test]
fn no_deliveries_are_none_to_send() {
    let arguments = [
        "send",
        "github",
        "push",
        "--to",
        "http://127.0.0.1:1/",
        "--secret",
        SECRET,
        "--times",
        "0",
    ];
    assert_eq!(webhook(&arguments, ""), (2, String::new()));
}

#[test]
fn a_secret_that_is_missing_is_asked_for() {
    let standard =
        "POST / HTTP/1.1\r\nwebhook-id: 1\r\nwebhook-timestamp: 1\r\nwebhook-signature: v1,AAAA\r\n\r\n{}";
    for (provider, request) in [
        ("github", captured(SIGNATURE, "Hello, World!")),
        ("standard_webhooks", standard.to_owned()),
    ] {
        let (code, text) = webhook(&["check", "--provider", provider, "-"], &request);
        assert!(code != 0 && text.contains("no secret was given"), "{text}");
        assert!(
            text.contains("--secret") && !text.contains("another secret"),
            "{text}"
        );
    }
}

#[test]
fn a_url_that_is_missing_is_asked_for() {
    let request = "POST / HTTP/1.1\r\ncontent-type: application/json\r\n\r\n{}";
    for provider in [
        "twilio",
        "hubspot",
        "square",
        "trello",
        "mandrill",
        "contentful",
        "rfc9421",
        "monday",
        "google_pubsub",
    ] {
        let arguments = ["check", "--provider", provider, "--secret", OWN_SECRET, "-"];
        let (code, text) = webhook(&arguments, request);
        assert!(code == 2 && text.contains("--url"), "{provider}: {text}");
    }
}

#[test]
fn a_genuine_request_is_accepted() {
    let (code, text) = check(&captured(SIGNATURE, "Hello, World!"));
    assert_eq!(code, 0, "{text}");
    assert!(
        text.contains("accept: ok") && text.contains("event id   1 (not signed)"),
        "{text}"
    );
}

#[test]
fn the_usual_causes_are_named() {
    let cases = [
        (captured(SIGNATURE, "Hello, World!\n"), "newline was added"),
        (captured(SIGNATURE, "\u{feff}Hello, World!"), "byte order mark"),
        (captured(SIGNATURE, "Hello, world!"), "another secret, or a body"),
        (captured("sha1=00", "Hello, World!"), "does not read"),
        (
            "POST / HTTP/1.1\r\nx-hub-signature: sha1=00\r\n\r\n{}".to_owned(),
            "only the SHA-1 header",
        ),
    ];
    for (request, cause) in cases {
        let (code, text) = check(&request);
        assert!(code == 1 && text.contains(cause), "{cause}: {text}");
    }
}

#[test]
fn the_expected_signature_is_shown_only_on_demand() {
    let request = captured(&SIGNATURE.replace('7', "8"), "Hello, World!");
    assert!(!check(&request).1.contains(SIGNATURE));
    let arguments = [
        "check",
        "--provider",
        "github",
        "--secret",
        SECRET,
        "--reveal",
        "-",
    ];
    assert!(webhook(&arguments, &request).1.contains(SIGNATURE));
}

#[test]
fn a_clock_that_is_off_is_named() {
    let case = json!({
        "id": "x", "provider": "stripe", "secrets": ["whsec_test_secret"], "now_unix": 1_700_000_400,
        "headers": [["Stripe-Signature", "t=1700000000,v1=3bfab77baf5f7b6991a46c9b53b6547d7afc56148b10468fcad9f35c1992ffbd"]],
        "body": "{\n  \"id\": \"evt_test_webhook\",\n  \"object\": \"event\",\n  \"data\": { \"object\": { \"id\": \"rdr_123\", \"object\": \"terminal.reader\" } }\n}",
    });
    let (code, text) = webhook(&["check", "--provider", "stripe", "-"], &case.to_string());
    assert!(
        code == 1 && text.contains("400 s older") && text.contains("signature is right"),
        "{text}"
    );
}

#[test]
fn a_batch_answers_line_by_line() {
    let case = |id: &str, provider: &str, secret: &str, body: &str| {
        json!({
            "id": id, "provider": provider, "secrets": [secret], "method": "POST", "url": "https://hooks.test/x",
            "headers": [["X-Hub-Signature-256", SIGNATURE], ["X-GitHub-Delivery", "7"], ["X-GitHub-Event", "ping"],
                        ["X-Odd", {"base64": "/w=="}]],
            "body": body, "now_unix": 1_760_000_000,
        })
    };
    let lines = [
        case("good", "github", SECRET, "Hello, World!").to_string(),
        case("forged", "github", SECRET, "Hello, World?").to_string(),
        case("nobody", "no_such_sender", SECRET, "").to_string(),
        case("empty", "github", "", "").to_string(),
        "not json".to_owned(),
    ];
    let (code, text) = webhook(&["check", "--batch", "-"], &lines.join("\n"));
    let verdicts: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(code, 0);
    let short: Vec<_> = verdicts
        .iter()
        .map(|v| (v["verdict"].as_str().unwrap(), v["reason"].as_str().unwrap()))
        .collect();
    assert_eq!(
        short,
        [
            ("accept", "ok"),
            ("reject", "bad_signature"),
            ("config_error", "unknown_provider"),
            ("config_error", "empty_secret"),
            ("config_error", "malformed_case"),
        ]
    );
    let good = json!({"id": "good", "verdict": "accept", "reason": "ok", "status": 200, "key_index": 0,
        "event_id": "7", "event_id_signed": false, "kind": "ping"});
    assert_eq!(verdicts[0], good);
}

/// A delivery signed at [`SENT`], as a case of a batch.
fn case_of(provider: &str, request: &http::Request<bytes::Bytes>) -> Value {
    let headers: Vec<_> = request
        .headers()
        .iter()
        .map(|(name, value)| json!([name.as_str(), value.to_str().unwrap()]))
        .collect();
    json!({"id": provider, "provider": provider, "secrets": [OWN_SECRET], "method": "POST", "url": OWN_URL,
        "headers": headers, "body": String::from_utf8(request.body().to_vec()).unwrap()})
}

const OWN_SECRET: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const OWN_URL: &str = "https://hooks.test/own";
const SENT: u64 = 1_760_000_000;

#[test]
fn senders_with_code_of_their_own_are_judged_by_the_tolerance_that_is_asked_for() {
    let secret = Secret::new(OWN_SECRET).unwrap();
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(SENT);
    let delivery = |scheme: Scheme, body: &'static str| Delivery::new(scheme, body).uri(OWN_URL).at(at);
    let mailgun = r#"{"signature":{},"event-data":{"id":"1","event":"opened"}}"#;
    let boxed = delivery(senders::BOX, "{}").sign_as(&BoxWebhooks::new(secret.clone()), &secret);
    let hubspot = HubSpot::new(secret.clone()).public_url(OWN_URL);
    let contentful = Contentful::new(secret.clone()).public_url(OWN_URL);
    let key = SignatureKey::hmac_sha256(&secret);
    let messages = MessageSignatures::new(HTTP_MESSAGE_SIGNATURES, OWN_URL).key("one", key);
    let cases = [
        ("box", boxed),
        (
            "hubspot",
            delivery(senders::HUBSPOT, "[]").sign_as(&hubspot, &secret),
        ),
        (
            "contentful",
            delivery(senders::CONTENTFUL, "{}").sign_as(&contentful, &secret),
        ),
        (
            "mailgun",
            delivery(senders::MAILGUN, mailgun).sign_as(&Mailgun::new(secret.clone()), &secret),
        ),
        (
            "rfc9421",
            delivery(HTTP_MESSAGE_SIGNATURES, "{}").sign_as(&messages, &secret),
        ),
    ];
    for (provider, request) in cases {
        let mut case = case_of(provider, &request.unwrap());
        for (later, tolerance, verdict) in [(20, 10, "stale_timestamp"), (20, 30, "ok"), (900, 1_000, "ok")] {
            (case["now_unix"], case["tolerance_s"]) = (json!(SENT + later), json!(tolerance));
            let (_, text) = webhook(&["check", "--batch", "-"], &case.to_string());
            let answer: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(answer["reason"], verdict, "{provider} after {later} s: {answer}");
        }
    }
}
