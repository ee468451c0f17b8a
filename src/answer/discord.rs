//! What Discord does in answer to an interaction, for which it waits 3 seconds.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value, json};

/// The answer to an interaction. Without one that it can read Discord tells the user that the interaction failed.
///
/// Later answers go to Discord's API with the interaction's token, within 15 minutes.
///
/// ```
/// use tower_webhook::answer::discord::Response;
///
/// async fn on_command() -> Response {
///     Response::message("Done.").ephemeral()
/// }
/// ```
///
/// Source: <https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object>.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "an answer does nothing until it is returned"]
pub struct Response {
    kind: u8,
    data: Map<String, Value>,
}

impl Response {
    /// The answer to a ping.
    pub fn pong() -> Self {
        Self::of(PONG)
    }

    /// A message in the channel, of up to 2,000 characters. It mentions whomever its text mentions: see
    /// [`without_mentions`](Self::without_mentions).
    pub fn message(content: impl Into<String>) -> Self {
        Self::of(MESSAGE).with("content", content.into())
    }

    /// The app will answer a command with a message later; the user sees that it works on it.
    pub fn deferred() -> Self {
        Self::of(DEFERRED_MESSAGE)
    }

    /// The app may change the message that the component is in later; the user sees nothing of it.
    pub fn deferred_update() -> Self {
        Self::of(DEFERRED_UPDATE)
    }

    /// Changes the text of the message that the component is in.
    pub fn update(content: impl Into<String>) -> Self {
        Self::of(UPDATE).with("content", content.into())
    }

    /// What the user can choose from while typing an option, 25 at most: what is shown, and what the command then holds, a text
    /// or a number as the option's type is.
    pub fn choices<N: Into<String>, V: Into<Value>>(choices: impl IntoIterator<Item = (N, V)>) -> Self {
        let choice = |(name, value): (N, V)| json!({ "name": name.into(), "value": value.into() });
        let choices: Vec<_> = choices.into_iter().map(choice).collect();
        Self::of(CHOICES).with("choices", choices)
    }

    /// A window with inputs, each in a label or a row of its own:
    /// <https://docs.discord.com/developers/components/reference>.
    pub fn modal(custom_id: impl Into<String>, title: impl Into<String>, components: Value) -> Self {
        Self::of(MODAL)
            .with("custom_id", custom_id.into())
            .with("title", title.into())
            .with("components", components)
    }

    /// Only the user sees it who began the interaction. For messages, and for deferred ones.
    pub fn ephemeral(self) -> Self {
        self.with("flags", EPHEMERAL)
    }

    /// Mentions nobody, whatever the text holds. For a message with text that somebody typed.
    pub fn without_mentions(self) -> Self {
        self.with("allowed_mentions", json!({ "parse": [] }))
    }

    /// Puts another field of the message into it: `embeds`, `components`.
    pub fn with(mut self, field: impl Into<String>, value: impl Into<Value>) -> Self {
        self.data.insert(field.into(), value.into());
        self
    }

    fn of(kind: u8) -> Self {
        Self {
            kind,
            data: Map::new(),
        }
    }
}

impl Serialize for Response {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", &self.kind)?;
        if !self.data.is_empty() {
            map.serialize_entry("data", &self.data)?;
        }
        map.end()
    }
}

const PONG: u8 = 1;
const MESSAGE: u8 = 4;
const DEFERRED_MESSAGE: u8 = 5;
const DEFERRED_UPDATE: u8 = 6;
const UPDATE: u8 = 7;
const CHOICES: u8 = 8;
const MODAL: u8 = 9;
/// The message flag: <https://docs.discord.com/developers/resources/message#message-object-message-flags>.
const EPHEMERAL: u64 = 1 << 6;
