//! What `webhook check` tells the person who holds the secret.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod bodies;
mod cases;
mod keys;
mod reveal;
mod steps;
mod times;
mod urls;

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::Request;
use tower_webhook::provider::Scheme;
use tower_webhook::testing::Delivery;
use tower_webhook::{ConfigError, Secret};

const SECRET: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const URL: &str = "https://hooks.test/in/here";
const SENT: u64 = 1_760_000_000;

/// Runs the command with this input; answers its exit code, and what it printed and said.
fn run(arguments: &[&str], input: &[u8]) -> (i32, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_webhook"))
        .arg("check")
        .args(arguments)
        .env_remove("WEBHOOK_SECRET")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    let [out, err] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    (output.status.code().unwrap(), out, err)
}

/// Checks a request as it was captured, at the time that it was sent or with these arguments.
fn check(scheme: &Scheme, request: &[u8], more: &[&str]) -> (i32, String) {
    let now = SENT.to_string();
    let mut arguments = vec!["--provider", scheme.name()];
    for (name, value) in [("--secret", SECRET), ("--now", &now)] {
        if !more.contains(&name) {
            arguments.extend([name, value]);
        }
    }
    arguments.extend(more);
    arguments.push("-");
    let (code, out, err) = run(&arguments, request);
    assert_eq!(err, "");
    (code, out)
}

fn secret() -> Secret {
    Secret::new(SECRET).unwrap()
}

fn sent() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(SENT)
}

fn delivery(scheme: Scheme, body: impl Into<Bytes>) -> Delivery {
    Delivery::new(scheme, body)
        .at(sent())
        .uri("/in/here")
        .public_url(URL)
}

/// The request as it goes over the wire, with another body where one is given.
fn raw(request: Result<Request<Bytes>, ConfigError>, body: Option<&[u8]>) -> Vec<u8> {
    let request = request.unwrap();
    let mut bytes = format!(
        "{} {} HTTP/1.1\r\nhost: hooks.test\r\n",
        request.method(),
        request.uri()
    )
    .into_bytes();
    for (name, value) in request.headers() {
        bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    bytes.extend(b"\r\n");
    bytes.extend(body.unwrap_or(request.body()));
    bytes
}
