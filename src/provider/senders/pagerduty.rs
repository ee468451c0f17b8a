//! The description of PagerDuty.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{header, json};

/// PagerDuty: HMAC-SHA-256 over the body, hexadecimal, as `v1=…`, several of them while a secret is rotated.
/// Tried for up to 48 hours.
///
/// Source: <https://developer.pagerduty.com/docs/webhooks/webhook-signatures/>.
pub const PAGERDUTY: Scheme = Scheme::hmac_sha256("pagerduty")
    .docs("https://developer.pagerduty.com/docs/webhooks/webhook-signatures/")
    .source(Source::Sender("PagerDuty/developer-docs"))
    .vectors(Vectors::Derived)
    .answer("2xx")
    .deadline(Duration::from_secs(5))
    .tries("for up to 48 hours")
    .signature(header("x-pagerduty-signature").pairs_by(", ", "v1").hex())
    .id(json("/event/id"))
    .kind(json("/event/event_type"))
    .retries(Duration::from_secs(2 * 86_400), Duration::from_secs(8 * 86_400));
