//! The description of Viber.

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{header, json};

/// Viber: HMAC-SHA-256 over the body, hexadecimal; the key is the bot's authentication token. The event `webhook` that comes when the
/// URL is set is a delivery like any other: answer it with 200.
///
/// Source: <https://developers.viber.com/docs/api/rest-bot-api/#callbacks>.
pub const VIBER: Scheme = Scheme::hmac_sha256("viber")
    .docs("https://developers.viber.com/docs/api/rest-bot-api/#callbacks")
    .source(Source::Sender("Viber/viber-bot-python"))
    .vectors(Vectors::Published)
    .answer("200")
    .signature(header("x-viber-content-signature").hex())
    .kind(json("/event"));
