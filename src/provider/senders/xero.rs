//! The description of Xero.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::events::each;
use crate::provider::place::{header, json};

/// Xero: HMAC-SHA-256 over the body, Base64. One delivery holds several events without ids: a `SplitLayer`
/// opens it, and each is known by its content, as the delivery is without one. The empty list of the first deliveries ("intent to
/// receive") is then answered with 200. Xero wants no answer to have a body or a cookie, and 401 for the deliveries among the first
/// whose signature is wrong by intent.
///
/// Sources: <https://developer.xero.com/documentation/guides/webhooks/overview/>; of the answer and the tries
/// <https://developer.xero.com/documentation/webhooks/configuring-your-server>.
pub const XERO: Scheme = Scheme::hmac_sha256("xero")
    .docs("https://developer.xero.com/documentation/guides/webhooks/overview/")
    .source(Source::ThirdParty("NangoHQ/nango"))
    .vectors(Vectors::Derived)
    .answer("200 without a body; 401 for a bad signature")
    .deadline(Duration::from_secs(5))
    .tries("less and less often for up to 24 hours, then it is switched off")
    .signature(header("x-xero-signature").base64())
    .events(&[each("/events/*").kind(&[json("/eventCategory"), json("/eventType")])])
    .retries(Duration::from_secs(86_400), Duration::from_secs(8 * 86_400));
