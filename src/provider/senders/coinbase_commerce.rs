//! The description of Coinbase Commerce.

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{header, json};

/// Coinbase Commerce: HMAC-SHA-256 over the body, hexadecimal. The outer id belongs to the delivery, the inner one to the event.
///
/// Source: <https://docs.cdp.coinbase.com/commerce/docs/webhooks-security>.
pub const COINBASE_COMMERCE: Scheme = Scheme::hmac_sha256("coinbase_commerce")
    .docs("https://docs.cdp.coinbase.com/commerce/docs/webhooks-security")
    .source(Source::Sender("coinbase/coinbase-commerce-node"))
    .vectors(Vectors::Published)
    .answer("200")
    .signature(header("x-cc-webhook-signature").hex())
    .id(json("/event/id"))
    .kind(json("/event/type"))
    .unstable(&["/attempt_number", "/id", "/scheduled_for"]);
