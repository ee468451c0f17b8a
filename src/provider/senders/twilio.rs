//! The description of Twilio.

use std::time::Duration;

use http::Method;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::{Payload, Scheme};
use crate::provider::place::{Part, first_of, form, header};

/// Twilio: HMAC-SHA-1 over the endpoint's public URL with its query and the form's fields, sorted and without anything between
/// them, Base64; the key is the account's auth token. A body that is no form is signed by its SHA-256, `bodySHA256` in the
/// query. The URL's port may be left out or written out.
///
/// A message or a call has one Sid and many callbacks, so the Sid is no event's id. That is `I-Twilio-Idempotency-Token`, which
/// is the same in each try and which nobody signs; where it is missing, the event is known by what is signed. Twilio
/// waits 15 seconds for TwiML or an empty answer; it tries once more where its connection fails, and up to five times if the
/// webhook's URL says so.
///
/// Source: <https://www.twilio.com/docs/usage/webhooks/webhooks-security>,
/// <https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides>.
pub const TWILIO: Scheme = Scheme::own("twilio", "HMAC-SHA-1 over URL and sorted form")
    .docs("https://www.twilio.com/docs/usage/webhooks/webhooks-security")
    .source(Source::Sender("twilio/twilio-python, twilio-node, twilio-go"))
    .vectors(Vectors::Published)
    .answer("TwiML, or nothing")
    .deadline(Duration::from_secs(15))
    .tries("once more where the connection fails; up to 5 times if the webhook's URL says so")
    .signature(header("x-twilio-signature").base64())
    .content(&[Part::Url, Part::Body])
    .id_if_any(header("i-twilio-idempotency-token"))
    .kind(first_of(&[
        form("MessageStatus"),
        form("SmsStatus"),
        form("CallStatus"),
        form("EventType"),
    ]))
    .methods(&[Method::POST, Method::GET])
    .payload(Payload::Fields)
    .empty_body()
    .retries(Duration::from_secs(3_600), Duration::from_secs(86_400));
