//! JSON documents that look like events: the keys that senders use, with any value, twice or not at all.

use arbitrary::{Arbitrary, Unstructured};
use serde_json::Value;

/// The text of a document.
#[derive(Debug, Clone)]
pub struct Document(pub String);

/// Keys that some description reads.
pub(crate) const KEYS: [&str; 16] = [
    "id",
    "type",
    "event",
    "event_id",
    "trigger_id",
    "team_id",
    "challenge",
    "account",
    "context",
    "livemode",
    "data",
    "pending_webhooks",
    "object",
    "created",
    "ID",
    "\\u0069d",
];

/// Values on which readers disagree, or that mean something to a description.
pub(crate) const RAW: [&str; 18] = [
    "null",
    "true",
    "false",
    "0",
    "-0",
    "9007199254740993",
    "18446744073709551616",
    "1e400",
    "1E5",
    "\"\"",
    "\" \"",
    "\"url_verification\"",
    "\"event_callback\"",
    "\"evt_1\"",
    "\"\\u0000\"",
    "\"\\ud83d\\ude00\"",
    "{}",
    "[]",
];

impl<'a> Arbitrary<'a> for Document {
    fn arbitrary(input: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        let mut text = String::new();
        object(input, &mut text, 4)?;
        if input.ratio(1, 24)? {
            text.push_str(<&str>::arbitrary(input)?);
        }
        Ok(Self(text))
    }
}

fn object(input: &mut Unstructured<'_>, text: &mut String, depth: usize) -> arbitrary::Result<()> {
    text.push('{');
    for index in 0..input.int_in_range(0..=6)? {
        if index > 0 {
            text.push(',');
        }
        match input.int_in_range(0..=4)? {
            0 => text.push_str(&quoted(input)?),
            _ => {
                text.push('"');
                text.push_str(input.choose(&KEYS)?);
                text.push('"');
            }
        }
        text.push(':');
        value(input, text, depth)?;
    }
    text.push('}');
    Ok(())
}

pub(crate) fn value(input: &mut Unstructured<'_>, text: &mut String, depth: usize) -> arbitrary::Result<()> {
    match input.int_in_range(0..=7)? {
        0 | 1 if depth > 0 => object(input, text, depth - 1)?,
        2 if depth > 0 => {
            text.push('[');
            value(input, text, depth - 1)?;
            text.push(']');
        }
        3 | 4 => text.push_str(&quoted(input)?),
        5 => text.push_str(&i64::arbitrary(input)?.to_string()),
        _ => text.push_str(input.choose(&RAW)?),
    }
    Ok(())
}

pub(crate) fn quoted(input: &mut Unstructured<'_>) -> arbitrary::Result<String> {
    let text = String::arbitrary(input)?;
    Ok(Value::String(text.chars().take(300).collect()).to_string())
}
