//! Signatures that senders and their libraries have published, and every change of one byte of them.
#![cfg(feature = "test-util")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "vectors/endpoint.rs"]
mod endpoint;

use std::collections::BTreeMap;

use bytes::Bytes;
use http::StatusCode;
use serde::Deserialize;

use tower_webhook::provider::senders::{DISCORD, SENDGRID};
use tower_webhook::provider::{GITHUB, GITHUB_SHA1, SLACK, STANDARD_WEBHOOKS, STRIPE, Sender};
use tower_webhook::testing::ManualClock;
use tower_webhook::{Secret, VerifyLayer};

use endpoint::{Outcome, Pieces, Reached, deliver, post, runtime};

/// A request that was signed elsewhere, and what must become of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    id: String,
    source: String,
    scheme: String,
    secret: String,
    headers: BTreeMap<String, String>,
    body: String,
    /// When it arrives, for a sender that signs a time.
    now: Option<u64>,
    /// `ok`, or the code of the reason for which it is refused.
    expect: String,
    /// The pieces of the signature's header that count, where it holds others too.
    #[serde(default)]
    counts: Vec<String>,
    /// What a handshake is answered with; with 204 where it is nothing.
    answer: Option<String>,
}

const GITHUB_FILE: &str = include_str!("vectors/github.json");
const STRIPE_FILE: &str = include_str!("vectors/stripe.json");
const SLACK_FILE: &str = include_str!("vectors/slack.json");
const DISCORD_FILE: &str = include_str!("vectors/discord.json");
const SENDGRID_FILE: &str = include_str!("vectors/sendgrid.json");
const STANDARD_WEBHOOKS_FILE: &str = include_str!("vectors/standard_webhooks.json");

fn read(file: &str) -> Vec<Vector> {
    serde_json::from_str(file).unwrap()
}

impl Vector {
    fn layer(&self) -> VerifyLayer {
        let scheme = match self.scheme.as_str() {
            "github" => GITHUB,
            "github_sha1" => GITHUB_SHA1,
            "discord" => DISCORD,
            "sendgrid" => SENDGRID,
            "stripe" => STRIPE,
            "slack" => SLACK,
            "standard_webhooks" => STANDARD_WEBHOOKS,
            other => panic!("{}: no sender is called {other}", self.id),
        };
        let sender = Sender::new(scheme, Secret::new(self.secret.as_str()).unwrap());
        let clock = ManualClock::at_unix(self.now.unwrap_or(1_700_000_000));
        VerifyLayer::new(sender).unwrap().clock(clock)
    }

    fn headers(&self) -> Vec<(&str, Vec<u8>)> {
        let each = self.headers.iter();
        each.map(|(name, value)| (name.as_str(), value.as_bytes().to_vec()))
            .collect()
    }

    /// Whether the byte at this position of this header is one on which the verdict rests.
    fn rests_on(&self, header: &str, position: usize) -> bool {
        let is_signature = header.to_ascii_lowercase().contains("signature");
        if !is_signature {
            return !header.eq_ignore_ascii_case("content-type");
        }
        let value = &self.headers[header];
        self.counts.is_empty()
            || self.counts.iter().any(|piece| {
                let start = value.find(piece).unwrap();
                (start..start + piece.len()).contains(&position)
            })
    }
}

fn send(layer: &VerifyLayer, headers: &[(&str, Vec<u8>)], body: &[u8]) -> Option<Outcome> {
    let headers = headers.iter().map(|(name, value)| (*name, value.as_slice()));
    let request = post(headers, Pieces::from(Bytes::copy_from_slice(body)))?;
    Some(runtime().block_on(deliver(layer, request)))
}

fn check(vector: &Vector) {
    let id = &vector.id;
    assert!(
        !vector.source.is_empty(),
        "{id} says nothing about where it comes from"
    );
    let outcome = send(&vector.layer(), &vector.headers(), vector.body.as_bytes()).unwrap();
    if vector.expect != "ok" {
        assert!(outcome.is_refused(), "{id}: {outcome:?}");
        assert_eq!(outcome.reason, Some(vector.expect.as_str()), "{id}");
        return;
    }
    let expected = match vector.answer.as_deref() {
        Some("") => StatusCode::NO_CONTENT,
        _ => StatusCode::OK,
    };
    assert_eq!((outcome.status, outcome.reason), (expected, None), "{id}");
    match (&vector.answer, outcome.reached) {
        (Some(answer), None) => assert_eq!(outcome.body, answer.as_bytes(), "{id}"),
        (None, Some(reached)) => {
            assert_eq!(reached.body, vector.body.as_bytes(), "{id}");
            assert_eq!(reached.proof.body(), &reached.body, "{id}");
        }
        (_, reached) => panic!("{id}: a handshake is answered, an event is handled; got {reached:?}"),
    }
}

