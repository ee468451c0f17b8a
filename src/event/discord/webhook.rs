//! Webhook events: what happened to the app while nobody used it.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::member::{Entitlement, Guild, User};
use super::read_document;
use crate::event::read::or_default;
use crate::event::{Event, EventError};
use crate::verified::Verified;

/// What a webhook event carries.
pub trait WebhookPayload: DeserializeOwned + Send + 'static {
    /// The event's kinds.
    const KINDS: &'static [&'static str];
}

impl WebhookPayload for Entitlement {
    const KINDS: &'static [&'static str] =
        &["ENTITLEMENT_CREATE", "ENTITLEMENT_UPDATE", "ENTITLEMENT_DELETE"];
}

/// Somebody added the app.
///
/// Source: <https://docs.discord.com/developers/events/webhook-events#application-authorized>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ApplicationAuthorized {
    /// Where to: 0 to a server, 1 to their account.
    pub integration_type: Option<u64>,
    /// Who.
    pub user: User,
    /// What they allow.
    #[serde(default, deserialize_with = "or_default")]
    pub scopes: Vec<String>,
    /// The server.
    pub guild: Option<Guild>,
}

impl WebhookPayload for ApplicationAuthorized {
    const KINDS: &'static [&'static str] = &["APPLICATION_AUTHORIZED"];
}

/// Somebody took the app's rights back.
///
/// Source: <https://docs.discord.com/developers/events/webhook-events#application-deauthorized>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ApplicationDeauthorized {
    /// Who.
    pub user: User,
}

impl WebhookPayload for ApplicationDeauthorized {
    const KINDS: &'static [&'static str] = &["APPLICATION_DEAUTHORIZED"];
}

/// Something happened to the app. Discord wants an empty 204 within 3 seconds, delivers it again for up to 10 minutes otherwise, and
/// promises no order.
///
/// It has no id: two that are the same to the microsecond count as one.
///
/// Source: <https://docs.discord.com/developers/events/webhook-events#payload-structure>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct WebhookEvent<T> {
    /// The app.
    pub application_id: String,
    /// What happened.
    pub event: Happened<T>,
}

/// What happened, and when.
///
/// Source: <https://docs.discord.com/developers/events/webhook-events#event-body-object>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Happened<T> {
    /// The kind: `ENTITLEMENT_CREATE`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When, as Discord writes it: ISO 8601 in UTC, without a zone.
    pub timestamp: String,
    /// What it is about.
    pub data: T,
}

impl<T: WebhookPayload> Event for WebhookEvent<T> {
    const PROVIDER: Option<&'static str> = Some("discord");
    const KINDS: &'static [&'static str] = T::KINDS;

    fn read(delivery: &Verified) -> Result<Self, EventError> {
        read_document(delivery)
    }
}
