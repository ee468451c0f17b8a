//! Reads every payload that GitHub's published samples hold, as its own kind and as every other.
//!
//! The samples are the npm package `@octokit/webhooks-examples`, fetched by `tests/samples/fetch.sh`. Where that can't be
//! had the tests say so and pass; with `REQUIRE_SAMPLES=1` they fail.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Write, stderr};
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::value::RawValue;
use tower_webhook::event::github::Event;

/// Every kind with a type of its own.
const TYPED: &[&str] = &[
    "check_run",
    "check_suite",
    "create",
    "delete",
    "deployment_status",
    "fork",
    "installation",
    "issue_comment",
    "issues",
    "member",
    "ping",
    "pull_request",
    "pull_request_review",
    "push",
    "release",
    "repository",
    "star",
    "workflow_job",
    "workflow_run",
];

/// Samples whose shape is another type's: (their kind, the type that takes them).
///
/// A `watch` payload is an action, a repository and a sender, as is a `repository` one. Its action is always `started`,
/// which no repository has: it reads as `Action::Unknown`.
const COINCIDING: &[(&str, &str)] = &[("watch", "repository")];

/// One kind's entry in a sample file.
#[derive(Deserialize)]
struct Entry {
    name: String,
    examples: Vec<Box<RawValue>>,
}

/// One payload: the edition of GitHub that sent it, its kind, its text.
struct Sample {
    edition: String,
    kind: String,
    body: String,
}

/// Every sample, or nothing where the samples can't be had. Fetched once however many tests ask.
fn samples() -> Option<&'static [Sample]> {
    static SAMPLES: OnceLock<Option<Vec<Sample>>> = OnceLock::new();
    let samples = SAMPLES.get_or_init(|| {
        fetch()
            .map(read_all)
            // Not by a macro: the test runner keeps what those print of a test that passes.
            .map_err(|why| drop(writeln!(stderr(), "SKIPPED: {why}")))
            .ok()
    });
    let required = std::env::var_os("REQUIRE_SAMPLES").is_some_and(|value| value == "1");
    assert!(
        samples.is_some() || !required,
        "REQUIRE_SAMPLES=1, but GitHub's samples could not be had"
    );
    samples.as_deref()
}

/// The folder with the samples, after fetching them if need be.
fn fetch() -> Result<PathBuf, String> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new("sh")
        .args(["tests/samples/fetch.sh", "target/octokit-samples"])
        .current_dir(&root)
        .output()
        .map_err(|error| format!("GitHub's samples: no shell to fetch them with: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("GitHub's samples could not be fetched: {}", said.trim()));
    }
    Ok(root.join(String::from_utf8_lossy(&output.stdout).trim()))
}

/// Every payload of every edition in the folder.
fn read_all(folder: PathBuf) -> Vec<Sample> {
    let mut samples = Vec::new();
    for edition in fs::read_dir(folder).expect("the samples' folder") {
        let edition = edition.expect("an entry of the samples' folder");
        let Ok(text) = fs::read_to_string(edition.path().join("index.json")) else {
            continue; // The package's own files lie beside the editions.
        };
        for Entry { name, examples } in serde_json::from_str::<Vec<Entry>>(&text).expect("a list of samples")
        {
            samples.extend(examples.into_iter().map(|body| Sample {
                edition: edition.file_name().to_string_lossy().into_owned(),
                kind: name.clone(),
                body: body.get().to_owned(),
            }));
        }
    }
    samples
}

#[test]
fn every_sample_reads_as_the_type_of_its_kind() {
    let Some(samples) = samples() else { return };
    let mut typed = BTreeMap::<&str, usize>::new();
    let mut others = 0;
    let mut misfits = Vec::new();
    for Sample { edition, kind, body } in samples {
        let event = Event::from_parts(kind, body.clone());
        assert_eq!(event.kind(), kind);
        match &event {
            Event::Other(other) => {
                others += 1;
                assert_eq!(
                    other.body(),
                    body,
                    "{edition} {kind}: the document is kept as it came"
                );
                assert_eq!(
                    other.reason().is_some(),
                    TYPED.contains(&&**kind),
                    "{edition} {kind}"
                );
                misfits.extend(other.reason().map(|reason| format!("{edition} {kind}: {reason}")));
            }
            _ => *typed.entry(kind).or_default() += 1,
        }
    }
    eprintln!(
        "{} samples: {others} of kinds without a type, {typed:?}",
        samples.len()
    );
    assert!(
        misfits.is_empty(),
        "these do not fit the type of their kind:\n{}",
        misfits.join("\n")
    );
    assert_eq!(
        typed.keys().copied().collect::<Vec<_>>(),
        TYPED,
        "each type has a sample"
    );
}

#[test]
fn the_samples_are_all_there() {
    let Some(samples) = samples() else { return };
    let of = |edition: &str| samples.iter().filter(|sample| sample.edition == edition).count();
    assert!(
        of("api.github.com") >= 300,
        "{} of github.com",
        of("api.github.com")
    );
    assert!(samples.len() >= 700, "{} in all", samples.len());
}

#[test]
fn a_sample_under_a_forged_kind_is_refused() {
    let Some(samples) = samples() else { return };
    let mut taken = BTreeSet::new();
    for Sample { kind, body, .. } in samples {
        let body = bytes::Bytes::copy_from_slice(body.as_bytes());
        for forged in TYPED.iter().filter(|forged| **forged != kind.as_str()) {
            if !matches!(Event::from_parts(forged, body.clone()), Event::Other(_)) {
                taken.insert((kind.as_str(), *forged));
            }
        }
    }
    assert_eq!(taken.into_iter().collect::<Vec<_>>(), COINCIDING);
}
