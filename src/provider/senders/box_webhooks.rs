//! The description of Box.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::{Payload, Scheme};
use crate::provider::place::{Part, header, json};

/// Box webhooks, version 2: HMAC-SHA-256 over body and time, Base64, once under the primary key and once under the secondary.
/// The body is ASCII, with every other character as `\u…`.
///
/// `BOX-DELIVERY-ID` is another one in each try; the `id` in the body stays. Ten minutes are allowed, either way.
///
/// Sources: <https://developer.box.com/guides/webhooks/v2/signatures-v2>, <https://developer.box.com/guides/webhooks/v2/>,
/// <https://support.box.com/hc/en-us/community/posts/360049180293>.
pub const BOX: Scheme = Scheme::own("box", "HMAC-SHA-256 under two keys")
    .docs("https://developer.box.com/guides/webhooks/v2/signatures-v2")
    .source(Source::Sender("box/box-python-sdk"))
    .vectors(Vectors::Published)
    .answer("2xx")
    .deadline(Duration::from_secs(30))
    .tries("up to 12 times in 2 hours")
    .signature(header("box-signature-primary").base64())
    .content(&[Part::Body, Part::Header("box-delivery-timestamp")])
    .timestamp(header("box-delivery-timestamp").rfc3339())
    .tolerance(Duration::from_secs(600))
    .id_if_any(json("/id"))
    .kind(json("/trigger"))
    .payload(Payload::Json)
    .retries(Duration::from_secs(2 * 3_600), Duration::from_secs(8 * 86_400));
