//! The envelope in which the Events API delivers what happened in a workspace.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::check_kind;
use super::head::Head;
use crate::event::read::{from_object, is_one_of, or_default};
use crate::event::{Event, EventError};
use crate::verified::Verified;

/// What can be inside a [`Callback`].
///
/// Implement it for a type of yours to receive `Callback<YourType>` where this crate has none:
///
/// ```
/// use serde::Deserialize;
/// use tower_webhook::event::slack;
///
/// #[derive(Deserialize)]
/// struct PinAdded {
///     user: String,
///     channel_id: String,
/// }
///
/// impl slack::Inner for PinAdded {
///     const KINDS: &'static [&'static str] = &["pin_added"];
/// }
/// ```
pub trait Inner: DeserializeOwned + Send + 'static {
    /// The types of inner event that this type reads; a `*` at the end stands for any rest.
    const KINDS: &'static [&'static str];
}

/// An event of the Events API: what happened, and whom Slack tells about it.
///
/// The old verification token is not kept: it is a secret, and the signature has proved the delivery.
///
/// Source: <https://docs.slack.dev/apis/events-api/#callback-field>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Callback<T> {
    /// The event's id, the same in every retry: `Ev…`.
    pub event_id: String,
    /// When it was dispatched, in seconds since 1970.
    pub event_time: u64,
    /// The app it is delivered to.
    pub api_app_id: String,
    /// The workspace it is delivered for.
    pub team_id: String,
    /// The organization it is delivered for.
    pub enterprise_id: Option<String>,
    /// The workspace through which the app sees it; another than where it happened in a shared channel.
    pub context_team_id: Option<String>,
    /// The organization through which the app sees it.
    pub context_enterprise_id: Option<String>,
    /// What to name when asking `apps.event.authorizations.list` for every installation that sees it.
    pub event_context: Option<String>,
    /// One of the installations that see it.
    #[serde(default, deserialize_with = "or_default")]
    pub authorizations: Vec<Authorization>,
    /// Whether it happened in a channel shared with another organization.
    #[serde(default, deserialize_with = "or_default")]
    pub is_ext_shared_channel: bool,
    /// What happened.
    pub event: T,
}

/// An installation of the app that sees an event.
///
/// Source: <https://docs.slack.dev/apis/events-api/#authorizations>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Authorization {
    /// The organization.
    pub enterprise_id: Option<String>,
    /// The workspace.
    pub team_id: Option<String>,
    /// Who installed the app, or its bot user.
    pub user_id: Option<String>,
    /// Whether the user is the app's bot.
    #[serde(default, deserialize_with = "or_default")]
    pub is_bot: bool,
    /// Whether the app is installed for the whole organization.
    #[serde(default, deserialize_with = "or_default")]
    pub is_enterprise_install: bool,
}

impl<T: Inner> Callback<T> {
    /// Reads a stored event again. Verify a delivery before you store it: this proves nothing about the document's origin.
    ///
    /// # Errors
    ///
    /// When the document is not of the Events API, or what is inside is not a `T`.
    pub fn from_document(document: &[u8]) -> Result<Self, EventError> {
        let head = from_object::<Head>(document).map_err(EventError::shape)?;
        match head.callback_kind() {
            Some(kind) if is_one_of(T::KINDS, kind) => from_object(document).map_err(EventError::shape),
            _ => Err(EventError::other_kind()),
        }
    }
}

impl<T: Inner> Event for Callback<T> {
    const PROVIDER: Option<&'static str> = Some("slack");
    const KINDS: &'static [&'static str] = T::KINDS;

    fn read(delivery: &Verified) -> Result<Self, EventError> {
        check_kind::<Self>(delivery)?;
        Self::from_document(&delivery.document().map_err(EventError::shape)?)
    }
}

/// Slack delivers fewer events than happen, for a minute: the app got too many, or answered too few.
///
/// Source: <https://docs.slack.dev/reference/events/app_rate_limited>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct AppRateLimited {
    /// The app.
    pub api_app_id: String,
    /// The workspace whose events are held back.
    pub team_id: String,
    /// The minute it concerns, in seconds since 1970.
    pub minute_rate_limited: u64,
}

impl Event for AppRateLimited {
    const PROVIDER: Option<&'static str> = Some("slack");
    const KINDS: &'static [&'static str] = &["app_rate_limited"];

    fn read(delivery: &Verified) -> Result<Self, EventError> {
        super::read_document(delivery)
    }
}
