//! The description of LINE Messaging API.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::events::each;
use crate::provider::place::{header, json};

/// LINE Messaging API: HMAC-SHA-256 over the body, Base64; the key is the channel secret. One delivery holds several events: a
/// `SplitLayer` opens it, and each is known by its `webhookEventId`, which a redelivery keeps. Without one it is known by its content.
///
/// Sources: <https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/>,
/// <https://developers.line.biz/en/docs/messaging-api/check-webhook-error-statistics/>,
/// <https://developers.line.biz/en/docs/partner-docs/error-notification/>,
/// <https://developers.line.biz/en/reference/messaging-api/#common-properties>.
pub const LINE: Scheme = Scheme::hmac_sha256("line")
    .docs("https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/")
    .source(Source::Sender("line/line-bot-sdk-python"))
    .vectors(Vectors::Published)
    .answer("2xx")
    .deadline(Duration::from_secs(2))
    .tries("only where redelivery is turned on; how often is not said")
    .signature(header("x-line-signature").base64())
    .events(&[each("/events/*")
        .id(json("/webhookEventId"))
        .kind(&[json("/type")])
        .time(json("/timestamp").unix_milliseconds())
        .unstable(&["/deliveryContext"])]);
