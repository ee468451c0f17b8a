//! The description of Lemon Squeezy.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{header, json};

/// Lemon Squeezy: HMAC-SHA-256 over the body, hexadecimal. No delivery has an id, so events are known by their content.
///
/// Sources: <https://docs.lemonsqueezy.com/help/webhooks/signing-requests>,
/// <https://docs.lemonsqueezy.com/help/webhooks/webhook-requests>.
pub const LEMON_SQUEEZY: Scheme = Scheme::hmac_sha256("lemon_squeezy")
    .docs("https://docs.lemonsqueezy.com/help/webhooks/signing-requests")
    .source(Source::ThirdParty("triggerdotdev/trigger.dev"))
    .vectors(Vectors::Derived)
    .answer("200")
    .tries("up to 3 more: after about 5, 25 and 125 seconds")
    .signature(header("x-signature").hex())
    .kind(json("/meta/event_name"))
    .retries(Duration::from_secs(300), Duration::from_secs(8 * 86_400));
