//! The description of Razorpay.

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{header, json};

/// Razorpay: HMAC-SHA-256 over the body, hexadecimal. The id is a header that is not signed.
///
/// Source: <https://razorpay.com/docs/webhooks/validate-test/>.
pub const RAZORPAY: Scheme = Scheme::hmac_sha256("razorpay")
    .docs("https://razorpay.com/docs/webhooks/validate-test/")
    .source(Source::Sender("razorpay/razorpay-node"))
    .vectors(Vectors::Published)
    .signature(header("x-razorpay-signature").hex())
    .id_if_any(header("x-razorpay-event-id"))
    .kind(json("/event"));
