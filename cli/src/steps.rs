//! A verdict step by step, in the order in which the layer takes them: those that were passed, and the one that was not.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::Request;
use http::header::CONTENT_TYPE;
use tower_webhook::testing::stated_time;

use crate::causes::header;
use crate::judge::{Terms, Verdict};

/// The steps of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Form,
    Header,
    Secret,
    Body,
    Signature,
    Time,
    Handshake,
    Reading,
}

/// A line for each step.
pub(crate) fn lines(terms: &Terms, request: &Request<Bytes>, verdict: &Verdict) -> Vec<String> {
    let failed = Step::failed(terms, verdict);
    let is_misconfigured = verdict.verdict == "config_error";
    let is_greeting = verdict.verdict == "handshake" && !shows_a_signature(terms, request);
    Step::ALL
        .iter()
        .map(|step| {
            let outcome = match failed {
                Some(failed) if *step == failed => "FAILED",
                // A mistake of configuration is found before any request.
                Some(failed) if *step > failed || is_misconfigured => "not reached",
                _ if is_greeting && *step != Step::Handshake => "not needed",
                _ if verdict.verdict == "handshake" && *step == Step::Reading => "not needed",
                _ => "passed",
            };
            let (name, what) = (step.name(), step.what(terms, request, verdict));
            match failed {
                Some(failed) if *step == failed => {
                    format!("{outcome:<11} {name}: {}; {what}", verdict.reason)
                }
                _ => format!("{outcome:<11} {name}: {what}"),
            }
        })
        .collect()
}

impl Step {
    const ALL: [Self; 8] = [
        Self::Form,
        Self::Header,
        Self::Secret,
        Self::Body,
        Self::Signature,
        Self::Time,
        Self::Handshake,
        Self::Reading,
    ];

    /// The step at which this verdict was reached; none for one that passed all.
    fn failed(terms: &Terms, verdict: &Verdict) -> Option<Self> {
        if matches!(verdict.verdict, "accept" | "handshake") {
            return None;
        }
        let place = terms.scheme.facts().timestamp.unwrap_or_default();
        let stands_in_the_head = ["header:", "signature:"].iter().any(|at| place.starts_with(at));
        Some(match verdict.reason.as_str() {
            "method_not_allowed" | "body_encoded" | "media_type" => Self::Form,
            "missing_header"
            | "duplicate_header"
            | "malformed_header"
            | "unsupported_version"
            | "too_many_signatures"
            | "foreign_key_url"
            | "insufficient_coverage" => Self::Header,
            "malformed_timestamp" if stands_in_the_head => Self::Header,
            "body_too_large" | "body_too_slow" | "body_broken" => Self::Body,
            "bad_signature" | "foreign_topic" => Self::Signature,
            "malformed_timestamp" | "stale_timestamp" | "future_timestamp" | "clock_suspect" => Self::Time,
            "foreign_handshake" | "malformed_handshake" | "handshake_failed" => Self::Handshake,
            // Where the time is in a document that can't be read, that is where it ends.
            "malformed_body" if !place.is_empty() && !stands_in_the_head => Self::Time,
            "malformed_body" | "malformed_id" | "wrong_mode" => Self::Reading,
            // An unknown tenant, and every mistake of configuration: secrets, URL, tolerance.
            _ => Self::Secret,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Form => "head",
            Self::Header => "signature header",
            Self::Secret => "secret",
            Self::Body => "body",
            Self::Signature => "signature",
            Self::Time => "time",
            Self::Handshake => "handshake",
            Self::Reading => "reading",
        }
    }

    /// What the step looks at, and what it finds there.
    fn what(self, terms: &Terms, request: &Request<Bytes>, verdict: &Verdict) -> String {
        let facts = terms.scheme.facts();
        match self {
            Self::Form => {
                let kind = request.headers().get(CONTENT_TYPE);
                let kind = kind.map_or("no content type".into(), |kind| {
                    String::from_utf8_lossy(kind.as_bytes()).into_owned()
                });
                format!("{}, {kind}", request.method())
            }
            Self::Header => match shows_a_signature(terms, request) {
                _ if header::of(&terms.scheme).is_empty() => "it stands in the body".into(),
                true => format!("`{}` is there", header::of(&terms.scheme)),
                false => format!("there is no `{}`", header::of(&terms.scheme)),
            },
            Self::Secret if terms.unset => "none was given".into(),
            Self::Secret => format!("{} given; the key is {}", terms.secrets.len(), facts.key),
            Self::Body => length(request.body().len(), facts.body_limit),
            Self::Signature => facts.algorithm.into(),
            Self::Time => time(terms, request),
            Self::Handshake if verdict.verdict == "handshake" => "it is one, and was answered".into(),
            Self::Handshake if facts.handshakes.is_empty() => "this sender has none".into(),
            Self::Handshake => "it is none".into(),
            Self::Reading => {
                let at = |place: Option<String>| place.unwrap_or_else(|| "nowhere".into());
                format!("id at {}, kind at {}", at(facts.id), at(facts.kind))
            }
        }
    }
}

/// The command takes longer bodies than a receiver does that says nothing of its limit.
fn length(length: usize, limit: usize) -> String {
    match length > limit {
        true => format!("{length} bytes; a receiver refuses more than {limit} unless it is told otherwise"),
        false => format!("{length} bytes"),
    }
}

fn shows_a_signature(terms: &Terms, request: &Request<Bytes>) -> bool {
    let name = header::of(&terms.scheme);
    match name.is_empty() {
        true => !request.body().is_empty(),
        false => request
            .headers()
            .keys()
            .any(|known| known.as_str().starts_with(&name)),
    }
}

fn time(terms: &Terms, request: &Request<Bytes>) -> String {
    let facts = terms.scheme.facts();
    let tolerance = terms.tolerance.or(facts.tolerance).unwrap_or_default().as_secs();
    match (facts.timestamp, stated_time(&terms.scheme, request)) {
        (None, _) => "the description names none".into(),
        (Some(place), None) => format!("none to be read at {place}"),
        (Some(place), Some(stated)) => {
            let since = |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            let (stated, now) = (since(stated), since(terms.now));
            let off = |early: Duration, late: Duration| late.saturating_sub(early).as_secs();
            let off = off(stated, now).max(off(now, stated));
            format!(
                "{} at {place}, {off} s from the clock's {}; {tolerance} s are allowed",
                stated.as_secs(),
                now.as_secs()
            )
        }
    }
}
