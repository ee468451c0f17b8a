//! PayPal's description.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::{Payload, Scheme};
use crate::provider::place::{Part, header, json};

/// PayPal, checked by [`PayPal`](crate::provider::PayPal): RSA over `id|time|webhook id|CRC-32 of the body`.
///
/// Anybody can make another body of the same CRC-32, so what comes is an [`UnsignedBody`](crate::UnsignedBody). PayPal tries
/// up to 25 times in 3 days and does not say whether a try has a new time: the tolerance is the longest there is. It published
/// the text that it signs of one delivery, but not the certificate.
/// Sources: <https://developer.paypal.com/api/rest/webhooks/rest/>,
/// <https://docs.paypal.ai/reference/api/rest/verify-webhook-signature/verify-webhook-signature>.
pub const PAYPAL: Scheme = Scheme::own("paypal", "RSA PKCS#1 v1.5 with SHA-256, by a certificate")
    .docs("https://developer.paypal.com/api/rest/webhooks/rest/")
    .source(Source::Sender("the pages above; paypal/PayPal-Python-SDK"))
    .vectors(Vectors::Derived)
    .key_is("the public key of a certificate that your `KeySource` fetches")
    .answer("2xx")
    .tries("up to 25 times in 3 days")
    .signature(header("paypal-transmission-sig").base64())
    .content(&[
        Part::Header("paypal-transmission-id"),
        Part::Text("|"),
        Part::Header("paypal-transmission-time"),
        Part::Text("|{webhook id}|"),
        Part::Checksum,
    ])
    .timestamp(header("paypal-transmission-time").rfc3339())
    .tolerance(Duration::from_secs(86_400))
    .id(json("/id"))
    .kind(json("/event_type"))
    .payload(Payload::Json)
    .retries(Duration::from_secs(3 * 86_400), Duration::from_secs(8 * 86_400));
