//! The description of Telegram's Bot API.

use crate::provider::about::{Source, Vectors};
use crate::provider::description::{Payload, Scheme};
use crate::provider::place::{header, integer};

/// Telegram's Bot API: the `secret_token` that you gave to `setWebhook`, in a header of its own. It signs nothing, so what it sends is
/// an [`UnsignedBody`](crate::UnsignedBody). `update_id` is a number and stays the same when an update is sent again.
///
/// Source: <https://core.telegram.org/bots/api#setwebhook>.
pub const TELEGRAM: Scheme = Scheme::token("telegram")
    .docs("https://core.telegram.org/bots/api#setwebhook")
    .source(Source::ThirdParty("triggerdotdev/trigger.dev, teloxide/teloxide"))
    .vectors(Vectors::Derived)
    .answer("2xx, which may carry a call of a method")
    .tries("a reasonable amount of attempts")
    .signature(header("x-telegram-bot-api-secret-token").token(""))
    .payload(Payload::Json)
    .id(integer("/update_id"));
