//! The description of Notion.

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{header, json};

/// Notion: HMAC-SHA-256 over the body, hexadecimal; the key is the verification token of the subscription's first, unsigned request.
///
/// Source: <https://developers.notion.com/reference/webhooks>.
pub const NOTION: Scheme = Scheme::hmac_sha256("notion")
    .docs("https://developers.notion.com/reference/webhooks")
    .source(Source::Sender("makenotion/notion-sdk-js"))
    .vectors(Vectors::Derived)
    .answer("2xx")
    .signature(header("x-notion-signature").prefix("sha256=").hex())
    .id(json("/id"))
    .kind(json("/type"))
    .unstable(&["/attempt_number"]);
