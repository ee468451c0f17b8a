//! The description of Zendesk.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{Part, header, json};

/// Zendesk: HMAC-SHA-256 over the time and the body without anything between them, Base64. The body may be empty,
/// and that of a trigger or an automation is what its author has written: only the header tells one event from another.
///
/// It tries again after 409, after 429 and 503 with a short `Retry-After`, and after a time-out: another error loses the event.
/// That and the time-out are said by <https://flueframework.com/docs/ecosystem/channels/zendesk/>; of Zendesk's own
/// <https://developer.zendesk.com/api-reference/webhooks/introduction/> only the start could be read.
///
/// Source: <https://developer.zendesk.com/documentation/webhooks/verifying/>.
pub const ZENDESK: Scheme = Scheme::hmac_sha256("zendesk")
    .docs("https://developer.zendesk.com/documentation/webhooks/verifying/")
    .source(Source::Excerpt("developer.zendesk.com"))
    .vectors(Vectors::Derived)
    .answer("200")
    .deadline(Duration::from_secs(12))
    .tries("up to 3 times after 409, up to 5 times after a time-out, after 429 and 503 only with a short `Retry-After`")
    .signature(header("x-zendesk-webhook-signature").base64())
    .id_if_any(header("x-zendesk-webhook-invocation-id"))
    .kind(json("/type"))
    .content(&[Part::Header("x-zendesk-webhook-signature-timestamp"), Part::Body])
    .timestamp(header("x-zendesk-webhook-signature-timestamp").rfc3339())
    .empty_body();
