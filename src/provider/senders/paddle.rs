//! The description of Paddle Billing.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{Part, element, header, json};

/// Paddle Billing: HMAC-SHA-256 over `time:body`, hexadecimal, as `ts=…;h1=…`. The tolerance is the 5 seconds of Paddle's own libraries.
/// A replay by hand repeats the event as another notification.
///
/// Sources: <https://developer.paddle.com/webhooks/signature-verification>,
/// <https://developer.paddle.com/webhooks/respond-to-webhooks>.
pub const PADDLE: Scheme = Scheme::hmac_sha256("paddle")
    .docs("https://developer.paddle.com/webhooks/signature-verification")
    .secret_begins("pdl_ntf")
    .source(Source::Sender("PaddleHQ/paddle-python-sdk"))
    .vectors(Vectors::Published)
    .answer("200")
    .deadline(Duration::from_secs(5))
    .tries("up to 60 times in 3 days")
    .signature(header("paddle-signature").pairs_by(";", "h1").hex())
    .id(json("/event_id"))
    .kind(json("/event_type"))
    .content(&[Part::Element("ts"), Part::Text(":"), Part::Body])
    .timestamp(element("ts").unix_seconds())
    .tolerance(Duration::from_secs(5))
    .unstable(&["/notification_id"]);
