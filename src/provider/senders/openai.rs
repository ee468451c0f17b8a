//! The description of OpenAI.

use std::time::Duration;

use crate::provider::description::Scheme;
use crate::provider::place::{Part, header, json};

/// OpenAI: Standard Webhooks, with the headers of the specification.
///
/// Source: <https://platform.openai.com/docs/guides/webhooks>.
pub const OPENAI: Scheme = Scheme::hmac_sha256("openai")
    .docs("https://platform.openai.com/docs/guides/webhooks")
    .signature(header("webhook-signature").list("v1").base64())
    .base64_key("whsec_")
    .content(&[
        Part::Header("webhook-id"),
        Part::Text("."),
        Part::Header("webhook-timestamp"),
        Part::Text("."),
        Part::Body,
    ])
    .timestamp(header("webhook-timestamp").unix_seconds())
    .id(header("webhook-id"))
    .kind(json("/type"))
    .retries(Duration::from_secs(76 * 3_600), Duration::from_secs(8 * 86_400));
