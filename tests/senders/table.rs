//! The table of docs/senders.md, made from the descriptions.

use std::fmt::Write;
use std::path::PathBuf;
use std::time::Duration;

use tower_webhook::provider::{Facts, Scheme, Source, senders};

/// Everything between these two lines is generated.
const BEGIN: &str =
    "<!-- generated from the descriptions: UPDATE_DOCS=1 cargo test --all-features --test senders -->\n";
const END: &str = "<!-- end of what is generated -->\n";

#[test]
fn the_table_of_senders_is_the_descriptions() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/senders.md");
    let text = std::fs::read_to_string(&path).expect("docs/senders.md is there");
    let (before, rest) = text
        .split_once(BEGIN)
        .expect("it has the line where the table begins");
    let (table, after) = rest
        .split_once(END)
        .expect("it has the line where the table ends");
    let made = made();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        assert!(
            senders::are_complete(),
            "only a build with all features has every sender"
        );
        std::fs::write(&path, format!("{before}{BEGIN}{made}{END}{after}")).expect("it can be written");
    } else if senders::are_complete() {
        assert_eq!(
            table, made,
            "docs/senders.md has drifted: run the command that its table begins with"
        );
    } else {
        let missing = made.lines().find(|line| !table.contains(line));
        assert_eq!(missing, None, "docs/senders.md has drifted");
    }
}

#[test]
fn every_description_says_where_it_was_read() {
    for scheme in senders::ALL {
        assert!(
            scheme.facts().source.is_some(),
            "{}: say `.source(…)`",
            scheme.name()
        );
    }
}

fn made() -> String {
    let mut text = String::from("\n## What each signs\n\n");
    text.push_str("| sender | method | signature | signed | proof is bound to | time | tolerance |\n|---|---|---|---|---|---|---|\n");
    for facts in senders::ALL.iter().map(Scheme::facts) {
        let time = facts.timestamp.as_deref().map_or("–".into(), code);
        let cells = [
            format!("[`{}`]({})", facts.name, facts.docs),
            facts.algorithm.into(),
            if facts.signature.starts_with(':') {
                "–".into()
            } else {
                code(&facts.signature)
            },
            if facts.content.is_empty() {
                "nothing".into()
            } else {
                code(&facts.content)
            },
            facts.binding.name().into(),
            time,
            facts.tolerance.map_or("–".into(), span),
        ];
        row(&mut text, &cells);
    }
    text.push_str("\n## How each knows and repeats an event\n\n");
    text.push_str("| sender | several events in | id | known by | expects | within | tries again | remembered for | handshakes |\n|---|---|---|---|---|---|---|---|---|\n");
    for facts in senders::ALL.iter().map(Scheme::facts) {
        let cells = [
            code(facts.name),
            several(&facts),
            id(&facts),
            facts.identity.into(),
            facts.answer.unwrap_or("not said").into(),
            facts.deadline.map_or("not said".into(), span),
            facts.tries.map_or_else(
                || format!("not said; {} assumed", span(facts.retries)),
                str::to_owned,
            ),
            span(facts.retention),
            if facts.handshakes.is_empty() {
                "–".into()
            } else {
                facts.handshakes.join("; ")
            },
        ];
        row(&mut text, &cells);
    }
    text.push_str("\n## What proves each\n\n");
    text.push_str("| sender | read in | whose | vector |\n|---|---|---|---|\n");
    for facts in senders::ALL.iter().map(Scheme::facts) {
        let (read_in, whose) = match facts.source {
            Some(Source::Sender(text)) => (text, "the sender's"),
            Some(Source::Excerpt(text)) => (text, "the sender's, in excerpts"),
            Some(Source::ThirdParty(text)) => (text, "a third party's"),
            _ => ("–", "–"),
        };
        row(
            &mut text,
            &[
                code(facts.name),
                read_in.into(),
                whose.into(),
                facts.vectors.name().into(),
            ],
        );
    }
    text.push('\n');
    text
}

fn row(text: &mut String, cells: &[String]) {
    let cells: Vec<_> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    writeln!(text, "| {} |", cells.join(" | ")).expect("a String takes any text");
}

/// Where a delivery of several events has them, each with an identity of its own.
fn several(facts: &Facts) -> String {
    let paths: Vec<_> = facts.events.iter().map(|path| code(path)).collect();
    match paths.is_empty() {
        true => "–".into(),
        false => paths.join(", "),
    }
}

fn id(facts: &Facts) -> String {
    match &facts.id {
        None => "–".into(),
        Some(id) => format!(
            "{}, {}",
            code(id),
            if facts.id_signed { "signed" } else { "not signed" }
        ),
    }
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

/// A duration in the largest unit that it is a whole number of.
fn span(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let units = [(86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")];
    let fits = units
        .into_iter()
        .find(|(length, _)| seconds >= *length && seconds.is_multiple_of(*length));
    let (length, name) = fits.unwrap_or((1, "second"));
    let count = seconds / length;
    format!("{count} {name}{}", if count == 1 { "" } else { "s" })
}
