//! The description of Paystack.

use crate::provider::description::Scheme;
use crate::provider::place::{header, json};

/// Paystack: HMAC-SHA-512 over the body, hexadecimal; the key is the API's secret key. No delivery has an id, so events are known by
/// their content.
///
/// Source: <https://paystack.com/docs/payments/webhooks/>.
pub const PAYSTACK: Scheme = Scheme::hmac_sha512("paystack")
    .docs("https://paystack.com/docs/payments/webhooks/")
    .signature(header("x-paystack-signature").hex())
    .kind(json("/event"));
