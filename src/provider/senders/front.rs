//! The description of Front application webhooks.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::handshake::Handshake;
use crate::provider::place::{Part, first_of, header, json};

/// Front application webhooks: HMAC-SHA-256 over `time:body`, Base64; the time is in milliseconds.
///
/// Source: <https://dev.frontapp.com/docs/application-webhooks>.
pub const FRONT: Scheme = Scheme::hmac_sha256("front")
    .docs("https://dev.frontapp.com/docs/application-webhooks")
    .source(Source::ThirdParty("hookdeck/webhook-skills"))
    .vectors(Vectors::Derived)
    .answer("200")
    .deadline(Duration::from_secs(5))
    .tries("up to 3 times")
    .signature(header("x-front-signature").base64())
    .id_if_any(first_of(&[json("/payload/id"), json("/id")]))
    .kind(json("/type"))
    .content(&[
        Part::Header("x-front-request-timestamp"),
        Part::Text(":"),
        Part::Body,
    ])
    .timestamp(header("x-front-request-timestamp").unix_milliseconds())
    .handshakes(&[Handshake::echo_if_any(header("x-front-challenge"))]);
