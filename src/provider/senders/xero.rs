//! The description of Xero.

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::events::each;
use crate::provider::place::{header, json};

/// Xero: HMAC-SHA-256 over the body, Base64. One delivery holds several events without ids: a `SplitLayer`
/// opens it, and each is known by its content, as the delivery is without one. The empty list of the first deliveries ("intent to
/// receive") is then answered with 200.
///
/// Source: <https://developer.xero.com/documentation/guides/webhooks/overview/>.
pub const XERO: Scheme = Scheme::hmac_sha256("xero")
    .docs("https://developer.xero.com/documentation/guides/webhooks/overview/")
    .source(Source::ThirdParty("NangoHQ/nango"))
    .vectors(Vectors::Derived)
    .signature(header("x-xero-signature").base64())
    .events(&[each("/events/*").kind(&[json("/eventCategory"), json("/eventType")])]);
