//! Events in the envelope that Standard Webhooks recommend: what happened, when, and the data.
//!
//! Many senders use it with payloads of their own, so the data is a type of yours:
//!
//! ```
//! use serde::Deserialize;
//! use tower_webhook::event::standard::{Data, Event};
//! use tower_webhook::Webhook;
//!
//! #[derive(Deserialize)]
//! struct Contact {
//!     id: String,
//! }
//!
//! impl Data for Contact {
//!     const KINDS: &'static [&'static str] = &["contact.*"];
//! }
//!
//! async fn received(Webhook(event): Webhook<Event<Contact>>) {
//!     match event {
//!         Event::Typed(event) => println!("{} {}", event.kind, event.data.id),
//!         Event::Other(event) => println!("{} is kept as it came", event.kind()),
//!         _ => {}
//!     }
//! }
//! ```
//!
//! Senders that are not called `standard_webhooks` use the envelope too (Svix and whoever sends through it), so the types read any
//! sender's deliveries.

use bytes::Bytes;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, IgnoredAny};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::event::read::{from_object, is_one_of};
use crate::event::{self, EventError, Other};
use crate::verified::Verified;

/// What an [`Envelope`] carries.
pub trait Data: DeserializeOwned + Send + 'static {
    /// The kinds of event that carry this data, as the sender writes them; a `*` at the end stands for any rest.
    const KINDS: &'static [&'static str];
}

impl Data for Value {
    const KINDS: &'static [&'static str] = &["*"];
}

/// An event in its envelope.
///
/// Source: <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#payload-structure>.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[non_exhaustive]
pub struct Envelope<T> {
    /// What happened: `contact.created`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it happened, as the sender writes it: RFC 3339 as the specification has it, a number with some senders. It is not
    /// when the delivery was signed; that is the delivery's [`timestamp`](Verified::timestamp).
    #[serde(default, deserialize_with = "as_written")]
    pub timestamp: Option<String>,
    /// What it is about.
    pub data: T,
    // Read for one reason: an event with two ids must fit no type.
    #[serde(rename = "id", default)]
    _id: Ignored,
}

impl<T: Data> Envelope<T> {
    /// Reads a stored event again. Verify a delivery before you store it: this proves nothing about the document's origin.
    ///
    /// # Errors
    ///
    /// When the document is of another kind, or not of the type's shape.
    pub fn from_document(document: &[u8]) -> Result<Self, EventError> {
        let head = from_object::<Head>(document).map_err(EventError::shape)?;
        if !is_one_of(T::KINDS, &head.kind) {
            return Err(EventError::other_kind());
        }
        from_object(document).map_err(EventError::shape)
    }
}

impl<T: Data> event::Event for Envelope<T> {
    const KINDS: &'static [&'static str] = T::KINDS;

    fn read(delivery: &Verified) -> Result<Self, EventError> {
        Self::from_document(&delivery.document()?)
    }
}

/// An event in its envelope, or whatever else a sender sends. Reading it never fails.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event<T> {
    /// An event of one of the data's kinds.
    Typed(Box<Envelope<T>>),
    /// Anything else, as it came.
    Other(Other),
}

impl<T: Data> Event<T> {
    /// Reads a stored delivery again, for replaying one that was verified before: this proves nothing about its origin.
    ///
    /// The document says what it is; `kind` only names an event that cannot say so itself.
    #[must_use]
    pub fn from_parts(kind: &str, document: impl Into<Bytes>) -> Self {
        let document = document.into();
        let kind = from_object::<Head>(&document).map_or_else(|_| kind.to_owned(), |head| head.kind);
        match Envelope::from_document(&document) {
            Ok(event) => Self::Typed(Box::new(event)),
            Err(error) if error.kind() == event::EventErrorKind::OtherKind => {
                Self::Other(Other::unknown(&kind, document))
            }
            Err(error) => Self::Other(Other::misshapen(&kind, document, error)),
        }
    }

    /// What happened.
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Self::Typed(event) => &event.kind,
            Self::Other(event) => event.kind(),
        }
    }
}

impl<T: Data> event::Event for Event<T> {
    fn read(delivery: &Verified) -> Result<Self, EventError> {
        let kind = delivery.kind().map_or("", |kind| kind.value());
        let document = delivery.document().unwrap_or_else(|_| delivery.body().clone());
        Ok(Self::from_parts(kind, document))
    }
}

/// What tells one event from another.
#[derive(serde::Deserialize)]
struct Head {
    #[serde(rename = "type")]
    kind: String,
}

/// A value that is read past.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Ignored;

impl<'de> Deserialize<'de> for Ignored {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

/// A text without its quotes, a number as it is written.
fn as_written<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let Some(raw) = Option::<Box<RawValue>>::deserialize(deserializer)? else {
        return Ok(None);
    };
    match serde_json::from_str::<Value>(raw.get()) {
        Ok(Value::String(text)) => Ok(Some(text)),
        Ok(Value::Number(_)) => Ok(Some(raw.get().to_owned())),
        _ => Err(serde::de::Error::custom(
            "the time is neither a text nor a number",
        )),
    }
}
