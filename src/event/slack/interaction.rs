//! Interactions: what somebody did with the app's buttons, menus, shortcuts and modals.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use super::field::ResponseUrl;
use super::message::MessageContent;
use super::read_document;
use super::view::{Action, Channel, Container, Enterprise, Team, User, View};
use crate::event::read::or_default;
use crate::event::{Event, EventError};
use crate::verified::Verified;

/// Somebody used an element: clicked a button, chose from a menu.
///
/// `Debug` leaves out [`state`](Self::state), which is what the user typed.
///
/// Source: <https://docs.slack.dev/reference/interaction-payloads/block_actions-payload>.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct BlockActions {
    /// Who.
    pub user: User,
    /// The workspace; `None` where the app is installed for the whole organization.
    pub team: Option<Team>,
    /// The organization.
    pub enterprise: Option<Enterprise>,
    /// The app.
    pub api_app_id: String,
    /// What opens a modal, within three seconds.
    pub trigger_id: Option<String>,
    /// Where to post answers to; only an element in a message has it.
    pub response_url: Option<ResponseUrl>,
    /// The elements that were used.
    pub actions: Vec<Action>,
    /// What the elements are part of.
    pub container: Option<Container>,
    /// The message's channel.
    pub channel: Option<Channel>,
    /// The message that the elements are in.
    pub message: Option<MessageContent>,
    /// The view that the elements are in.
    pub view: Option<View>,
    /// What the message's fields hold, by block and element; a view has its own.
    #[serde(default)]
    pub state: Value,
}

impl fmt::Debug for BlockActions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockActions")
            .field("user", &self.user)
            .field("team", &self.team)
            .field("api_app_id", &self.api_app_id)
            .field("actions", &self.actions)
            .field("container", &self.container)
            .field("channel", &self.channel)
            .field("view", &self.view)
            .finish_non_exhaustive()
    }
}

/// Somebody types into a menu whose options the app supplies: answer with the options.
///
/// Source: <https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct BlockSuggestion {
    /// Who.
    pub user: User,
    /// The workspace; `None` where the app is installed for the whole organization.
    pub team: Option<Team>,
    /// The organization.
    pub enterprise: Option<Enterprise>,
    /// The app.
    pub api_app_id: String,
    /// The menu's name, as the app gave it.
    pub action_id: String,
    /// The name of the block that the menu is in.
    pub block_id: String,
    /// What was typed so far.
    #[serde(default, deserialize_with = "or_default")]
    pub value: String,
    /// What the menu is part of.
    pub container: Option<Container>,
    /// The message's channel.
    pub channel: Option<Channel>,
    /// The message that the menu is in.
    pub message: Option<MessageContent>,
    /// The view that the menu is in.
    pub view: Option<View>,
}

/// Somebody submitted a modal.
///
/// Source: <https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload#view_submission>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ViewSubmission {
    /// Who.
    pub user: User,
    /// The workspace; `None` where the app is installed for the whole organization.
    pub team: Option<Team>,
    /// The organization.
    pub enterprise: Option<Enterprise>,
    /// The app.
    pub api_app_id: Option<String>,
    /// What opens another modal, within three seconds.
    pub trigger_id: Option<String>,
    /// The modal, with what was typed into it.
    pub view: View,
    /// Where to post answers to, for each channel menu that asked for it.
    #[serde(default, deserialize_with = "or_default")]
    pub response_urls: Vec<ResponseTarget>,
}

/// A channel that a modal's answer can be posted to.
///
/// Source: <https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload#view_submission>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ResponseTarget {
    /// Where to post the answer to.
    pub response_url: ResponseUrl,
    /// The channel it appears in.
    pub channel_id: String,
    /// The name of the block that the menu is in.
    pub block_id: String,
    /// The menu's name.
    pub action_id: String,
}

/// Somebody closed a modal without submitting it.
///
/// Source: <https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload#view_closed>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ViewClosed {
    /// Who.
    pub user: User,
    /// The workspace; `None` where the app is installed for the whole organization.
    pub team: Option<Team>,
    /// The organization.
    pub enterprise: Option<Enterprise>,
    /// The app.
    pub api_app_id: Option<String>,
    /// The modal.
    pub view: View,
    /// Whether the whole stack of modals was closed at once.
    #[serde(default, deserialize_with = "or_default")]
    pub is_cleared: bool,
}

/// Somebody used a shortcut of the app's that belongs to no message.
///
/// Source: <https://docs.slack.dev/interactivity/implementing-shortcuts>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Shortcut {
    /// The shortcut's name, as the app gave it.
    pub callback_id: String,
    /// What opens a modal, within three seconds.
    pub trigger_id: String,
    /// Who.
    pub user: User,
    /// The workspace; `None` where the app is installed for the whole organization.
    pub team: Option<Team>,
    /// The organization.
    pub enterprise: Option<Enterprise>,
    /// When it happened, as a timestamp.
    pub action_ts: Option<String>,
}

/// Somebody used a shortcut of the app's on a message.
///
/// Source: <https://docs.slack.dev/interactivity/implementing-shortcuts>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct MessageAction {
    /// The shortcut's name, as the app gave it.
    pub callback_id: String,
    /// What opens a modal, within three seconds.
    pub trigger_id: String,
    /// Where to post answers to.
    pub response_url: ResponseUrl,
    /// Who.
    pub user: User,
    /// The workspace; `None` where the app is installed for the whole organization.
    pub team: Option<Team>,
    /// The organization.
    pub enterprise: Option<Enterprise>,
    /// The message's channel.
    pub channel: Channel,
    /// The message.
    pub message: MessageContent,
    /// When it happened, as a timestamp.
    pub action_ts: Option<String>,
}

/// Each interaction is read alike: the document's `type` is its kind, and the document is its shape.
macro_rules! interactions {
    ($($interaction:ty: $kind:literal,)*) => {$(
        impl Event for $interaction {
            const PROVIDER: Option<&'static str> = Some("slack");
            const KINDS: &'static [&'static str] = &[$kind];

            fn read(delivery: &Verified) -> Result<Self, EventError> {
                read_document(delivery)
            }
        }
    )*};
}

interactions! {
    BlockActions: "block_actions",
    BlockSuggestion: "block_suggestion",
    ViewSubmission: "view_submission",
    ViewClosed: "view_closed",
    Shortcut: "shortcut",
    MessageAction: "message_action",
}
