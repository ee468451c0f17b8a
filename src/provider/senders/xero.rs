//! The description of Xero.

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::header;

/// Xero: HMAC-SHA-256 over the body, Base64. One delivery holds several events and no id, so it is known by its content.
///
/// Source: <https://developer.xero.com/documentation/guides/webhooks/overview/>.
pub const XERO: Scheme = Scheme::hmac_sha256("xero")
    .docs("https://developer.xero.com/documentation/guides/webhooks/overview/")
    .source(Source::ThirdParty("NangoHQ/nango"))
    .vectors(Vectors::Derived)
    .signature(header("x-xero-signature").base64());
