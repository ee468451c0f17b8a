//! The envelope of an interaction: who used the app, where, and how to answer later.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::data::{Command, Component, Modal};
use super::member::{Entitlement, Member, User};
use super::read_document;
use crate::event::read::or_default;
use crate::event::{Event, EventError};
use crate::verified::Verified;

/// What an interaction carries.
pub trait Payload: DeserializeOwned + Send + 'static {
    /// The interaction's type, as a text.
    const KIND: &'static str;
}

impl Payload for Command {
    const KIND: &'static str = "2";
}

impl Payload for Component {
    const KIND: &'static str = "3";
}

/// An option that is being typed: a [`Command`] of which one option is [`focused`](super::CommandOption::focused) and others may be
/// missing or unfit.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct Autocomplete(pub Command);

impl Payload for Autocomplete {
    const KIND: &'static str = "4";
}

impl Payload for Modal {
    const KIND: &'static str = "5";
}

/// Somebody used the app. Discord waits 3 seconds for the answer and does not deliver it again.
///
/// Source: <https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object-interaction-structure>.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Interaction<T> {
    /// Its id.
    pub id: String,
    /// The app.
    pub application_id: String,
    /// What later answers are sent with, for 15 minutes.
    pub token: InteractionToken,
    /// What was used.
    pub data: T,
    /// The server; `None` outside of one.
    pub guild_id: Option<String>,
    /// The channel.
    pub channel_id: Option<String>,
    /// Who, in a server.
    pub member: Option<Member>,
    /// Who, outside of one; see [`invoker`](Self::invoker).
    pub user: Option<User>,
    /// The message that the component is in, as Discord wrote it.
    pub message: Option<Value>,
    /// What the app may do there, as a number of bits.
    pub app_permissions: Option<String>,
    /// The user's language: `en-US`.
    pub locale: Option<String>,
    /// The server's language.
    pub guild_locale: Option<String>,
    /// Where: 0 in a server, 1 in a conversation with the bot, 2 in another private channel.
    pub context: Option<u64>,
    /// What the user has bought of the app.
    #[serde(default, deserialize_with = "or_default")]
    pub entitlements: Vec<Entitlement>,
    /// For whom the app is installed: the server's id under `0`, the user's under `1`.
    #[serde(default, deserialize_with = "or_default")]
    pub authorizing_integration_owners: BTreeMap<String, String>,
}

impl<T> Interaction<T> {
    /// Who used the app, in a server or outside of one.
    #[must_use]
    pub fn invoker(&self) -> Option<&User> {
        let member = self.member.as_ref().and_then(|member| member.user.as_ref());
        member.or(self.user.as_ref())
    }
}

impl<T: Payload> Event for Interaction<T> {
    const PROVIDER: Option<&'static str> = Some("discord");
    const KINDS: &'static [&'static str] = &[T::KIND];

    fn read(delivery: &Verified) -> Result<Self, EventError> {
        read_document(delivery)
    }
}

/// A credential with which whoever has it can answer in the app's name, for 15 minutes. Its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct InteractionToken(Box<str>);

impl InteractionToken {
    /// The token, to answer with. Keep it out of logs.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for InteractionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InteractionToken(…)")
    }
}
