//! What happens around messages: reactions, members, channels and the app's own installation.

use serde::Deserialize;

use super::callback::Inner;
use crate::event::read::or_default;

/// Somebody added a reaction.
///
/// Source: <https://docs.slack.dev/reference/events/reaction_added>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ReactionAdded {
    /// Who.
    pub user: String,
    /// The emoji's name, without colons.
    pub reaction: String,
    /// What was reacted to.
    pub item: ReactionItem,
    /// Who wrote what was reacted to, where it was a person.
    pub item_user: Option<String>,
    /// When it happened, as a timestamp.
    pub event_ts: Option<String>,
}

impl Inner for ReactionAdded {
    const KINDS: &'static [&'static str] = &["reaction_added"];
}

/// Somebody took a reaction back.
///
/// Source: <https://docs.slack.dev/reference/events/reaction_removed>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ReactionRemoved {
    /// Who.
    pub user: String,
    /// The emoji's name, without colons.
    pub reaction: String,
    /// What had been reacted to.
    pub item: ReactionItem,
    /// Who wrote what had been reacted to, where it was a person.
    pub item_user: Option<String>,
    /// When it happened, as a timestamp.
    pub event_ts: Option<String>,
}

impl Inner for ReactionRemoved {
    const KINDS: &'static [&'static str] = &["reaction_removed"];
}

/// What a reaction is about.
///
/// Source: <https://docs.slack.dev/reference/events/reaction_added>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ReactionItem {
    /// What it is: `message`, and formerly `file` and `file_comment`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The message's channel.
    pub channel: Option<String>,
    /// The message's timestamp, which is also its id in the channel.
    pub ts: Option<String>,
    /// The file.
    pub file: Option<String>,
}

/// Somebody joined a channel.
///
/// Source: <https://docs.slack.dev/reference/events/member_joined_channel>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct MemberJoinedChannel {
    /// Who.
    pub user: String,
    /// Which channel.
    pub channel: String,
    /// `C` for a public channel, `G` for a private one.
    pub channel_type: Option<String>,
    /// The user's workspace.
    pub team: Option<String>,
    /// Who invited the user, where somebody did.
    pub inviter: Option<String>,
}

impl Inner for MemberJoinedChannel {
    const KINDS: &'static [&'static str] = &["member_joined_channel"];
}

/// Somebody left a channel.
///
/// Source: <https://docs.slack.dev/reference/events/member_left_channel>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct MemberLeftChannel {
    /// Who.
    pub user: String,
    /// Which channel.
    pub channel: String,
    /// `C` for a public channel, `G` for a private one.
    pub channel_type: Option<String>,
    /// The user's workspace.
    pub team: Option<String>,
}

impl Inner for MemberLeftChannel {
    const KINDS: &'static [&'static str] = &["member_left_channel"];
}

/// Somebody looks at the app's own page.
///
/// Source: <https://docs.slack.dev/reference/events/app_home_opened>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct AppHomeOpened {
    /// Who.
    pub user: String,
    /// The conversation between the user and the app.
    pub channel: Option<String>,
    /// Which part of the page: `home` or `messages`.
    pub tab: Option<String>,
    /// When it happened, as a timestamp.
    pub event_ts: Option<String>,
}

impl Inner for AppHomeOpened {
    const KINDS: &'static [&'static str] = &["app_home_opened"];
}

/// Somebody made a public channel.
///
/// Source: <https://docs.slack.dev/reference/events/channel_created>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ChannelCreated {
    /// The channel.
    pub channel: NewChannel,
}

impl Inner for ChannelCreated {
    const KINDS: &'static [&'static str] = &["channel_created"];
}

/// A channel that was just made.
///
/// Source: <https://docs.slack.dev/reference/events/channel_created>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct NewChannel {
    /// Its id: `C…`.
    pub id: String,
    /// Its name, without the `#`.
    pub name: String,
    /// When it was made, in seconds since 1970.
    pub created: Option<u64>,
    /// Who made it.
    pub creator: Option<String>,
}

/// Somebody joined the workspace.
///
/// Source: <https://docs.slack.dev/reference/events/team_join>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct TeamJoin {
    /// Who.
    pub user: NewMember,
}

impl Inner for TeamJoin {
    const KINDS: &'static [&'static str] = &["team_join"];
}

/// Somebody who just joined the workspace.
///
/// Source: <https://docs.slack.dev/reference/objects/user-object>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct NewMember {
    /// Its id: `U…` or `W…`.
    pub id: String,
    /// The workspace joined.
    pub team_id: Option<String>,
    /// The account's name.
    pub name: Option<String>,
    /// The person's name.
    pub real_name: Option<String>,
    /// Whether it is an app's user.
    #[serde(default, deserialize_with = "or_default")]
    pub is_bot: bool,
}

/// The app was removed from the workspace: forget what you hold for it.
///
/// Source: <https://docs.slack.dev/reference/events/app_uninstalled>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct AppUninstalled {}

impl Inner for AppUninstalled {
    const KINDS: &'static [&'static str] = &["app_uninstalled"];
}

/// Tokens of the app's no longer work.
///
/// Source: <https://docs.slack.dev/reference/events/tokens_revoked>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct TokensRevoked {
    /// Whose tokens.
    pub tokens: RevokedTokens,
}

impl Inner for TokensRevoked {
    const KINDS: &'static [&'static str] = &["tokens_revoked"];
}

/// The users whose tokens no longer work. These are user ids: Slack does not send the tokens.
///
/// Source: <https://docs.slack.dev/reference/events/tokens_revoked>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct RevokedTokens {
    /// The users who had authorized the app.
    #[serde(default, deserialize_with = "or_default")]
    pub oauth: Vec<String>,
    /// The app's own users.
    #[serde(default, deserialize_with = "or_default")]
    pub bot: Vec<String>,
}
