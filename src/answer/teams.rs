//! What Microsoft Teams posts in answer to a mention of an outgoing webhook, for which it waits 5 seconds.

use serde::Serialize;
use serde_json::Value;

/// The reply to a mention, in the thread of the message that mentions the webhook. Teams shows an error without one.
///
/// ```
/// use tower_webhook::answer::teams::Message;
///
/// async fn on_mention() -> Message {
///     Message::text("The build is green.")
/// }
/// ```
///
/// Source: <https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-outgoing-webhook>.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename = "message")]
#[must_use = "an answer does nothing until it is returned"]
pub struct Message {
    text: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<Attachment>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Attachment {
    #[serde(rename = "contentType")]
    content_type: &'static str,
    content: Value,
}

impl Message {
    /// A reply with this text. Teams reads it as Markdown with a few HTML tags: escape text that somebody typed.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            attachments: Vec::new(),
        }
    }

    /// Shows an Adaptive Card below the text: <https://adaptivecards.io/explorer/AdaptiveCard.html>.
    pub fn card(mut self, card: Value) -> Self {
        self.attachments.push(Attachment {
            content_type: "application/vnd.microsoft.card.adaptive",
            content: card,
        });
        self
    }
}
