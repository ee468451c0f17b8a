//! Messages: posted, changed, deleted, or addressed to the app.

use serde::Deserialize;
use serde::de::Error;
use serde_json::value::RawValue;

use super::callback::Inner;
use crate::event::read::{from_object, or_default};

/// Somebody mentioned the app.
///
/// Source: <https://docs.slack.dev/reference/events/app_mention>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct AppMention {
    /// Where.
    pub channel: String,
    /// Who; `None` where a workflow or another app has no user of its own.
    pub user: Option<String>,
    /// The app that wrote the message, where one did.
    pub bot_id: Option<String>,
    /// The message, the mention included: `<@U0LAN0Z89> is it everything?`.
    #[serde(default, deserialize_with = "or_default")]
    pub text: String,
    /// The message's timestamp, which is also its id in the channel.
    pub ts: String,
    /// The timestamp of the thread's first message, in a thread.
    pub thread_ts: Option<String>,
    /// When it happened, as a timestamp.
    pub event_ts: Option<String>,
}

impl Inner for AppMention {
    const KINDS: &'static [&'static str] = &["app_mention"];
}

/// Something happened to a message.
///
/// A change or a deletion arrives under the same kind as a new message. An app that answers messages should look at
/// [`Posted`](Self::Posted) alone, and there at [`subtype`](MessageContent::subtype) and [`bot_id`](MessageContent::bot_id), or
/// it will answer itself.
///
/// Source: <https://docs.slack.dev/reference/events/message>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "MessageForm")]
#[non_exhaustive]
pub enum Message {
    /// A message as it is: a new one, or of a subtype that has no variant of its own here.
    Posted(MessagePosted),
    /// A message was edited, or Slack added something to it.
    Changed(MessageChanged),
    /// A message was deleted.
    Deleted(MessageDeleted),
}

impl Message {
    /// The channel it happened in.
    #[must_use]
    pub fn channel(&self) -> &str {
        match self {
            Self::Posted(message) => &message.channel,
            Self::Changed(message) => &message.channel,
            Self::Deleted(message) => &message.channel,
        }
    }
}

impl Inner for Message {
    const KINDS: &'static [&'static str] = &["message"];
}

/// A message in a channel.
///
/// Source: <https://docs.slack.dev/reference/events/message>.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MessagePosted {
    /// Where.
    pub channel: String,
    /// What the channel is: `channel`, `group`, `im`, `mpim`, `app_home`.
    pub channel_type: Option<String>,
    /// Whether it is about something that happened and not meant to be shown.
    pub hidden: bool,
    /// The message.
    pub message: MessageContent,
}

/// A message that is not what it was.
///
/// Source: <https://docs.slack.dev/reference/events/message/message_changed>.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MessageChanged {
    /// Where.
    pub channel: String,
    /// What the channel is: `channel`, `group`, `im`, `mpim`, `app_home`.
    pub channel_type: Option<String>,
    /// The message as it is now.
    pub message: MessageContent,
    /// The message as it was.
    pub previous_message: Option<MessageContent>,
}

/// A message that is gone.
///
/// Source: <https://docs.slack.dev/reference/events/message/message_deleted>.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MessageDeleted {
    /// Where.
    pub channel: String,
    /// What the channel is: `channel`, `group`, `im`, `mpim`, `app_home`.
    pub channel_type: Option<String>,
    /// The timestamp, and so the id, of the message that is gone.
    pub deleted_ts: String,
    /// The message as it was.
    pub previous_message: Option<MessageContent>,
}

/// What a message says.
///
/// Source: <https://docs.slack.dev/reference/events/message>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct MessageContent {
    /// The message's timestamp, which is also its id in the channel.
    pub ts: String,
    /// Who wrote it; `None` where a workflow or an app has no user of its own.
    pub user: Option<String>,
    /// The text.
    #[serde(default, deserialize_with = "or_default")]
    pub text: String,
    /// What kind of message it is; `None` for a plain one.
    pub subtype: Option<String>,
    /// The app that wrote it, where one did.
    pub bot_id: Option<String>,
    /// The app that wrote it, by its app id.
    pub app_id: Option<String>,
    /// The timestamp of the thread's first message, in a thread.
    pub thread_ts: Option<String>,
    /// Who edited it last.
    pub edited: Option<Edited>,
}

/// The last edit of a message.
///
/// Source: <https://docs.slack.dev/reference/events/message>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Edited {
    /// Who edited it.
    pub user: String,
    /// When, as a timestamp.
    pub ts: String,
}

/// All the forms a message event has, in one. The subtype says which fields to expect.
#[derive(Deserialize)]
struct MessageForm {
    channel: String,
    channel_type: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    hidden: bool,
    ts: String,
    user: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    text: String,
    subtype: Option<String>,
    bot_id: Option<String>,
    app_id: Option<String>,
    thread_ts: Option<String>,
    edited: Option<Edited>,
    // Unread until the subtype says what they are: a subtype of tomorrow may use the names for something else.
    message: Option<Box<RawValue>>,
    previous_message: Option<Box<RawValue>>,
    deleted_ts: Option<String>,
}

impl TryFrom<MessageForm> for Message {
    type Error = serde_json::Error;

    fn try_from(form: MessageForm) -> Result<Self, serde_json::Error> {
        let missing = serde_json::Error::missing_field;
        match form.subtype.as_deref() {
            Some("message_changed") => Ok(Self::Changed(MessageChanged {
                channel: form.channel,
                channel_type: form.channel_type,
                message: content(form.message)?.ok_or_else(|| missing("message"))?,
                previous_message: content(form.previous_message)?,
            })),
            Some("message_deleted") => Ok(Self::Deleted(MessageDeleted {
                channel: form.channel,
                channel_type: form.channel_type,
                deleted_ts: form.deleted_ts.ok_or_else(|| missing("deleted_ts"))?,
                previous_message: content(form.previous_message)?,
            })),
            _ => Ok(Self::Posted(form.into_posted())),
        }
    }
}

fn content(raw: Option<Box<RawValue>>) -> Result<Option<MessageContent>, serde_json::Error> {
    raw.map(|raw| from_object(raw.get().as_bytes())).transpose()
}

impl MessageForm {
    fn into_posted(self) -> MessagePosted {
        MessagePosted {
            channel: self.channel,
            channel_type: self.channel_type,
            hidden: self.hidden,
            message: MessageContent {
                ts: self.ts,
                user: self.user,
                text: self.text,
                subtype: self.subtype,
                bot_id: self.bot_id,
                app_id: self.app_id,
                thread_ts: self.thread_ts,
                edited: self.edited,
            },
        }
    }
}
