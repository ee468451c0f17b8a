//! The description of Calendly.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{Part, element, header, json};

/// Calendly: HMAC-SHA-256 over `time.body`, hexadecimal, as `t=…,v1=…`. No delivery has an id, so events are known by their content.
///
/// Sources: <https://developer.calendly.com/api-docs/4c305798a61d3-webhook-signatures>,
/// <https://developer.calendly.com/api-docs/overview/webhooks/webhook-errors>,
/// <https://developer.calendly.com/api-docs/overview/webhooks/webhook-timeouts>.
pub const CALENDLY: Scheme = Scheme::hmac_sha256("calendly")
    .docs("https://developer.calendly.com/api-docs/4c305798a61d3-webhook-signatures")
    .source(Source::ThirdParty("NangoHQ/nango"))
    .vectors(Vectors::Derived)
    .answer("2xx")
    .deadline(Duration::from_secs(15))
    .tries("less and less often for 24 hours")
    .signature(header("calendly-webhook-signature").pairs("v1").hex())
    .kind(json("/event"))
    .content(&[Part::Element("t"), Part::Text("."), Part::Body])
    .timestamp(element("t").unix_seconds())
    .tolerance(Duration::from_secs(180))
    .retries(Duration::from_secs(86_400), Duration::from_secs(8 * 86_400));
