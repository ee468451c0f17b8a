//! The list of the hostile cases, made of the tests' own names: every case has a test, or a reason why it has none.
//!
//! `UPDATE=1 cargo test --test threat_list` writes `docs/threats.md` anew.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// As many as there are numbered cases.
const CASES: usize = 198;

/// The sections, by the number of their first case.
const SECTIONS: [(usize, &str); 12] = [
    (1, "Secrets and configuration"),
    (19, "The signature's header"),
    (48, "Comparison, oracles, cryptography"),
    (60, "Time"),
    (74, "Replay, identity, de-duplication"),
    (98, "The body's transport"),
    (121, "Parsing after verification"),
    (136, "Senders that sign the URL, and proxies"),
    (143, "Fetched keys and weak schemes"),
    (151, "The surface of HTTP"),
    (161, "Tower and async"),
    (175, "Stores and faults"),
];

#[test]
fn the_list_is_whole_and_as_the_tests_are() {
    let (tests, reasons) = (tests(), reasons());
    let missing: Vec<usize> = (1..=CASES)
        .filter(|case| !tests.contains_key(case) && !reasons.contains_key(case))
        .collect();
    assert!(
        missing.is_empty(),
        "no test and no reason for the cases {missing:?}"
    );
    let file = root().join("docs/threats.md");
    let list = list(&tests, &reasons);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&file, &list).unwrap();
    }
    let known = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        known == list,
        "docs/threats.md is not what the tests say: UPDATE=1 cargo test --test threat_list"
    );
}

fn list(tests: &BTreeMap<usize, Vec<(String, String)>>, reasons: &BTreeMap<usize, String>) -> String {
    let mut text = String::from(
        "# The hostile cases\n\n\
         What an endpoint is sent by those who wish it ill, and the test that proves what becomes of it. A case without a test \
         says why it needs\nnone. Made by `tests/threat_list.rs` from the tests' names; don't edit it.\n",
    );
    for case in 1..=CASES {
        if let Some((_, section)) = SECTIONS.iter().find(|(first, _)| *first == case) {
            write!(
                text,
                "\n## {section}\n\n| # | what is proven | where |\n|---|---|---|\n"
            )
            .unwrap();
        }
        for (proven, place) in tests.get(&case).into_iter().flatten() {
            writeln!(text, "| {case} | {proven} | `{place}` |").unwrap();
        }
        if let Some(reason) = reasons.get(&case) {
            writeln!(text, "| {case} | *{reason}* | |").unwrap();
        }
    }
    text
}

/// The tests by the numbers in their names, each in words and with its file.
fn tests() -> BTreeMap<usize, Vec<(String, String)>> {
    let mut found: BTreeMap<usize, Vec<(String, String)>> = BTreeMap::new();
    for file in ["src", "tests", "cli", "adapters"]
        .iter()
        .flat_map(|folder| sources(&root().join(folder)))
    {
        let text = fs::read_to_string(&file).unwrap();
        let place = file.strip_prefix(root()).unwrap().display().to_string();
        for name in text.lines().filter_map(function) {
            let (numbers, words) = numbered(name);
            for number in numbers {
                found
                    .entry(number)
                    .or_default()
                    .push((words.clone(), place.clone()));
            }
        }
    }
    found
}

/// The function that begins in this line, also where it is an example in the documentation that hides its name.
fn function(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let line = line
        .strip_prefix("/// # ")
        .unwrap_or(line)
        .trim_start_matches("pub ")
        .trim_start_matches("async ");
    let name = line.strip_prefix("fn ")?;
    name.split(['(', '<']).next()
}

/// `t121_t122_a_key_stands_twice`: the numbers in front, and the rest in words.
fn numbered(name: &str) -> (Vec<usize>, String) {
    let mut numbers = Vec::new();
    let mut rest = name;
    while let Some((number, behind)) = rest.split_once('_') {
        let Some(number) = number.strip_prefix('t').filter(|digits| digits.len() == 3) else {
            break;
        };
        let Ok(number) = number.parse() else { break };
        numbers.push(number);
        rest = behind;
    }
    (numbers, rest.replace('_', " "))
}

/// The cases that are no test of their own, from the table beside the tests.
fn reasons() -> BTreeMap<usize, String> {
    let table = fs::read_to_string(root().join("tests/threats/README.md")).unwrap();
    let mut found = BTreeMap::new();
    for line in table.lines() {
        let mut cells = line.trim_matches('|').splitn(2, " | ");
        let (Some(numbers), Some(reason)) = (cells.next(), cells.next()) else {
            continue;
        };
        for number in spread(numbers.trim()) {
            found.insert(number, reason.trim().to_owned());
        }
    }
    found
}

/// `54, 79` and `57–59`.
fn spread(text: &str) -> Vec<usize> {
    let ranges = text.split(", ").filter_map(|range| {
        let (first, last) = range.split_once('–').unwrap_or((range, range));
        Some(first.parse().ok()?..=last.parse().ok()?)
    });
    ranges.flatten().collect()
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().map_while(Result::ok) {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("target") {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
