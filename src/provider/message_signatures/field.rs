//! Reading a structured field that holds a dictionary: on one line, and its bytes in their one spelling.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use sfv::{BareItem, Dictionary, Item, ListEntry, Parser};

use crate::rejection::Reason;
use crate::signature::header::single;

/// The header's text and what it holds. Of a key that stands there twice, the last counts, as structured fields have it.
pub(super) fn dictionary<'a>(headers: &'a HeaderMap, name: &str) -> Result<(&'a str, Dictionary), Reason> {
    let text = single(headers, name)?;
    let read = Parser::new(text).parse().map_err(|_| Reason::MalformedHeader)?;
    Ok((text, read))
}

/// The bytes of this entry. Structured fields may leave out their padding and fill its bits with anything: whoever signs does
/// not, and one signature has one spelling here.
pub(super) fn bytes(text: &str, entry: ListEntry) -> Result<Vec<u8>, Reason> {
    let ListEntry::Item(Item {
        bare_item: BareItem::ByteSequence(bytes),
        ..
    }) = entry
    else {
        return Err(Reason::MalformedHeader);
    };
    if text.contains(&format!(":{}:", STANDARD.encode(&bytes))) {
        Ok(bytes)
    } else {
        Err(Reason::MalformedHeader)
    }
}
