//! The description of Sanity.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{Part, element, header};

/// Sanity: HMAC-SHA-256 over `time.body`, URL-safe Base64 without padding, as `t=…,v1=…`; the time is in milliseconds. The id is a
/// header that is not signed.
///
/// Source: <https://www.sanity.io/docs/webhooks>.
pub const SANITY: Scheme = Scheme::hmac_sha256("sanity")
    .docs("https://www.sanity.io/docs/webhooks")
    .source(Source::Sender("sanity-io/webhook-toolkit"))
    .vectors(Vectors::Published)
    .answer("2xx")
    .deadline(Duration::from_secs(30))
    .tries("twice, 30 seconds apart")
    .signature(header("sanity-webhook-signature").pairs("v1").base64url())
    .id_if_any(header("idempotency-key"))
    .kind(header("sanity-operation"))
    .content(&[Part::Element("t"), Part::Text("."), Part::Body])
    .timestamp(element("t").unix_milliseconds());
