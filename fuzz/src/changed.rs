//! A body that is changed field by field: an event of the seeds stays one but for what is dropped, said twice or of another type.
//!
//! A body is taken as it stands unless there is a byte 0xFF in it, which no text has. What stands before the mark is then read as
//! JSON or as a form, and each byte behind it says what becomes of one field, in the order in which they are written. With nothing
//! before the mark a whole document is made of what stands behind it.

use arbitrary::{Arbitrary, Unstructured};
use serde_json::Value;

use crate::document::{Document, KEYS, RAW, quoted, value};

/// The body that these bytes stand for.
pub fn changed(bytes: &[u8]) -> Vec<u8> {
    let whole = || bytes.to_vec();
    let Some(at) = bytes.iter().position(|byte| *byte == MARK) else {
        return whole();
    };
    let (body, changes) = (&bytes[..at], &mut Unstructured::new(&bytes[at + 1..]));
    let made = match serde_json::from_slice::<Value>(body) {
        _ if body.trim_ascii().is_empty() => Document::arbitrary(changes).map(|document| document.0),
        Ok(document) => copied(&document, changes),
        Err(_) if body.contains(&b'=') => form(body, changes),
        Err(_) => return whole(),
    };
    made.map_or_else(|_| whole(), String::into_bytes)
}

/// The document or form with a field more, of which no type knows: an event that is read from it is the same.
pub fn with_a_field_more(body: &[u8]) -> Vec<u8> {
    let name = b"unheard_of";
    match body.trim_ascii_start() {
        _ if body.windows(name.len()).any(|text| text == name) => body.to_vec(),
        [b'{', rest @ ..] if rest.trim_ascii_start().starts_with(b"}") => {
            [b"{\"unheard_of\":[0]", rest].concat()
        }
        [b'{', rest @ ..] => [b"{\"unheard_of\":[0],", rest].concat(),
        _ => [body, b"&unheard_of=0"].concat(),
    }
}

fn copied(document: &Value, changes: &mut Unstructured<'_>) -> arbitrary::Result<String> {
    let mut text = String::new();
    copy(document, changes, &mut text)?;
    Ok(text)
}

/// Writes the value with its fields changed.
fn copy(from: &Value, changes: &mut Unstructured<'_>, text: &mut String) -> arbitrary::Result<()> {
    match from {
        Value::Object(fields) => {
            let mut written = Vec::new();
            for (name, value) in fields {
                written.extend(field(name, value, changes)?);
            }
            *text += &format!("{{{}}}", written.join(","));
        }
        Value::Array(items) => {
            let copies: Result<Vec<_>, _> = items.iter().map(|item| copied(item, changes)).collect();
            *text += &format!("[{}]", copies?.join(","));
        }
        plain => *text += &plain.to_string(),
    }
    Ok(())
}

/// What becomes of a field: none, itself or another, or two.
fn field(name: &str, from: &Value, changes: &mut Unstructured<'_>) -> arbitrary::Result<Vec<String>> {
    let quoted_name = Value::from(name).to_string();
    let change = u8::arbitrary(changes)?;
    let mut text = String::new();
    match change {
        DROPPED => return Ok(Vec::new()),
        ODD => text += changes.choose(&RAW)?,
        OTHER => value(changes, &mut text, 2)?,
        TEXT => text += &quoted(changes)?,
        AS_TEXT => text += &Value::from(from.to_string()).to_string(),
        LISTED => text += &format!("[{from}]"),
        _ => copy(from, changes, &mut text)?,
    }
    let written = match change {
        RENAMED => format!("\"{}\":{text}", changes.choose(&KEYS)?),
        _ => format!("{quoted_name}:{text}"),
    };
    // Within a field that is said twice another may be: what is long already is not doubled again.
    Ok(match change {
        TWICE if written.len() <= 1024 => vec![written.clone(), written],
        _ => vec![written],
    })
}

/// As [`copied`], for a form; a value that is a document itself is changed in turn.
fn form(body: &[u8], changes: &mut Unstructured<'_>) -> arbitrary::Result<String> {
    let fields: Vec<(String, String)> = serde_urlencoded::from_bytes(body).unwrap_or_default();
    let mut written: Vec<(String, String)> = Vec::new();
    for (name, text) in fields {
        let field = match u8::arbitrary(changes)? {
            DROPPED => continue,
            ODD | OTHER | TEXT => (name, String::arbitrary(changes)?),
            RENAMED => ((*changes.choose(&KEYS)?).to_owned(), text),
            TWICE => {
                written.push((name.clone(), text.clone()));
                (name, text)
            }
            _ => match serde_json::from_str(&text) {
                Ok(document @ Value::Object(_)) => (name, copied(&document, changes)?),
                _ => (name, text),
            },
        };
        written.push(field);
    }
    Ok(serde_urlencoded::to_string(written).expect("any text is a form's"))
}

/// What stands between a body and its changes.
const MARK: u8 = 0xFF;

// Letters, so that a seed can be read; every other byte leaves the field as it is.
const DROPPED: u8 = b'd';
const TWICE: u8 = b't';
const ODD: u8 = b'o';
const OTHER: u8 = b'v';
const TEXT: u8 = b'q';
const AS_TEXT: u8 = b's';
const LISTED: u8 = b'l';
const RENAMED: u8 = b'r';
