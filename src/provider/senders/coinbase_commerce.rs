//! The description of Coinbase Commerce.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{header, json};

/// Coinbase Commerce: HMAC-SHA-256 over the body, hexadecimal. The outer id belongs to the delivery, the inner one to the event.
///
/// Sources: <https://docs.cdp.coinbase.com/commerce/docs/webhooks-security>,
/// <https://docs.cloud.coinbase.com/commerce-onchain/docs/webhooks>.
pub const COINBASE_COMMERCE: Scheme = Scheme::hmac_sha256("coinbase_commerce")
    .docs("https://docs.cdp.coinbase.com/commerce/docs/webhooks-security")
    .source(Source::Sender("coinbase/coinbase-commerce-node"))
    .vectors(Vectors::Published)
    .answer("200")
    .tries("at growing intervals of up to an hour for up to 3 days")
    .signature(header("x-cc-webhook-signature").hex())
    .id(json("/event/id"))
    .kind(json("/event/type"))
    .unstable(&["/attempt_number", "/id", "/scheduled_for"])
    .retries(Duration::from_secs(3 * 86_400), Duration::from_secs(8 * 86_400));
