//! The description of Notion.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{header, json};

/// Notion: HMAC-SHA-256 over the body, hexadecimal; the key is the verification token of the subscription's first, unsigned request.
///
/// Sources: <https://developers.notion.com/reference/webhooks>; of the number of tries
/// <https://developers.notion.com/reference/webhooks-events-delivery>. That the last is 24 hours later is said by
/// <https://novumos.app/learn/notion-webhook-payloads>, not by a page of Notion's that was read.
pub const NOTION: Scheme = Scheme::hmac_sha256("notion")
    .docs("https://developers.notion.com/reference/webhooks")
    .source(Source::Sender("makenotion/notion-sdk-js"))
    .vectors(Vectors::Derived)
    .answer("2xx")
    .tries("up to 8 times in about 24 hours")
    .signature(header("x-notion-signature").prefix("sha256=").hex())
    .id(json("/id"))
    .kind(json("/type"))
    .unstable(&["/attempt_number"])
    .retries(Duration::from_secs(26 * 3_600), Duration::from_secs(8 * 86_400));