/// How many changes of one byte there are.
#[derive(Debug, Default, PartialEq, Eq)]
struct Changes {
    refused: usize,
    /// Of pieces that nobody reads, such as a signature of another version beside a good one.
    idle: usize,
}

fn change_the_body(vector: &Vector, changes: &mut Changes) {
    let (layer, headers) = (vector.layer(), vector.headers());
    for (position, flip) in (0..vector.body.len()).flat_map(|position| [(position, 1), (position, 0x80)]) {
        let mut body = vector.body.as_bytes().to_vec();
        body[position] ^= flip;
        let outcome = send(&layer, &headers, &body).unwrap();
        assert!(
            outcome.is_refused(),
            "{}: byte {position} of the body ^ {flip:#x}: {outcome:?}",
            vector.id
        );
        assert_eq!(outcome.reason, Some("bad_signature"), "{}", vector.id);
        changes.refused += 1;
    }
}

fn change_the_headers(vector: &Vector, changes: &mut Changes) {
    let (layer, original) = (vector.layer(), vector.headers());
    let places =
        (0..original.len()).flat_map(|at| (0..original[at].1.len()).map(move |position| (at, position)));
    for ((at, position), flip) in places.flat_map(|place| [(place, 1), (place, 0x80)]) {
        let mut headers = original.clone();
        headers[at].1[position] ^= flip;
        let name = headers[at].0;
        let what = format!("{}: byte {position} of {name} ^ {flip:#x}", vector.id);
        let outcome = send(&layer, &headers, vector.body.as_bytes()).unwrap();
        if vector.rests_on(name, position) {
            assert!(outcome.is_refused(), "{what}: {outcome:?}");
            changes.refused += 1;
        } else {
            // Nobody signed this byte: the delivery may be refused for it, but what is handled must not change.
            let unchanged = |reached: Reached| reached.body == vector.body.as_bytes();
            assert!(outcome.reached.is_none_or(unchanged), "{what}");
            changes.idle += 1;
        }
    }
}

fn check_file(file: &str, count: usize) -> Changes {
    let vectors = read(file);
    assert_eq!(vectors.len(), count, "a vector was lost or added");
    let mut changes = Changes::default();
    for vector in &vectors {
        check(vector);
        if vector.expect == "ok" {
            change_the_body(vector, &mut changes);
            change_the_headers(vector, &mut changes);
        }
    }
    changes
}

#[test]
fn github_vectors_and_each_change_of_one_byte() {
    let changes = check_file(GITHUB_FILE, 7);
    assert_eq!(
        changes,
        Changes {
            refused: 1024,
            idle: 0
        }
    );
}

#[test]
fn stripe_vectors_and_each_change_of_one_byte() {
    let changes = check_file(STRIPE_FILE, 8);
    assert_eq!(
        changes,
        Changes {
            refused: 2084,
            idle: 274
        }
    );
}

#[test]
fn slack_vectors_and_each_change_of_one_byte() {
    let changes = check_file(SLACK_FILE, 4);
    assert_eq!(
        changes,
        Changes {
            refused: 1244,
            idle: 66
        }
    );
}

/// By MAC (`v1`) and with Ed25519 (`v1a`); which of them counts is decided by the secret.
#[test]
fn standard_webhooks_vectors_and_each_change_of_one_byte() {
    let changes = check_file(STANDARD_WEBHOOKS_FILE, 6);
    assert_eq!(
        changes,
        Changes {
            refused: 1020,
            idle: 282
        }
    );
}

#[test]
fn discord_vectors_and_each_change_of_one_byte() {
    let changes = check_file(DISCORD_FILE, 5);
    assert_eq!(
        changes,
        Changes {
            refused: 1118,
            idle: 0
        }
    );
}

#[test]
fn sendgrid_vectors_and_each_change_of_one_byte() {
    let changes = check_file(SENDGRID_FILE, 3);
    assert_eq!(
        changes,
        Changes {
            refused: 866,
            idle: 0
        }
    );
}

#[test]
fn t027_the_older_signature_of_github_is_never_a_fallback() {
    let vectors = read(GITHUB_FILE);
    let mut vector = vectors
        .into_iter()
        .find(|vector| vector.scheme == "github_sha1")
        .unwrap();
    vector.scheme = "github".into();
    let outcome = send(&vector.layer(), &vector.headers(), vector.body.as_bytes()).unwrap();
    assert!(outcome.is_refused());
    assert_eq!(outcome.reason, Some("missing_header"));
}
