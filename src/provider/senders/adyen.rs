//! The descriptions of Adyen.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::{Payload, Scheme};
use crate::provider::place::{Part, header, json};

/// Adyen's standard notifications: HMAC-SHA-256, Base64, in each item's `additionalData.hmacSignature`, over eight of the item's
/// fields with colons between them; the key is given in hexadecimal. A notification counts when each of its items does.
///
/// The other fields are not signed: `additionalData`, `reason`, `paymentMethod`, `eventDate` and `live` may be anybody's. The
/// notification has no id and is known by what is signed; each item's event is `pspReference` with `eventCode`.
///
/// No signature binds the items of a notification to each other: whoever has captured some can deliver them in other combinations,
/// each of which is another event here. A notification that holds an item twice is refused, and the order of its items makes no other
/// event. Where notifications hold several items, let the handler keep track of `pspReference` with `eventCode` itself.
///
/// Sources: <https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures>,
/// <https://docs.adyen.com/development-resources/webhooks/troubleshoot>, <https://docs.adyen.com/japan-sellers-screening/webhooks>.
pub const ADYEN: Scheme = Scheme::own("adyen", "HMAC-SHA-256 in each item")
    .docs(DOCS)
    .source(Source::Sender(
        "Adyen/adyen-python-api-library, adyen-node-api-library",
    ))
    .vectors(Vectors::Published)
    .answer("2xx")
    .deadline(Duration::from_secs(10))
    .tries(TRIES)
    .hex_key()
    .content(&[
        Part::Json("/notificationItems/*/NotificationRequestItem/pspReference"),
        Part::Text(":"),
        Part::Json("/notificationItems/*/NotificationRequestItem/originalReference"),
        Part::Text(":"),
        Part::Json("/notificationItems/*/NotificationRequestItem/merchantAccountCode"),
        Part::Text(":"),
        Part::Json("/notificationItems/*/NotificationRequestItem/merchantReference"),
        Part::Text(":"),
        Part::Json("/notificationItems/*/NotificationRequestItem/amount/value"),
        Part::Text(":"),
        Part::Json("/notificationItems/*/NotificationRequestItem/amount/currency"),
        Part::Text(":"),
        Part::Json("/notificationItems/*/NotificationRequestItem/eventCode"),
        Part::Text(":"),
        Part::Json("/notificationItems/*/NotificationRequestItem/success"),
    ])
    .payload(Payload::Json)
    .retries(MONTH, Duration::from_secs(32 * 86_400));

/// Adyen's newer webhooks (Balance Platform, Management, banking): HMAC-SHA-256 over the body, Base64, in `HmacSignature`; the
/// key is given in hexadecimal.
///
/// Source: as [`ADYEN`].
pub const ADYEN_PLATFORM: Scheme = Scheme::hmac_sha256("adyen_platform")
    .docs(DOCS)
    .source(Source::Sender(
        "Adyen/adyen-python-api-library, adyen-node-api-library",
    ))
    .vectors(Vectors::Published)
    .answer("2xx")
    .deadline(Duration::from_secs(10))
    .tries(TRIES)
    .hex_key()
    .signature(header("hmacsignature").base64())
    .kind(json("/type"))
    .payload(Payload::Json)
    .retries(MONTH, Duration::from_secs(32 * 86_400));

const DOCS: &str =
    "https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures";
const TRIES: &str = "3 times soon after, then at growing intervals for up to 30 days";
const MONTH: Duration = Duration::from_secs(30 * 86_400);
