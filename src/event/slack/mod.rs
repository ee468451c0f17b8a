//! Slack's deliveries as types: the Events API, slash commands, interactions, and everything else untouched.
//!
//! ```
//! use tower_webhook::event::slack;
//!
//! fn received(event: slack::Event) {
//!     match event {
//!         slack::Event::AppMention(mention) => println!("{}", mention.event.text),
//!         slack::Event::Command(command) => println!("{} {}", command.command, command.text),
//!         slack::Event::BlockActions(used) => println!("{:?}", used.actions),
//!         slack::Event::Other(event) => println!("{} is kept as it came", event.kind()),
//!         _ => {}
//!     }
//! }
//! ```
//!
//! - A [`ResponseUrl`] is a credential, so `Debug` does not show it. The old verification token is not kept at all.
//! - Slack writes timestamps as texts (`1355517523.000005`); they are also the messages' ids, so they stay texts.

mod callback;
mod command;
mod field;
mod head;
mod interaction;
mod message;
mod view;
mod workspace;

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::event::read::{from_form, from_object, is_one_of};
use crate::event::{self, EventError, Other};
use crate::verified::Verified;
use head::{Head, Wrapped, is_form};

pub use callback::{AppRateLimited, Authorization, Callback, Inner};
pub use command::SlashCommand;
pub use field::ResponseUrl;
pub use interaction::{
    BlockActions, BlockSuggestion, MessageAction, ResponseTarget, Shortcut, ViewClosed, ViewSubmission,
};
pub use message::{
    AppMention, Edited, Message, MessageChanged, MessageContent, MessageDeleted, MessagePosted,
};
pub use view::{Action, Channel, Choice, Container, Enterprise, Team, Text, User, View};
pub use workspace::{
    AppHomeOpened, AppUninstalled, ChannelCreated, MemberJoinedChannel, MemberLeftChannel, NewChannel,
    NewMember, ReactionAdded, ReactionItem, ReactionRemoved, RevokedTokens, TeamJoin, TokensRevoked,
};

/// A delivery of Slack's.
///
/// Source: <https://docs.slack.dev/reference/events>, <https://docs.slack.dev/reference/interaction-payloads> and
/// <https://docs.slack.dev/interactivity/implementing-slash-commands>.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// Somebody mentioned the app.
    AppMention(Box<Callback<AppMention>>),
    /// A message was posted, changed or deleted.
    Message(Box<Callback<Message>>),
    /// Somebody added a reaction.
    ReactionAdded(Box<Callback<ReactionAdded>>),
    /// Somebody took a reaction back.
    ReactionRemoved(Box<Callback<ReactionRemoved>>),
    /// Somebody joined a channel.
    MemberJoinedChannel(Box<Callback<MemberJoinedChannel>>),
    /// Somebody left a channel.
    MemberLeftChannel(Box<Callback<MemberLeftChannel>>),
    /// Somebody looks at the app's own page.
    AppHomeOpened(Box<Callback<AppHomeOpened>>),
    /// Somebody made a public channel.
    ChannelCreated(Box<Callback<ChannelCreated>>),
    /// Somebody joined the workspace.
    TeamJoin(Box<Callback<TeamJoin>>),
    /// The app was removed from the workspace.
    AppUninstalled(Box<Callback<AppUninstalled>>),
    /// Tokens of the app's no longer work.
    TokensRevoked(Box<Callback<TokensRevoked>>),
    /// Slack holds events back.
    AppRateLimited(Box<AppRateLimited>),
    /// Somebody typed a command of the app's.
    Command(Box<SlashCommand>),
    /// Somebody used an element.
    BlockActions(Box<BlockActions>),
    /// Somebody types into a menu whose options the app supplies.
    BlockSuggestion(Box<BlockSuggestion>),
    /// Somebody submitted a modal.
    ViewSubmission(Box<ViewSubmission>),
    /// Somebody closed a modal.
    ViewClosed(Box<ViewClosed>),
    /// Somebody used a shortcut that belongs to no message.
    Shortcut(Box<Shortcut>),
    /// Somebody used a shortcut on a message.
    MessageAction(Box<MessageAction>),
    /// Anything else, as it came.
    Other(Other),
}

