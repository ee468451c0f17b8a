//! A verdict in words, for whoever holds the secret.

use std::io::{self, Write};

use bytes::Bytes;
use http::Request;

use crate::causes::header;
use crate::judge::{Terms, Verdict};
use crate::{causes, signed, steps};

/// Writes what was looked for, what became of it and why.
pub(crate) async fn write(
    output: &mut impl Write,
    terms: &Terms,
    request: &Request<Bytes>,
    verdict: &Verdict,
) -> io::Result<()> {
    let terms = &terms.of(request);
    let facts = terms.scheme.facts();
    writeln!(output, "sender     {} ({})", facts.name, facts.docs)?;
    let form = header::form(&terms.scheme);
    writeln!(output, "signature  {form}, {}", facts.algorithm)?;
    writeln!(output, "signed     {}", facts.content)?;
    writeln!(output, "key        {}", facts.key)?;
    if let Some(url) = &terms.url {
        writeln!(output, "url        {url}")?;
    }
    writeln!(output, "body       {}", signed::body(request.body()))?;
    if !facts.content.is_empty() {
        writeln!(output, "here       {}", signed::content(terms, request))?;
    }
    for line in steps::lines(terms, request, verdict) {
        writeln!(output, "step       {line}")?;
    }
    outcome(output, verdict)?;
    for cause in causes::of(terms, request, verdict).await {
        writeln!(output, "cause      {cause}")?;
    }
    Ok(())
}

fn outcome(output: &mut impl Write, verdict: &Verdict) -> io::Result<()> {
    let Verdict {
        verdict: word,
        reason,
        status,
        ..
    } = verdict;
    writeln!(output, "verdict    {word}: {reason} ({status})")?;
    if let Some(advice) = &verdict.advice {
        writeln!(output, "advice     {advice}")?;
    }
    if let Some(binding) = verdict.binding.filter(|binding| !binding.covers_the_event()) {
        writeln!(
            output,
            "binding    {}: the body is not signed; ask the sender for the event before you act on it",
            binding.name()
        )?;
    }
    if let Some(id) = &verdict.event_id {
        let signed = match verdict.event_id_signed {
            Some(true) => "signed",
            _ => "not signed",
        };
        writeln!(output, "event id   {id} ({signed})")?;
    }
    if let Some(kind) = &verdict.kind {
        writeln!(output, "kind       {kind}")?;
    }
    if let Some(index) = verdict.key_index {
        writeln!(output, "secret     number {}", index + 1)?;
    }
    Ok(())
}
