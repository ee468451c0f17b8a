//! The envelope of a snapshot event: an object as it was when the event happened.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::{Head, check_provider};
use crate::event::read::{from_object, is_one_of, object};
use crate::event::{Event, EventError};
use crate::verified::Verified;

/// An object that a snapshot event carries.
///
/// Implement it for a type of yours to receive `Snapshot<YourType>` where this crate has none:
///
/// ```
/// use serde::Deserialize;
/// use tower_webhook::event::stripe;
///
/// #[derive(Deserialize)]
/// struct Dispute {
///     id: String,
///     amount: i64,
///     reason: String,
/// }
///
/// impl stripe::Object for Dispute {
///     const OBJECT: &'static str = "dispute";
///     const KINDS: &'static [&'static str] = &["charge.dispute.*"];
/// }
/// ```
pub trait Object: DeserializeOwned + Send + 'static {
    /// What the object's `object` field says: `charge`, `checkout.session`.
    const OBJECT: &'static str;

    /// The kinds of event that carry this object; a `*` at the end stands for any rest.
    ///
    /// Only those: `charge.*` would take in `charge.dispute.created`, which carries a dispute.
    const KINDS: &'static [&'static str];
}

/// A snapshot event with the object it is about.
///
/// The object is as it was when the event happened, in the shape of [`api_version`](Self::api_version). Events may arrive
/// out of order, so compare [`created`](Self::created) or fetch the object where the latest state matters.
///
/// Source: <https://docs.stripe.com/api/events/object>.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Snapshot<T> {
    /// The event's id, the same in every retry: `evt_…`.
    pub id: String,
    /// What happened: `invoice.paid`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it happened, in seconds since 1970.
    pub created: u64,
    /// Whether it is about real money.
    pub livemode: bool,
    /// The version whose shape the object has; it stays what it was when the event was made.
    pub api_version: Option<String>,
    /// The connected account it happened on, for a Connect endpoint: `acct_…`.
    pub account: Option<String>,
    /// The account or organization to name when fetching the object.
    pub context: Option<String>,
    /// How many endpoints have yet to answer. It changes from one attempt to the next.
    pub pending_webhooks: Option<u64>,
    /// The API request that caused it; `None` where no request did.
    pub request: Option<Request>,
    /// What the event is about.
    #[serde(deserialize_with = "object", bound(deserialize = "T: Deserialize<'de>"))]
    pub data: Data<T>,
}

/// What a snapshot event is about.
///
/// Source: <https://docs.stripe.com/api/events/object#event_object-data>.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Data<T> {
    /// The object as it was when the event happened.
    #[serde(deserialize_with = "object", bound(deserialize = "T: Deserialize<'de>"))]
    pub object: T,
    /// In `*.updated` events the changed attributes with their earlier values, as Stripe wrote them: read it with
    /// `serde_json::from_str(raw.get())` into whichever fields you follow.
    pub previous_attributes: Option<Box<RawValue>>,
}

/// The API request that caused an event.
///
/// Source: <https://docs.stripe.com/api/events/object#event_object-request>.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(from = "RequestForm")]
#[non_exhaustive]
pub struct Request {
    /// The request's id: `req_…`.
    pub id: Option<String>,
    /// The idempotency key the request was made with.
    pub idempotency_key: Option<String>,
}

/// API versions before 2017-05-25 write the request's id alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum RequestForm {
    Id(String),
    Object {
        id: Option<String>,
        idempotency_key: Option<String>,
    },
}

impl From<RequestForm> for Request {
    fn from(form: RequestForm) -> Self {
        match form {
            RequestForm::Id(id) => Self {
                id: Some(id),
                idempotency_key: None,
            },
            RequestForm::Object { id, idempotency_key } => Self { id, idempotency_key },
        }
    }
}

/// The name of the carried object, which says more surely than the event's kind what its fields are.
#[derive(Deserialize)]
struct Carried {
    object: String,
}

/// The `object` field of the object that a snapshot event carries.
pub(super) fn carried_object(document: &[u8]) -> Result<String, serde_json::Error> {
    #[derive(Deserialize)]
    struct Envelope {
        #[serde(deserialize_with = "object")]
        data: Data<Carried>,
    }
    Ok(from_object::<Envelope>(document)?.data.object.object)
}

impl<T: Object> Snapshot<T> {
    /// Reads a stored event again. Verify a delivery before you store it: this proves nothing about the document's origin.
    ///
    /// # Errors
    ///
    /// When the document is of another kind, or does not carry a `T`.
    pub fn from_document(document: &[u8]) -> Result<Self, EventError> {
        let head = from_object::<Head>(document).map_err(EventError::shape)?;
        if !head.is_snapshot() || !is_one_of(T::KINDS, &head.kind) {
            return Err(EventError::other_kind());
        }
        let carried = carried_object(document).map_err(EventError::shape)?;
        if carried != T::OBJECT {
            let expected = T::OBJECT;
            return Err(EventError::shape(format!(
                "the event does not carry a `{expected}`"
            )));
        }
        from_object(document).map_err(EventError::shape)
    }
}

impl<T: Object> Event for Snapshot<T> {
    const PROVIDER: Option<&'static str> = Some("stripe");
    const KINDS: &'static [&'static str] = T::KINDS;

    fn read(delivery: &Verified) -> Result<Self, EventError> {
        check_provider(delivery)?;
        Self::from_document(&delivery.document().map_err(EventError::shape)?)
    }
}
