//! The description of Discord.

use std::time::Duration;

use crate::provider::about::Source;
use crate::provider::description::Scheme;
use crate::provider::handshake::Handshake;
use crate::provider::place::{Part, first_of, header, integer, json};

/// Discord's interactions and webhook events: Ed25519 over time and body, in hexadecimal. The secret is the application's public
/// key, in hexadecimal, from the developer portal.
///
/// The layer answers both PINGs, once they are verified: an interaction's (`type` 1) and a webhook event's (`type` 0). An event has the
/// type 1 too, and is told from a PING by its `event`. Now and then
/// Discord sends requests with a bad signature on purpose; they get 401, as it demands. It says of no time how old it may be: an
/// event is tried again for up to 10 minutes, so it may be a quarter of an hour old. An interaction wants its answer within
/// 3 seconds and is not tried again. Webhook events have no id and are known by their content.
///
/// Sources: <https://docs.discord.com/developers/interactions/overview>,
/// <https://docs.discord.com/developers/events/webhook-events>.
pub const DISCORD: Scheme = Scheme::ed25519("discord")
    .docs("https://docs.discord.com/developers/interactions/overview")
    .source(Source::Sender("discord/discord-api-docs"))
    .answer("an interaction: 200 with JSON, or 202; an event: 204; a bad signature: 401")
    .deadline(Duration::from_secs(3))
    .tries("events for up to 10 minutes, interactions never")
    .signature(header("x-signature-ed25519").hex())
    .content(&[Part::Header("x-signature-timestamp"), Part::Body])
    .timestamp(header("x-signature-timestamp").unix_seconds())
    .tolerance(Duration::from_secs(15 * 60))
    .id_if_any(json("/id"))
    .kind(first_of(&[json("/event/type"), integer("/type")]))
    .handshakes(&[
        Handshake::ping(json("/type"), "1")
            .unless(json("/event"))
            .document(r#"{"type":1}"#),
        Handshake::ping(json("/type"), "0").no_content(),
    ])
    .retries(Duration::from_secs(10 * 60), Duration::from_secs(86_400));
