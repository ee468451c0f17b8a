//! The signature cases of other libraries' test suites, told in one neutral form and read from beside the project.
//!
//! The bodies belong to their projects, so the cases are not part of this one: where the file is missing, that is said aloud
//! and nothing is proved.
#![cfg(feature = "test-util")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "vectors/endpoint.rs"]
mod endpoint;

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::StatusCode;
use serde::Deserialize;

use tower_webhook::provider::{GITHUB, SLACK, STANDARD_WEBHOOKS, STRIPE, Sender};
use tower_webhook::testing::ManualClock;
use tower_webhook::{ConfigError, Secrets, VerifyLayer};

use endpoint::{Outcome, Pieces, deliver, post, runtime};

#[derive(Deserialize)]
struct File {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    provider: String,
    secrets: Vec<String>,
    secret_kind: String,
    headers: Vec<(String, String)>,
    body: String,
    body_encoding: String,
    now_unix: u64,
    /// The same to the millisecond, where it matters.
    now_ms: Option<u64>,
    tolerance_s: Option<u64>,
    expect: String,
    acceptable: Vec<String>,
    /// How sure the verdict is: `must`, `should`, or `contested` where libraries disagree for good reasons.
    tier: String,
    reason: String,
}

/// What this crate makes of a case.
struct Verdict {
    word: &'static str,
    reason: String,
}

impl Case {
    /// Whether it is a case for a sender that this crate describes and a signature that it checks.
    fn is_ours(&self) -> bool {
        ["github", "stripe", "slack", "standard_webhooks"].contains(&self.provider.as_str())
            && self.secret_kind != "whpk"
    }

    fn layer(&self) -> Result<VerifyLayer, ConfigError> {
        let (first, others) = self.secrets.split_first().unwrap();
        let secrets = others
            .iter()
            .try_fold(Secrets::new(first.as_str())?, |secrets, other| {
                secrets.and(other.as_str())
            })?;
        let scheme = match self.provider.as_str() {
            "github" => GITHUB,
            "stripe" => STRIPE,
            "slack" => SLACK,
            _ => STANDARD_WEBHOOKS,
        };
        let mut sender = Sender::new(scheme, secrets);
        // The suites write 0 for a check that is switched off, which nothing here can say.
        if let Some(seconds) = self.tolerance_s.filter(|seconds| *seconds > 0) {
            sender = sender.tolerance(Duration::from_secs(seconds));
        }
        let now = Duration::from_millis(self.now_ms.unwrap_or(self.now_unix * 1_000));
        Ok(VerifyLayer::new(sender)?.clock(ManualClock::at(SystemTime::UNIX_EPOCH + now)))
    }

    fn run(&self) -> Verdict {
        assert_eq!(self.body_encoding, "utf8", "{}", self.id);
        let layer = match self.layer() {
            Ok(layer) => layer,
            Err(error) => {
                return Verdict {
                    word: "reject",
                    reason: format!("config_error: {error}"),
                };
            }
        };
        let headers: Vec<_> = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), latin1(value)))
            .collect();
        let body = Pieces::from(Bytes::from(self.body.clone()));
        let request = post(
            headers.iter().map(|(name, value)| (*name, value.as_slice())),
            body,
        );
        let Some(request) = request else {
            return Verdict {
                word: "reject",
                reason: "unsendable".into(),
            };
        };
        let outcome = runtime().block_on(deliver(&layer, request));
        let word = if is_accepted(&outcome) { "accept" } else { "reject" };
        let unread = outcome.status == StatusCode::BAD_REQUEST && outcome.reached.is_none();
        assert!(
            word == "accept" || outcome.is_refused() || unread,
            "{}: {outcome:?}",
            self.id
        );
        Verdict {
            word,
            reason: outcome.reason.unwrap_or("ok").into(),
        }
    }
}

/// A handshake counts as accepted; what is genuine but unreadable does not.
fn is_accepted(outcome: &Outcome) -> bool {
    outcome.status == StatusCode::OK && (outcome.reached.is_some() || !outcome.body.is_empty())
}

fn latin1(text: &str) -> Vec<u8> {
    text.chars()
        .map(|letter| u8::try_from(u32::from(letter)).unwrap())
        .collect()
}

fn load() -> Option<Vec<Case>> {
    let default = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let folder = std::env::var_os("SHARED_DIR").map_or_else(default, PathBuf::from);
    let path = folder.join("peer-cases.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!(
            "SKIPPED: there are no peer cases at {}; set SHARED_DIR",
            path.display()
        );
        return None;
    };
    let file: File = serde_json::from_str(&text).unwrap();
    Some(file.cases.into_iter().filter(Case::is_ours).collect())
}

#[test]
fn the_cases_of_other_libraries_get_the_verdict_they_should() {
    let Some(cases) = load() else { return };
    assert!(cases.len() >= 160, "only {} cases were read", cases.len());
    let (mut sure, mut wrong) = (0, Vec::new());
    for case in &cases {
        let verdict = case.run();
        let line = format!(
            "{} [{}]: {} ({}), expected {} ({}), acceptable {:?}",
            case.id, case.tier, verdict.word, verdict.reason, case.expect, case.reason, case.acceptable
        );
        match case.tier.as_str() {
            "contested" => println!("contested: {line}"),
            _ if verdict.word == case.expect => sure += 1,
            _ => wrong.push(line),
        }
    }
    println!("{sure} of {} sure verdicts agree", sure + wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn header_text_stands_for_bytes() {
    assert_eq!(latin1("a\u{e9}\u{ff}"), [b'a', 0xe9, 0xff]);
}
