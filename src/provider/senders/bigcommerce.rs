//! The description of BigCommerce.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{Part, header, json};

/// BigCommerce: Standard Webhooks' scheme, but the client secret's text itself is the key.
/// Tried for 48 hours.
///
/// Source: <https://developer.bigcommerce.com/docs/integrations/webhooks>.
pub const BIGCOMMERCE: Scheme = Scheme::hmac_sha256("bigcommerce")
    .docs("https://developer.bigcommerce.com/docs/integrations/webhooks")
    .source(Source::Sender("bigcommerce/docs"))
    .vectors(Vectors::Derived)
    .answer("200")
    .tries("11 times in 48 hours")
    .signature(header("webhook-signature").list("v1").base64())
    .content(&[
        Part::Header("webhook-id"),
        Part::Text("."),
        Part::Header("webhook-timestamp"),
        Part::Text("."),
        Part::Body,
    ])
    .timestamp(header("webhook-timestamp").unix_seconds())
    .id(header("webhook-id"))
    .kind(json("/scope"))
    .retries(Duration::from_secs(2 * 86_400), Duration::from_secs(8 * 86_400));
