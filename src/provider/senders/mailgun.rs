//! The description of Mailgun.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::{Payload, Scheme};
use crate::provider::place::{Part, first_of, form, json};

/// Mailgun: HMAC-SHA-256 over a time and a token without anything between them, hexadecimal, in the JSON's `signature` or in
/// fields of the form; the key is the text of the webhook signing key.
///
/// Nothing of the event is signed. Whoever has seen one delivery can put any event behind its signature, so the token is the
/// event's id: it counts once. Mailgun doesn't say whether it signs each try anew, so a time is good for twelve hours, longer
/// than it tries. It takes 406 for "never again".
///
/// Sources: <https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks>,
/// <https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhook-retries>. Deliveries with files
/// (`multipart/form-data`, from inbound routes) are refused.
pub const MAILGUN: Scheme = Scheme::own("mailgun", "HMAC-SHA-256 over time and token")
    .docs("https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks")
    .source(Source::Sender("mailgun/mailgun-go"))
    .vectors(Vectors::ThirdParty)
    .answer("200; 406 for never again")
    .tries("for 8 hours, of a delivery's notice never")
    .content(&[
        Part::Json("/signature/timestamp"),
        Part::Form("timestamp"),
        Part::Json("/signature/token"),
        Part::Form("token"),
    ])
    .timestamp(first_of(&[json("/signature/timestamp"), form("timestamp")]).unix_seconds())
    .tolerance(Duration::from_secs(12 * 3_600))
    .id(first_of(&[json("/signature/token"), form("token")]))
    .kind(first_of(&[json("/event-data/event"), form("event")]))
    .payload(Payload::Fields)
    .retries(Duration::from_secs(8 * 3_600), Duration::from_secs(2 * 86_400));
