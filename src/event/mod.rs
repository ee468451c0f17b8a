//! Typed events: what a verified delivery says, as a value of your program.
//!
//! An [`Event`] is any type that can be read from a [`Verified`] delivery. [`discord::Event`], [`github::Event`],
//! [`shopify::Event`], [`slack::Event`], [`stripe::Event`] and [`twilio::Event`] know the common kinds of their sender and keep
//! everything else as [`Other`]: a kind that is new since this version, or a payload that changed its shape, is never lost and
//! never an error. [`standard::Event`] does the same for the envelope of Standard Webhooks, with data of yours.

pub mod discord;
#[cfg(feature = "axum")]
mod extract;
pub mod github;
mod other;
pub(crate) mod read;
mod router;
pub mod shopify;
pub mod slack;
pub mod standard;
pub mod stripe;
pub mod twilio;
mod webhook;

use std::error::Error;
use std::fmt;

use crate::error::BoxError;
use crate::verified::Verified;

pub use other::Other;
pub use router::{Context, EventRouter};
pub use webhook::{Form, Json, UnsignedWebhook, Webhook};

/// A type that is read from a verified delivery.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no event",
    label = "no `Event`",
    note = "for a type that implements serde's `Deserialize`, ask for `Json<{Self}>` or `Form<{Self}>`, or implement `Event` for it"
)]
pub trait Event: Sized + Send + 'static {
    /// The name of the sender whose deliveries this type reads; `None` for a type that reads anybody's.
    const PROVIDER: Option<&'static str> = None;

    /// The kinds this type reads, as the sender writes them; a `*` at the end stands for any rest.
    const KINDS: &'static [&'static str] = &["*"];

    /// Reads the event.
    ///
    /// # Errors
    ///
    /// When the delivery is another sender's, of another kind, or not of this type's shape.
    fn read(delivery: &Verified) -> Result<Self, EventError>;
}

/// Why a delivery could not be read as an event type. Answered with 400; the sender learns nothing more.
#[derive(Debug)]
pub struct EventError {
    kind: EventErrorKind,
    source: Option<BoxError>,
}

/// The ways in which a delivery is not of an event type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventErrorKind {
    /// The delivery came from another sender.
    OtherProvider,
    /// The delivery is of another kind.
    OtherKind,
    /// The body is not of the type's shape.
    Shape,
}

impl EventError {
    /// The delivery came from another sender than the type's.
    #[must_use]
    pub fn other_provider() -> Self {
        Self {
            kind: EventErrorKind::OtherProvider,
            source: None,
        }
    }

    /// The delivery is of a kind that the type doesn't read.
    #[must_use]
    pub fn other_kind() -> Self {
        Self {
            kind: EventErrorKind::OtherKind,
            source: None,
        }
    }

    /// The body is not of the type's shape.
    pub fn shape(source: impl Into<BoxError>) -> Self {
        Self {
            kind: EventErrorKind::Shape,
            source: Some(source.into()),
        }
    }

    /// Which way it is.
    #[must_use]
    pub fn kind(&self) -> EventErrorKind {
        self.kind
    }
}

impl fmt::Display for EventError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            EventErrorKind::OtherProvider => "the delivery is another sender's; use that sender's event type",
            EventErrorKind::OtherKind => {
                "the delivery is of a kind this type doesn't read; use the sender's `Event` enum"
            }
            EventErrorKind::Shape => {
                "the body is not of this type's shape; use the sender's `Event` enum or `Json<T>`"
            }
        })
    }
}

impl Error for EventError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn Error + 'static))
    }
}
