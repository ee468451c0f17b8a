//! Thin events: what happened and where to fetch the rest.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::snapshot::Request;
use super::{Head, check_provider};
use crate::event::read::from_object;
use crate::event::{Event, EventError};
use crate::verified::Verified;

/// A thin event: it names the object it is about and leaves fetching it to you.
///
/// Source: <https://docs.stripe.com/api/v2/core/events/object> and <https://docs.stripe.com/event-destinations#thin-events>.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct ThinEvent {
    /// The event's id, the same in every retry: `evt_…`.
    pub id: String,
    /// What happened: `v1.billing.meter.error_report_triggered`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it happened, as Stripe writes it: `2024-09-17T06:20:52.246Z`.
    pub created: String,
    /// Whether it is about real money.
    pub livemode: Option<bool>,
    /// The account or organization to name when fetching the event or the object.
    pub context: Option<String>,
    /// The object it is about; `None` where it is about none in particular.
    pub related_object: Option<RelatedObject>,
    /// What caused it.
    pub reason: Option<Reason>,
    /// More about the event, as Stripe wrote it. Its shape depends on the kind; most deliveries leave it to be fetched.
    pub data: Option<Box<RawValue>>,
    /// The changed fields before and after, as Stripe wrote them. Most deliveries leave it to be fetched.
    pub changes: Option<Box<RawValue>>,
}

/// Where to fetch the object that a thin event is about.
///
/// Source: <https://docs.stripe.com/api/v2/core/events/object>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct RelatedObject {
    /// The object's id.
    pub id: String,
    /// What the object is: `billing.meter`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The path to fetch it from, below `https://api.stripe.com`.
    pub url: Option<String>,
}

/// What caused a thin event.
///
/// Source: <https://docs.stripe.com/api/v2/core/events/object>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Reason {
    /// The kind of cause: `request`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The API request, where it was one.
    pub request: Option<Request>,
}

impl ThinEvent {
    /// Reads a stored event again. Verify a delivery before you store it: this proves nothing about the document's origin.
    ///
    /// # Errors
    ///
    /// When the document is a snapshot event, or is not of a thin event's shape.
    pub fn from_document(document: &[u8]) -> Result<Self, EventError> {
        let head = from_object::<Head>(document).map_err(EventError::shape)?;
        if !head.is_thin() {
            return Err(EventError::other_kind());
        }
        from_object(document).map_err(EventError::shape)
    }
}

impl Event for ThinEvent {
    const PROVIDER: Option<&'static str> = Some("stripe");
    /// A thin event's kind begins with the version of the API that its object belongs to.
    const KINDS: &'static [&'static str] = &["v1.*", "v2.*"];

    fn read(delivery: &Verified) -> Result<Self, EventError> {
        check_provider(delivery)?;
        Self::from_document(&delivery.document().map_err(EventError::shape)?)
    }
}
