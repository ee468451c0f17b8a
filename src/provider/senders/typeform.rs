//! The description of Typeform.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{header, json};

/// Typeform: HMAC-SHA-256 over the body, Base64.
///
/// Sources: <https://www.typeform.com/developers/webhooks/secure-your-webhooks/>; of the tries and the time-out
/// <https://www.typeform.com/developers/webhooks/>.
pub const TYPEFORM: Scheme = Scheme::hmac_sha256("typeform")
    .docs("https://www.typeform.com/developers/webhooks/secure-your-webhooks/")
    .source(Source::ThirdParty("triggerdotdev/trigger.dev"))
    .vectors(Vectors::Derived)
    .answer("2xx; 404 or 410 switches it off")
    .deadline(Duration::from_secs(30))
    .tries("every 2 to 3 minutes for 10 hours after 408, 423, 429 or 503, else at growing intervals for up to 11 hours")
    .signature(header("typeform-signature").prefix("sha256=").base64())
    .id(json("/event_id"))
    .kind(json("/event_type"))
    .retries(Duration::from_secs(11 * 3_600), Duration::from_secs(8 * 86_400));
