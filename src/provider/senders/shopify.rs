//! The description of Shopify.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::header;

/// Shopify: HMAC-SHA-256 over the body, Base64; the key is the app's client secret. Id and topic are headers that it does not cover.
/// Eight tries over 4 hours, then the subscription is removed.
///
/// Source: <https://shopify.dev/docs/apps/build/webhooks/subscribe/https>.
pub const SHOPIFY: Scheme = Scheme::hmac_sha256("shopify")
    .docs("https://shopify.dev/docs/apps/build/webhooks/subscribe/https")
    .source(Source::Sender("Shopify/shopify-app-js"))
    .vectors(Vectors::ThirdParty)
    .answer("2xx")
    .deadline(Duration::from_secs(5))
    .tries("8 times in 4 hours, then the subscription is removed")
    .signature(header("x-shopify-hmac-sha256").base64())
    .id(header("x-shopify-webhook-id"))
    .kind(header("x-shopify-topic"))
    .or(&EVENTS)
    .retries(Duration::from_secs(4 * 3_600), Duration::from_secs(2 * 86_400));

/// The headers of the newer Events, which have no `X-`.
const EVENTS: Scheme = Scheme::hmac_sha256("shopify")
    .signature(header("shopify-hmac-sha256").base64())
    .id(header("shopify-webhook-id"))
    .kind(header("shopify-topic"));
