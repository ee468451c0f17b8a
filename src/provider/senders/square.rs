//! The description of Square.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{Part, header, json};

/// Square: HMAC-SHA-256 over the notification URL and the body, Base64; the key is the subscription's signature key. The URL is the
/// one that Square was given: say it with [`Sender::public_url`](crate::provider::Sender::public_url). Eleven tries in 24 hours.
///
/// Source: <https://developer.squareup.com/docs/webhooks/step3validate>.
pub const SQUARE: Scheme = Scheme::hmac_sha256("square")
    .docs("https://developer.squareup.com/docs/webhooks/step3validate")
    .source(Source::Sender("square/square-python-sdk"))
    .vectors(Vectors::Published)
    .answer("2xx")
    .deadline(Duration::from_secs(10))
    .tries("11 times in 24 hours")
    .signature(header("x-square-hmacsha256-signature").base64())
    .content(&[Part::Url, Part::Body])
    .id_if_any(json("/event_id"))
    .kind(json("/type"))
    .within(&[json("/merchant_id")])
    .retries(Duration::from_secs(86_400), Duration::from_secs(8 * 86_400));
