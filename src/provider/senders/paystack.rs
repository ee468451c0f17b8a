//! The description of Paystack.

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{header, json};

/// Paystack: HMAC-SHA-512 over the body, hexadecimal; the key is the API's secret key. No delivery has an id, so events are known by
/// their content.
///
/// Source: <https://paystack.com/docs/payments/webhooks/>.
pub const PAYSTACK: Scheme = Scheme::hmac_sha512("paystack")
    .docs("https://paystack.com/docs/payments/webhooks/")
    .source(Source::ThirdParty("several receivers that agree"))
    .vectors(Vectors::Derived)
    .answer("200")
    .signature(header("x-paystack-signature").hex())
    .kind(json("/event"));
