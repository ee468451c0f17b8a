//! The description of Zendesk.

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{Part, header, json};

/// Zendesk: HMAC-SHA-256 over the time and the body without anything between them, Base64. The body may be empty,
/// and that of a trigger or an automation is what its author has written: only the header tells one event from another.
///
/// Source: <https://developer.zendesk.com/documentation/webhooks/verifying/>.
pub const ZENDESK: Scheme = Scheme::hmac_sha256("zendesk")
    .docs("https://developer.zendesk.com/documentation/webhooks/verifying/")
    .source(Source::Excerpt("developer.zendesk.com"))
    .vectors(Vectors::Derived)
    .signature(header("x-zendesk-webhook-signature").base64())
    .id_if_any(header("x-zendesk-webhook-invocation-id"))
    .kind(json("/type"))
    .content(&[Part::Header("x-zendesk-webhook-signature-timestamp"), Part::Body])
    .timestamp(header("x-zendesk-webhook-signature-timestamp").rfc3339())
    .empty_body();
