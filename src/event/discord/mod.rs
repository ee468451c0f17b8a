//! Discord's deliveries as types: interactions, webhook events, and everything else untouched.
//!
//! ```
//! use tower_webhook::answer::discord::Response;
//! use tower_webhook::event::discord::Event;
//! use tower_webhook::Webhook;
//!
//! async fn on_interaction(Webhook(event): Webhook<Event>) -> Response {
//!     match event {
//!         Event::Ping => Response::pong(),
//!         Event::Command(command) => Response::message(format!("you said {}", command.data.name)).ephemeral(),
//!         Event::Component(used) => Response::update(used.data.custom_id),
//!         _ => Response::deferred_update(),
//!     }
//! }
//! ```
//!
//! - An interaction's [`token`](Interaction::token) is a credential, so `Debug` does not show it.
//! - Ids are texts, as Discord writes them.
//! - An interaction's `type` is a number, which is its kind: `2` for a command.

mod data;
mod interaction;
mod member;
mod webhook;

use bytes::Bytes;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::event::read::from_object;
use crate::event::{self, EventError, Other};
use crate::verified::Verified;

pub use data::{Command, CommandOption, Component, Modal};
pub use interaction::{Autocomplete, Interaction, InteractionToken, Payload};
pub use member::{Entitlement, Guild, Member, User};
pub use webhook::{ApplicationAuthorized, ApplicationDeauthorized, Happened, WebhookEvent, WebhookPayload};

/// A delivery of Discord's.
///
/// Source: <https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object>,
/// <https://docs.discord.com/developers/events/webhook-events#webhook-event-payloads>.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// Discord tries the endpoint. The layer answers it by itself for the crate's own description.
    Ping,
    /// Somebody used a command.
    Command(Box<Interaction<Command>>),
    /// Somebody used a button or a menu in a message.
    Component(Box<Interaction<Component>>),
    /// Somebody types an option whose choices the app supplies.
    Autocomplete(Box<Interaction<Autocomplete>>),
    /// Somebody submitted a modal.
    Modal(Box<Interaction<Modal>>),
    /// Somebody added the app to a server or to their account.
    ApplicationAuthorized(Box<WebhookEvent<ApplicationAuthorized>>),
    /// Somebody took the app's rights back.
    ApplicationDeauthorized(Box<WebhookEvent<ApplicationDeauthorized>>),
    /// Somebody got, changed or lost something that the app sells: `ENTITLEMENT_*`.
    Entitlement(Box<WebhookEvent<Entitlement>>),
    /// Anything else, as it came.
    Other(Other),
}

impl Event {
    /// Reads a stored delivery again, for replaying one that was verified before: this proves nothing about its origin.
    ///
    /// It never fails: what has no type here, or does not fit it, is [`Event::Other`] with every byte kept. The document says
    /// what it is; `kind` only names an event that cannot say so itself.
    #[must_use]
    pub fn from_parts(kind: &str, document: impl Into<Bytes>) -> Self {
        let document = document.into();
        let (kind, reason) = match from_object::<Head>(&document) {
            Ok(head) => match Self::typed(&head, &document) {
                Ok(Some(event)) => return event,
                Ok(None) => (head.kind(), None),
                Err(error) => (head.kind(), Some(error)),
            },
            Err(error) => (kind.to_owned(), Some(error)),
        };
        Self::Other(match reason {
            None => Other::unknown(&kind, document),
            Some(reason) => Other::misshapen(&kind, document, reason),
        })
    }

    /// The event as the type it has here; `None` when it has none.
    fn typed(head: &Head, document: &[u8]) -> Result<Option<Self>, serde_json::Error> {
        Ok(Some(match head.kind().as_str() {
            "0" | "1" => Self::Ping,
            "2" => Self::Command(from_object(document)?),
            "3" => Self::Component(from_object(document)?),
            "4" => Self::Autocomplete(from_object(document)?),
            "5" => Self::Modal(from_object(document)?),
            "APPLICATION_AUTHORIZED" => Self::ApplicationAuthorized(from_object(document)?),
            "APPLICATION_DEAUTHORIZED" => Self::ApplicationDeauthorized(from_object(document)?),
            "ENTITLEMENT_CREATE" | "ENTITLEMENT_UPDATE" | "ENTITLEMENT_DELETE" => {
                Self::Entitlement(from_object(document)?)
            }
            _ => return Ok(None),
        }))
    }
}

impl event::Event for Event {
    const PROVIDER: Option<&'static str> = Some(PROVIDER);

    fn read(delivery: &Verified) -> Result<Self, EventError> {
        check_provider(delivery)?;
        let kind = delivery.kind().map_or("", |kind| kind.value());
        Ok(Self::from_parts(kind, delivery.body().clone()))
    }
}

/// What tells one of Discord's documents from another.
#[derive(Deserialize)]
struct Head {
    #[serde(rename = "type")]
    kind: u64,
    event: Option<InnerHead>,
    // Read for one reason: an event with two ids must fit no type, not even an unknown one.
    #[serde(rename = "id", default)]
    _id: IgnoredAny,
}

#[derive(Deserialize)]
struct InnerHead {
    #[serde(rename = "type")]
    kind: String,
}

impl Head {
    /// The event's name, or else the interaction's number.
    fn kind(&self) -> String {
        match &self.event {
            Some(event) => event.kind.clone(),
            None => self.kind.to_string(),
        }
    }
}

/// Reads a document as one kind's type; the document says of which kind it is.
fn read_document<T: event::Event + DeserializeOwned>(delivery: &Verified) -> Result<T, EventError> {
    check_provider(delivery)?;
    let head = from_object::<Head>(delivery.body()).map_err(EventError::shape)?;
    if !event::read::is_one_of(T::KINDS, &head.kind()) {
        return Err(EventError::other_kind());
    }
    from_object(delivery.body()).map_err(EventError::shape)
}

fn check_provider(delivery: &Verified) -> Result<(), EventError> {
    if delivery.provider() == PROVIDER {
        Ok(())
    } else {
        Err(EventError::other_provider())
    }
}

const PROVIDER: &str = "discord";
