//! Users, servers, and what users have bought.

use serde::Deserialize;

use crate::event::read::or_default;

/// A user.
///
/// Source: <https://docs.discord.com/developers/resources/user#user-object>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct User {
    /// Their id.
    pub id: String,
    /// Their name, of which there is one.
    pub username: String,
    /// The name that is shown.
    pub global_name: Option<String>,
    /// Whether it is a bot.
    #[serde(default, deserialize_with = "or_default")]
    pub bot: bool,
}

/// A user in a server.
///
/// Source: <https://docs.discord.com/developers/resources/guild#guild-member-object>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Member {
    /// Who.
    pub user: Option<User>,
    /// Their name in the server.
    pub nick: Option<String>,
    /// Their roles, by id.
    #[serde(default, deserialize_with = "or_default")]
    pub roles: Vec<String>,
    /// What they may do in the channel, as a number of bits.
    pub permissions: Option<String>,
}

/// A server.
///
/// Source: <https://docs.discord.com/developers/resources/guild#guild-object>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Guild {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
}

/// What a user or a server has of what the app sells.
///
/// Source: <https://docs.discord.com/developers/resources/entitlement#entitlement-object>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Entitlement {
    /// Its id.
    pub id: String,
    /// What it is of.
    pub sku_id: String,
    /// The app.
    pub application_id: String,
    /// Who has it.
    pub user_id: Option<String>,
    /// The server that has it.
    pub guild_id: Option<String>,
    /// How they came by it: 1 bought, 4 for testing, 8 by a subscription, and so on.
    #[serde(rename = "type")]
    pub kind: u64,
    /// Whether it is gone.
    #[serde(default, deserialize_with = "or_default")]
    pub deleted: bool,
    /// Whether it is used up, for what can be.
    #[serde(default, deserialize_with = "or_default")]
    pub consumed: bool,
    /// Since when it is valid, in ISO 8601.
    pub starts_at: Option<String>,
    /// Until when it is valid, in ISO 8601.
    pub ends_at: Option<String>,
}
