//! The description of Razorpay.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{header, json};

/// Razorpay: HMAC-SHA-256 over the body, hexadecimal. The id is a header that is not signed.
///
/// A person can have an event of the last 7 days sent again, which is no other event.
///
/// Sources: <https://razorpay.com/docs/webhooks/validate-test/>, <https://razorpay.com/docs/webhooks/best-practices>,
/// <https://razorpay.com/docs/payments/payment-gateway/s2s-integration/test-s2s/best-practices/webhooks-and-fetch-apis>,
/// <https://razorpay.com/docs/webhooks/replay-events>.
pub const RAZORPAY: Scheme = Scheme::hmac_sha256("razorpay")
    .docs("https://razorpay.com/docs/webhooks/validate-test/")
    .source(Source::Sender("razorpay/razorpay-node"))
    .vectors(Vectors::Published)
    .answer("2xx")
    .deadline(Duration::from_secs(5))
    .tries("less and less often for 24 hours")
    .signature(header("x-razorpay-signature").hex())
    .id_if_any(header("x-razorpay-event-id"))
    .kind(json("/event"))
    .retries(Duration::from_secs(86_400), Duration::from_secs(8 * 86_400));
