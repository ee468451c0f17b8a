//! The description of Paystack.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{header, json};

/// Paystack: HMAC-SHA-512 over the body, hexadecimal; the key is the API's secret key. No delivery has an id, so events are known by
/// their content. Its page says the time-out of test mode alone.
///
/// Source, of the tries too: <https://paystack.com/docs/payments/webhooks/>.
pub const PAYSTACK: Scheme = Scheme::hmac_sha512("paystack")
    .docs("https://paystack.com/docs/payments/webhooks/")
    .source(Source::ThirdParty("several receivers that agree"))
    .vectors(Vectors::Derived)
    .answer("200")
    .deadline(Duration::from_secs(30))
    .tries("4 times, 3 minutes apart, then hourly for 72 hours")
    .signature(header("x-paystack-signature").hex())
    .kind(json("/event"))
    .retries(Duration::from_secs(73 * 3_600), Duration::from_secs(8 * 86_400));
