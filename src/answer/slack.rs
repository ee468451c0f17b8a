//! What Slack shows in answer to a command or an interaction, for which it waits 3 seconds.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

/// The message that answers a slash command.
///
/// ```
/// use bytes::Bytes;
/// use http_body_util::Full;
/// use tower_webhook::answer::slack::Message;
///
/// let response = Message::ephemeral("It is sunny.").into_response::<Full<Bytes>>();
/// assert_eq!(response.headers()["content-type"], "application/json");
/// ```
///
/// Source: <https://docs.slack.dev/interactivity/implementing-slash-commands#responding_immediate_response>.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[must_use = "an answer does nothing until it is returned"]
pub struct Message {
    response_type: Audience,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    blocks: Option<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Audience {
    Ephemeral,
    InChannel,
}

impl Message {
    /// A message that only the person sees who typed the command. Slack reads `<`, `>` and `&` in the text as markup.
    pub fn ephemeral(text: impl Into<String>) -> Self {
        Self {
            response_type: Audience::Ephemeral,
            text: text.into(),
            blocks: None,
        }
    }

    /// A message that everybody in the channel sees, beside the command. Text that somebody typed can mention the whole channel:
    /// escape `&`, `<` and `>` in it.
    pub fn in_channel(text: impl Into<String>) -> Self {
        Self {
            response_type: Audience::InChannel,
            ..Self::ephemeral(text)
        }
    }

    /// Shows these blocks; the text is then what notifications and screen readers say. An array of
    /// <https://docs.slack.dev/reference/block-kit/blocks>.
    pub fn blocks(mut self, blocks: Value) -> Self {
        self.blocks = Some(blocks);
        self
    }
}

/// What becomes of a modal that was submitted. An empty 200 closes it.
///
/// ```
/// use tower_webhook::answer::slack::ViewAnswer;
/// use tower_webhook::event::slack::ViewSubmission;
/// use tower_webhook::Webhook;
///
/// async fn on_submission(Webhook(submitted): Webhook<ViewSubmission>) -> ViewAnswer {
///     drop(submitted);
///     ViewAnswer::errors([("date", "The date is over.")])
/// }
/// ```
///
/// Source: <https://docs.slack.dev/surfaces/modals#updating_views>, <https://docs.slack.dev/surfaces/modals#displaying_errors>.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "response_action", rename_all = "snake_case")]
#[must_use = "an answer does nothing until it is returned"]
#[non_exhaustive]
pub enum ViewAnswer {
    /// Closes all modals of the stack.
    Clear,
    /// Shows what is wrong with the inputs, by the names of their blocks.
    Errors {
        /// What is wrong, by block.
        errors: BTreeMap<String, String>,
    },
    /// Shows this view instead: <https://docs.slack.dev/reference/views/modal-views>.
    Update {
        /// The view.
        view: Value,
    },
    /// Shows this view on top.
    Push {
        /// The view.
        view: Value,
    },
}

impl ViewAnswer {
    /// Says what is wrong with the inputs of these blocks.
    pub fn errors<B: Into<String>, T: Into<String>>(errors: impl IntoIterator<Item = (B, T)>) -> Self {
        let errors = errors
            .into_iter()
            .map(|(block, text)| (block.into(), text.into()));
        Self::Errors {
            errors: errors.collect(),
        }
    }
}

/// The options of a menu that asks the app for them, 100 at most.
///
/// ```
/// use tower_webhook::answer::slack::Options;
/// use tower_webhook::event::slack::BlockSuggestion;
/// use tower_webhook::Webhook;
///
/// async fn on_suggestion(Webhook(typed): Webhook<BlockSuggestion>) -> Options {
///     let cities = ["Bern", "Berlin", "Rome"];
///     let fitting = cities.into_iter().filter(|city| city.starts_with(&typed.value));
///     fitting.fold(Options::default(), |options, city| options.option(city, city))
/// }
/// ```
///
/// Source: <https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload>,
/// <https://docs.slack.dev/reference/block-kit/composition-objects/option-object>.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[must_use = "an answer does nothing until it is returned"]
pub struct Options {
    options: Vec<Choice>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Choice {
    text: PlainText,
    value: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename = "plain_text")]
struct PlainText {
    text: String,
}

impl Options {
    /// One more option: what the person sees, and what the app hears when it is chosen.
    pub fn option(mut self, text: impl Into<String>, value: impl Into<String>) -> Self {
        self.options.push(Choice {
            text: PlainText { text: text.into() },
            value: value.into(),
        });
        self
    }
}
