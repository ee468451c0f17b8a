//! What interactions carry: who acts, where, on which element of which view.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;

/// Who interacted with the app.
///
/// Source: <https://docs.slack.dev/reference/interaction-payloads/block_actions-payload>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct User {
    /// The user's id.
    pub id: String,
    /// The account's name, where the payload calls it `username`.
    pub username: Option<String>,
    /// The account's name, where the payload calls it `name`; several payloads write both.
    pub name: Option<String>,
    /// The user's workspace, or the organization (`E…`) where there is one.
    pub team_id: Option<String>,
}

/// The workspace of an interaction.
///
/// Source: <https://docs.slack.dev/reference/interaction-payloads/block_actions-payload>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Team {
    /// The workspace's id.
    pub id: String,
    /// The workspace's part of its address.
    pub domain: Option<String>,
    /// The organization that the workspace belongs to.
    pub enterprise_id: Option<String>,
}

/// The organization of an interaction.
///
/// Source: <https://docs.slack.dev/reference/interaction-payloads/block_actions-payload>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Enterprise {
    /// The organization's id.
    pub id: String,
    /// The organization's name.
    pub name: Option<String>,
}

/// The channel of an interaction.
///
/// Source: <https://docs.slack.dev/reference/interaction-payloads/block_actions-payload>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Channel {
    /// The channel's id.
    pub id: String,
    /// The channel's name, `directmessage` or `privategroup`.
    pub name: Option<String>,
}

/// What an element is part of.
///
/// Source: <https://docs.slack.dev/reference/interaction-payloads/block_actions-payload>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Container {
    /// `message` or `view`, or another surface.
    #[serde(rename = "type")]
    pub kind: String,
    /// The message's timestamp.
    pub message_ts: Option<String>,
    /// The message's channel.
    pub channel_id: Option<String>,
    /// Whether the message is shown to one user alone, so that it cannot be fetched or changed by the API.
    #[serde(default, deserialize_with = "or_default")]
    pub is_ephemeral: bool,
    /// The view.
    pub view_id: Option<String>,
}

/// What somebody did to an element. Which of the fields is set follows from the element's kind.
///
/// Source: <https://docs.slack.dev/reference/interaction-payloads/block_actions-payload>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Action {
    /// The kind of element: `button`, `static_select`, `datepicker` and others.
    #[serde(rename = "type")]
    pub kind: String,
    /// The element's name, as the app gave it.
    pub action_id: String,
    /// The name of the block that the element is in.
    pub block_id: Option<String>,
    /// When it happened, as a timestamp.
    pub action_ts: Option<String>,
    /// A button's value, or a field's text.
    pub value: Option<String>,
    /// The option that was chosen; `None` too where the choice was taken back.
    pub selected_option: Option<Choice>,
    /// The options that are now chosen, where several can be.
    #[serde(default, deserialize_with = "or_default")]
    pub selected_options: Vec<Choice>,
    /// The user that was chosen.
    pub selected_user: Option<String>,
    /// The users that are now chosen.
    #[serde(default, deserialize_with = "or_default")]
    pub selected_users: Vec<String>,
    /// The channel that was chosen.
    pub selected_channel: Option<String>,
    /// The channels that are now chosen.
    #[serde(default, deserialize_with = "or_default")]
    pub selected_channels: Vec<String>,
    /// The conversation that was chosen.
    pub selected_conversation: Option<String>,
    /// The conversations that are now chosen.
    #[serde(default, deserialize_with = "or_default")]
    pub selected_conversations: Vec<String>,
    /// The date that was chosen: `2024-02-29`.
    pub selected_date: Option<String>,
    /// The time of day that was chosen: `14:30`.
    pub selected_time: Option<String>,
    /// The moment that was chosen, in seconds since 1970.
    pub selected_date_time: Option<i64>,
}

/// An option of a menu, a set of check boxes or the like.
///
/// Source: <https://docs.slack.dev/reference/block-kit/composition-objects/option-object>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Choice {
    /// The option's value, as the app gave it.
    pub value: String,
    /// What the user sees.
    pub text: Option<Text>,
}

/// A piece of text.
///
/// Source: <https://docs.slack.dev/reference/block-kit/composition-objects/text-object>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Text {
    /// The text itself.
    pub text: String,
}

/// A modal, or the app's own page.
///
/// `Debug` leaves out [`private_metadata`](Self::private_metadata), where apps keep what nobody should see, and
/// [`state`](Self::state), which is what the user typed.
///
/// Source: <https://docs.slack.dev/reference/views>.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct View {
    /// Its id: `V…`.
    pub id: String,
    /// `modal` or `home`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its name, as the app gave it; empty where it gave none.
    #[serde(default, deserialize_with = "or_default")]
    pub callback_id: String,
    /// What the app stored in it.
    #[serde(default, deserialize_with = "or_default")]
    pub private_metadata: String,
    /// What its fields hold, by block and element: `view.state["values"]["block"]["element"]["value"]`.
    #[serde(default)]
    pub state: Value,
    /// Its version, to name when updating it, so that no newer one is overwritten.
    pub hash: Option<String>,
    /// An id that the app gave it, unique in the workspace.
    pub external_id: Option<String>,
    /// The view at the bottom of the stack.
    pub root_view_id: Option<String>,
    /// The view below it.
    pub previous_view_id: Option<String>,
}

impl fmt::Debug for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("View")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("callback_id", &self.callback_id)
            .field("hash", &self.hash)
            .finish_non_exhaustive()
    }
}
use crate::event::read::or_default;
