//! `webhook providers`: the senders and how they sign.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};
use tower_webhook::provider::{Facts, Source, senders};

#[derive(Args)]
pub(crate) struct Providers {
    /// Shows this sender alone, in full
    sender: Option<String>,
    /// As JSON: one array, or the object of the sender that is named
    #[arg(long)]
    json: bool,
}

impl Providers {
    pub(crate) fn run(&self) -> crate::Outcome {
        let facts: Vec<Facts> = senders::ALL.iter().map(|scheme| scheme.facts()).collect();
        let mut output = io::BufWriter::new(io::stdout());
        if let Some(name) = &self.sender {
            let facts = senders::by_name(name)
                .ok_or("no such sender; `webhook providers` lists them")?
                .facts();
            self.show(&mut output, &to_json(&facts))?;
        } else if self.json {
            let all: Vec<Value> = facts.iter().map(to_json).collect();
            serde_json::to_writer_pretty(&mut output, &all)?;
            writeln!(output)?;
        } else {
            writeln!(
                output,
                "{:<NAME$} {:<CONTENT$} {:<ID$} {:<6} tolerance",
                "sender", "signed", "id", "signed"
            )?;
            facts.iter().try_for_each(|facts| row(&mut output, facts))?;
            writeln!(output, "\n`webhook providers SENDER` shows a sender in full")?;
        }
        output.flush()?;
        Ok(ExitCode::SUCCESS)
    }

    /// One sender, with all that its description says.
    fn show(&self, output: &mut impl Write, facts: &Value) -> io::Result<()> {
        if self.json {
            serde_json::to_writer_pretty(&mut *output, facts)?;
            return writeln!(output);
        }
        for (label, field) in LINES {
            if let Some(text) = text(&facts[field]) {
                let unit = if field.ends_with("_s") { " s" } else { "" };
                writeln!(output, "{label:<14} {text}{unit}")?;
            }
        }
        Ok(())
    }
}

fn row(output: &mut impl Write, facts: &Facts) -> io::Result<()> {
    let id = match &facts.id {
        Some(id) if !facts.by_content => id.as_str(),
        _ => "by its content",
    };
    let tolerance = facts
        .tolerance
        .map_or_else(|| "-".into(), |span| format!("{} s", span.as_secs()));
    let signed = if facts.id_signed { "yes" } else { "no" };
    writeln!(
        output,
        "{:<NAME$} {:<CONTENT$} {:<ID$} {signed:<6} {tolerance}",
        fit(facts.name, NAME),
        fit(&facts.content, CONTENT),
        fit(id, ID)
    )
}

/// The text in a column of this width; a mark stands where it goes on.
fn fit(text: &str, width: usize) -> String {
    match text.char_indices().nth(width) {
        None => text.to_owned(),
        Some(_) => text.chars().take(width - 1).chain(['…']).collect(),
    }
}

/// What a field says, on one line; nothing of a field that is empty.
fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::Null => return None,
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().filter_map(text).collect::<Vec<_>>().join("; "),
        Value::Object(fields) => fields.values().filter_map(text).collect::<Vec<_>>().join(", "),
        number @ Value::Number(_) => number.to_string(),
    };
    Some(text).filter(|text| !text.is_empty())
}

/// Where the scheme was read, and whose word that is.
fn read_in(source: Source) -> Value {
    let (whose, text) = match source {
        Source::Sender(text) => ("sender", text),
        Source::Excerpt(text) => ("excerpt", text),
        Source::ThirdParty(text) => ("third_party", text),
        _ => return Value::Null,
    };
    json!({"whose": whose, "read_in": text})
}

fn to_json(facts: &Facts) -> Value {
    let seconds = |span: Duration| span.as_secs();
    json!({
        "name": facts.name,
        "docs": facts.docs,
        "algorithm": facts.algorithm,
        "signature": facts.signature,
        "key": facts.key,
        "content": facts.content,
        "timestamp": facts.timestamp,
        "tolerance_s": facts.tolerance.map(seconds),
        "id": facts.id,
        "id_signed": facts.id_signed,
        "kind": facts.kind,
        "by_content": facts.by_content,
        "identity": facts.identity,
        "binding": facts.binding.name(),
        "events": facts.events,
        "handshakes": facts.handshakes,
        "answer": facts.answer,
        "deadline_s": facts.deadline.map(seconds),
        "tries": facts.tries,
        "source": facts.source.map(read_in),
        "vectors": facts.vectors.name(),
        "body_limit": facts.body_limit,
        "retries_s": seconds(facts.retries),
        "retention_s": seconds(facts.retention),
    })
}

/// The widths of the table's columns, in characters.
const NAME: usize = 18;
const CONTENT: usize = 58;
const ID: usize = 34;

/// What a sender's lines are called, and which fields of its JSON they show.
const LINES: [(&str, &str); 24] = [
    ("sender", "name"),
    ("documented", "docs"),
    ("algorithm", "algorithm"),
    ("signature", "signature"),
    ("key", "key"),
    ("signed", "content"),
    ("time", "timestamp"),
    ("tolerance", "tolerance_s"),
    ("event id", "id"),
    ("id is signed", "id_signed"),
    ("kind", "kind"),
    ("known by", "identity"),
    ("by content", "by_content"),
    ("binding", "binding"),
    ("events", "events"),
    ("handshakes", "handshakes"),
    ("answer", "answer"),
    ("deadline", "deadline_s"),
    ("tries", "tries"),
    ("tries for", "retries_s"),
    ("remembered for", "retention_s"),
    ("body limit", "body_limit"),
    ("read in", "source"),
    ("vectors", "vectors"),
];
