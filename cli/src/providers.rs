//! `webhook providers`: the senders and how they sign.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};
use tower_webhook::provider::{Facts, Source, senders};

#[derive(Args)]
pub(crate) struct Providers {
    /// As JSON, one array
    #[arg(long)]
    json: bool,
}

impl Providers {
    pub(crate) fn run(&self) -> crate::Outcome {
        let facts: Vec<Facts> = senders::ALL.iter().map(|scheme| scheme.facts()).collect();
        let mut output = io::BufWriter::new(io::stdout());
        if self.json {
            let all: Vec<Value> = facts.iter().map(to_json).collect();
            serde_json::to_writer_pretty(&mut output, &all)?;
            writeln!(output)?;
        } else {
            writeln!(
                output,
                "{:<18} {:<58} {:<34} {:<6} tolerance",
                "sender", "signed", "id", "signed"
            )?;
            facts.iter().try_for_each(|facts| row(&mut output, facts))?;
        }
        output.flush()?;
        Ok(ExitCode::SUCCESS)
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
        "{:<18} {:<58} {id:<34} {signed:<6} {tolerance}",
        facts.name, facts.content
    )
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
