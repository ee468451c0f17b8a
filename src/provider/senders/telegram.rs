//! The description of Telegram's Bot API.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::{Payload, Scheme};
use crate::provider::place::{header, integer};

/// Telegram's Bot API: the `secret_token` that you gave to `setWebhook`, in a header of its own. It signs nothing, so what it sends is
/// an [`UnsignedBody`](crate::UnsignedBody). `update_id` is a number and stays the same when an update is sent again.
///
/// Sources: <https://core.telegram.org/bots/api#setwebhook>, <https://core.telegram.org/bots/api#getting-updates> (nothing is kept
/// longer than 24 hours); of the tries and the time-out the server's code,
/// <https://github.com/tdlib/telegram-bot-api/blob/master/telegram-bot-api/WebhookActor.cpp>.
pub const TELEGRAM: Scheme = Scheme::token("telegram")
    .docs("https://core.telegram.org/bots/api#setwebhook")
    .source(Source::ThirdParty("triggerdotdev/trigger.dev, teloxide/teloxide"))
    .vectors(Vectors::Derived)
    .answer("2xx, which may carry a call of a method")
    .deadline(Duration::from_secs(60))
    .tries("at growing intervals of up to 2 minutes for up to 24 hours")
    .signature(header("x-telegram-bot-api-secret-token").token(""))
    .payload(Payload::Json)
    .id(integer("/update_id"))
    .retries(Duration::from_secs(86_400), Duration::from_secs(8 * 86_400));
