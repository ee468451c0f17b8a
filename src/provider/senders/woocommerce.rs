//! The description of WooCommerce.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::header;

/// WooCommerce: HMAC-SHA-256 over the body, Base64. The topic is not signed, and
/// deliveries of two topics may be alike to the letter.
///
/// Source: <https://woocommerce.github.io/woocommerce-rest-api-docs/#webhooks>.
pub const WOOCOMMERCE: Scheme = Scheme::hmac_sha256("woocommerce")
    .docs("https://woocommerce.github.io/woocommerce-rest-api-docs/#webhooks")
    .source(Source::Sender("woocommerce/woocommerce"))
    .vectors(Vectors::Derived)
    .answer("2xx, 301 or 302")
    .deadline(Duration::from_secs(60))
    .tries("never")
    .signature(header("x-wc-webhook-signature").base64())
    .id_if_any(header("x-wc-webhook-delivery-id"))
    .kind(header("x-wc-webhook-topic"));
