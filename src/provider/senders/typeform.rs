//! The description of Typeform.

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{header, json};

/// Typeform: HMAC-SHA-256 over the body, Base64.
///
/// Source: <https://www.typeform.com/developers/webhooks/secure-your-webhooks/>.
pub const TYPEFORM: Scheme = Scheme::hmac_sha256("typeform")
    .docs("https://www.typeform.com/developers/webhooks/secure-your-webhooks/")
    .source(Source::ThirdParty("triggerdotdev/trigger.dev"))
    .vectors(Vectors::Derived)
    .signature(header("typeform-signature").prefix("sha256=").base64())
    .id(json("/event_id"))
    .kind(json("/event_type"));
