//! Every signature case that is known, through the command as a user runs it: those of the senders' and the peers' own public
//! test suites, and the published vectors.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::io::{Write, stderr};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// Cases that no name of a sender says: a scheme of the user's own, tested beside the builder that says it.
const OWN_SCHEMES: [&str; 5] = [
    "generic_hmac",
    "generic_ed25519",
    "api_key",
    "basic_auth",
    "convoy",
];

fn shared(file: &str) -> Option<Value> {
    let folder = std::env::var_os("SHARED_DIR").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared"),
        PathBuf::from,
    );
    match std::fs::read(folder.join(file)) {
        Ok(text) => Some(serde_json::from_slice(&text).expect("a JSON file")),
        Err(_) => {
            let said = format!(
                "SKIPPED: {file} is not at {}; nothing was compared with it\n",
                folder.display()
            );
            // Not by a macro: the test runner keeps what those print of a test that passes.
            stderr().write_all(said.as_bytes()).unwrap();
            None
        }
    }
}

/// Judges all lines in one run; the verdicts by the cases' ids.
fn judge(lines: &[Value]) -> BTreeMap<String, Value> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_webhook"))
        .args(["check", "--batch", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let text = lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    let mut input = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success());
    let verdicts = String::from_utf8(output.stdout).unwrap();
    let verdicts = verdicts
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    verdicts
        .map(|verdict| (verdict["id"].as_str().unwrap().to_owned(), verdict))
        .collect()
}

/// Vectors that end otherwise than their file says, each with the reason.
const OTHERWISE: [(&str, &str); 5] = [
    (
        "github-derived-sha1",
        "SHA-1 is a description of its own, never a fallback",
    ),
    (
        "twilio-form-special-char-url",
        "signed by an encoding of the URL that one library alone tries",
    ),
    ("box-body-with-carriage-return", "the body is no JSON"),
    ("box-body-with-back-slash", "the body is no JSON"),
    (
        "eventgrid-derived-validation",
        "it shows no token, and only whoever shows it is answered",
    ),
];

/// A header's value, whose letters stand for bytes.
fn header(name: &str, value: &str) -> Value {
    let bytes: Vec<u8> = value
        .chars()
        .map(|letter| u8::try_from(u32::from(letter)).unwrap())
        .collect();
    json!([name, {"base64": STANDARD.encode(bytes)}])
}

fn of_peer(case: &Value) -> Value {
    let headers: Vec<Value> = case["headers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pair| header(pair[0].as_str().unwrap(), pair[1].as_str().unwrap()))
        .collect();
    let mut line = json!({
        "id": case["id"], "provider": case["provider"], "secrets": case["secrets"], "method": case["method"],
        "url": case["url"], "headers": headers, "now_unix": case["now_unix"], "secret_kind": case["secret_kind"],
        "now_ms": case["now_ms"], "tolerance_s": case["tolerance_s"],
    });
    let field = if case["body_encoding"] == "base64" {
        "body_base64"
    } else {
        "body"
    };
    line[field] = case["body"].clone();
    line
}

/// Whether the verdict lets the delivery pass.
fn passes(verdict: &Value) -> bool {
    verdict["verdict"] == "accept" || verdict["verdict"] == "handshake"
}

#[test]
fn the_peers_cases_hold() {
    let Some(shared) = shared("peer-cases.json") else {
        return;
    };
    let cases: Vec<&Value> = shared["cases"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|case| !OWN_SCHEMES.contains(&case["provider"].as_str().unwrap()))
        .collect();
    let lines: Vec<Value> = cases.iter().map(|case| of_peer(case)).collect();
    let verdicts = judge(&lines);
    let mut wrong = Vec::new();
    for case in cases {
        let verdict = &verdicts[case["id"].as_str().unwrap()];
        let right = passes(verdict) == (case["expect"] == "accept");
        if case["tier"] != "contested" && !right {
            wrong.push(format!("{}: {} wanted, {verdict}", case["id"], case["expect"]));
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

/// A vector as a line; one without a time plays at the time that it states.
fn of_vector(vector: &Value) -> Value {
    let headers: Vec<Value> = vector["headers"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| header(name, value.as_str().unwrap()))
        .collect();
    let kind = match vector["secret_encoding"].as_str().unwrap() {
        "whpk" => Some("whpk"),
        "x509-pem" | "spki-pem" => Some("pem"),
        "base64" if vector["provider"] == "rfc9421" => Some("base64"),
        _ => None,
    };
    let secrets: Vec<&Value> = [&vector["secret"], &vector["secret_secondary"]]
        .into_iter()
        .filter(|secret| secret.is_string())
        .collect();
    json!({
        "id": vector["id"], "provider": vector["provider"], "secrets": secrets, "secret_kind": kind,
        "method": vector["method"], "url": vector["url"], "headers": headers, "body": vector["body_utf8"],
        "now_unix": vector["now"].as_u64().or_else(|| stated(vector)).unwrap_or(1_800_000_000),
        "tolerance_s": vector["tolerance"],
    })
}

fn stated(vector: &Value) -> Option<u64> {
    let headers = vector["headers"].as_object()?;
    if headers.contains_key("X-Zendesk-Webhook-Signature-Timestamp") {
        return Some(1_616_648_967); // 2021-03-25T05:09:27Z
    }
    match vector["provider"].as_str()? {
        "aws_sns" => return Some(1_659_045_600), // an hour after the messages
        "mailgun" => {
            let body: Value = serde_json::from_str(vector["body_utf8"].as_str()?).ok()?;
            return body["signature"]["timestamp"].as_str()?.parse().ok();
        }
        _ => {}
    }
    let pair = headers
        .values()
        .filter_map(Value::as_str)
        .find_map(|value| value.strip_prefix("t="))?;
    let time: u64 = pair.split(',').next()?.parse().ok()?;
    Some(if time > 100_000_000_000 {
        time / 1_000
    } else {
        time
    })
}

#[test]
fn the_vectors_hold() {
    let Some(vectors) = shared("vectors.json") else {
        return;
    };
    // One needs a certificate that nobody has published.
    let provable = |vector: &&Value| vector["expect"] != "ok_if_cert";
    let vectors: Vec<&Value> = vectors.as_array().unwrap().iter().filter(provable).collect();
    let lines: Vec<Value> = vectors.iter().map(|vector| of_vector(vector)).collect();
    let verdicts = judge(&lines);
    let wrong: Vec<String> = vectors
        .iter()
        .filter_map(|vector| {
            let verdict = &verdicts[vector["id"].as_str().unwrap()];
            let wanted = matches!(vector["expect"].as_str().unwrap(), "ok" | "challenge");
            let otherwise = OTHERWISE.iter().any(|(id, _)| vector["id"] == *id);
            let right = passes(verdict) == (wanted != otherwise)
                && (verdict["verdict"] != "config_error" || otherwise);
            (!right).then(|| format!("{}: {} wanted, {verdict}", vector["id"], vector["expect"]))
        })
        .collect();
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}