impl Event {
    /// Reads a stored delivery again, for replaying one that was verified before: this proves nothing about its origin.
    ///
    /// It never fails: what has no type here, or does not fit it, is [`Event::Other`] with every byte kept. The body says what
    /// it is; `kind` only names an event that cannot say so itself.
    #[must_use]
    pub fn from_parts(kind: &str, content_type: Option<&str>, body: impl Into<Bytes>) -> Self {
        let body = body.into();
        if !is_form(content_type, &body) {
            return Self::from_document(kind, body);
        }
        match from_form::<Wrapped>(&body) {
            Ok(Wrapped { payload: Some(json) }) => Self::from_document(kind, json.into()),
            Ok(Wrapped { payload: None }) => Self::from_command(kind, body),
            Err(error) => Self::Other(Other::misshapen(kind, body, error)),
        }
    }

    fn from_command(kind: &str, form: Bytes) -> Self {
        match from_form(&form) {
            Ok(command) => Self::Command(command),
            Err(error) => Self::Other(Other::misshapen(kind, form, error)),
        }
    }

    fn from_document(kind: &str, document: Bytes) -> Self {
        let (kind, reason) = match from_object::<Head>(&document) {
            Ok(head) => match Self::typed(&head, &document) {
                Ok(Some(event)) => return event,
                Ok(None) => (head.name().to_owned(), None),
                Err(error) => (head.name().to_owned(), Some(error)),
            },
            Err(error) => (kind.to_owned(), Some(error)),
        };
        Self::Other(match reason {
            None => Other::unknown(&kind, document),
            Some(reason) => Other::misshapen(&kind, document, reason),
        })
    }

    /// The document as the type it has here; `None` when it has none.
    fn typed(head: &Head, document: &[u8]) -> Result<Option<Self>, serde_json::Error> {
        if let Some(kind) = head.callback_kind() {
            return Self::typed_callback(kind, document);
        }
        Ok(Some(match head.kind() {
            "app_rate_limited" => Self::AppRateLimited(from_object(document)?),
            "block_actions" => Self::BlockActions(from_object(document)?),
            "block_suggestion" => Self::BlockSuggestion(from_object(document)?),
            "view_submission" => Self::ViewSubmission(from_object(document)?),
            "view_closed" => Self::ViewClosed(from_object(document)?),
            "shortcut" => Self::Shortcut(from_object(document)?),
            "message_action" => Self::MessageAction(from_object(document)?),
            _ => return Ok(None),
        }))
    }

    fn typed_callback(kind: &str, document: &[u8]) -> Result<Option<Self>, serde_json::Error> {
        Ok(Some(match kind {
            "app_mention" => Self::AppMention(from_object(document)?),
            "message" => Self::Message(from_object(document)?),
            "reaction_added" => Self::ReactionAdded(from_object(document)?),
            "reaction_removed" => Self::ReactionRemoved(from_object(document)?),
            "member_joined_channel" => Self::MemberJoinedChannel(from_object(document)?),
            "member_left_channel" => Self::MemberLeftChannel(from_object(document)?),
            "app_home_opened" => Self::AppHomeOpened(from_object(document)?),
            "channel_created" => Self::ChannelCreated(from_object(document)?),
            "team_join" => Self::TeamJoin(from_object(document)?),
            "app_uninstalled" => Self::AppUninstalled(from_object(document)?),
            "tokens_revoked" => Self::TokensRevoked(from_object(document)?),
            _ => return Ok(None),
        }))
    }
}

impl event::Event for Event {
    const PROVIDER: Option<&'static str> = Some("slack");

    fn read(delivery: &Verified) -> Result<Self, EventError> {
        check_kind::<Self>(delivery)?;
        let kind = delivery.kind().map_or("", |kind| kind.value());
        Ok(match delivery.document() {
            Ok(document) => Self::from_document(kind, document),
            // A form that wraps no JSON: what a slash command is.
            Err(_) => Self::from_command(kind, delivery.body().clone()),
        })
    }
}

fn check_kind<T: event::Event>(delivery: &Verified) -> Result<(), EventError> {
    if T::PROVIDER.is_some_and(|provider| provider != delivery.provider()) {
        return Err(EventError::other_provider());
    }
    let kind = delivery.kind().map_or("", |kind| kind.value());
    if is_one_of(T::KINDS, kind) {
        Ok(())
    } else {
        Err(EventError::other_kind())
    }
}

/// Reads a delivery whose document is the event itself.
fn read_document<T: event::Event + DeserializeOwned>(delivery: &Verified) -> Result<T, EventError> {
    check_kind::<T>(delivery)?;
    let document = delivery.document().map_err(EventError::shape)?;
    from_object(&document).map_err(EventError::shape)
}
