//! The description of SendGrid's event webhook.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::events::each;
use crate::provider::place::{Part, header, json};

/// SendGrid's event webhook: ECDSA on P-256 over time and body, in Base64 of DER. The secret is the public key that its settings
/// show, in Base64. The body is an array of events, each with an id of its own, and the line break at its end is signed too.
///
/// It doesn't say how old a delivery may be, nor whether a later try is signed anew. It tries again for 24 hours, so that is how
/// old a delivery may be here.
///
/// Sources: <https://docs.sendgrid.com/for-developers/tracking-events/troubleshooting>,
/// <https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features>.
pub const SENDGRID: Scheme = Scheme::ecdsa_p256("sendgrid")
    .docs("https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features")
    .source(Source::Sender("sendgrid/sendgrid-python"))
    .vectors(Vectors::Published)
    .answer("2xx")
    .tries("for up to 24 hours")
    .signature(header("x-twilio-email-event-webhook-signature").base64())
    .content(&[
        Part::Header("x-twilio-email-event-webhook-timestamp"),
        Part::Body,
    ])
    .timestamp(header("x-twilio-email-event-webhook-timestamp").unix_seconds())
    .tolerance(Duration::from_secs(86_400))
    .events(&[each("/*").id(json("/sg_event_id")).kind(&[json("/event")])])
    .retries(Duration::from_secs(86_400), Duration::from_secs(3 * 86_400));
