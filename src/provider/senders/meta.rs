//! The description of Meta: WhatsApp, Messenger, Instagram and the other products of the Graph API.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::events::each;
use crate::provider::handshake::Handshake;
use crate::provider::place::{header, json};

/// Meta (WhatsApp, Messenger, Instagram, pages): HMAC-SHA-256 over the body, hexadecimal; the key is the app secret. One delivery
/// holds several events: a `SplitLayer` opens it into the changes and messages of its entries. None has an id that no other has (an
/// unsent message keeps its own), so each is known by its content, its entry's id and time, and the object. Without the layer the
/// delivery is known by its content.
///
/// An endpoint is set up with a `GET` that shows the verify token you chose: give it to
/// [`Sender::verify_token`](crate::provider::Sender::verify_token). Source:
/// <https://developers.facebook.com/docs/graph-api/webhooks/getting-started>,
/// <https://developers.facebook.com/docs/messenger-platform/webhooks>.
pub const META: Scheme = Scheme::hmac_sha256("meta")
    .docs("https://developers.facebook.com/docs/graph-api/webhooks/getting-started")
    .answer("200")
    .tries("with decreasing frequency for up to 36 hours, WhatsApp for up to 7 days")
    .source(Source::ThirdParty("hookdeck/webhook-skills"))
    .vectors(Vectors::Derived)
    .signature(header("x-hub-signature-256").prefix("sha256=").hex())
    .kind(json("/object"))
    .events(&[
        each("/entry/*/changes/*").kind(&[json("/field")]).context(ENTRY),
        each("/entry/*/messaging/*").context(ENTRY),
        each("/entry/*/standby/*").context(ENTRY),
    ])
    .handshakes(&[Handshake::get("hub.challenge").guarded("hub.verify_token", ("hub.mode", "subscribe"))])
    .retries(Duration::from_secs(7 * 86_400), Duration::from_secs(10 * 86_400));

/// The same change can come about again: its entry's time then differs.
const ENTRY: &[&str] = &["/object", "/entry/*/id", "/entry/*/time"];
