//! The description of Twitch EventSub.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::handshake::Handshake;
use crate::provider::place::{Part, header, json};

/// Twitch EventSub: HMAC-SHA-256 over id, time and body without anything between them, hexadecimal. The challenge of a new subscription is
/// answered once it is verified.
///
/// Source: <https://dev.twitch.tv/docs/eventsub/handling-webhook-events>.
pub const TWITCH: Scheme = Scheme::hmac_sha256("twitch")
    .docs("https://dev.twitch.tv/docs/eventsub/handling-webhook-events")
    .source(Source::Excerpt("dev.twitch.tv"))
    .vectors(Vectors::ThirdParty)
    .answer("2xx")
    .tries("some times; how often is not said")
    .signature(
        header("twitch-eventsub-message-signature")
            .prefix("sha256=")
            .hex(),
    )
    .id(header("twitch-eventsub-message-id"))
    .kind(header("twitch-eventsub-subscription-type"))
    .content(&[
        Part::Header("twitch-eventsub-message-id"),
        Part::Header("twitch-eventsub-message-timestamp"),
        Part::Body,
    ])
    .timestamp(header("twitch-eventsub-message-timestamp").rfc3339())
    .tolerance(Duration::from_secs(600))
    .handshakes(&[Handshake::echo(
        header("twitch-eventsub-message-type"),
        "webhook_callback_verification",
        json("/challenge"),
    )]);
