//! Stripe's events as types: snapshot events with their objects, thin events, and everything else untouched.
//!
//! ```
//! use tower_webhook::event::stripe;
//!
//! fn received(event: stripe::Event) {
//!     match event {
//!         stripe::Event::Invoice(event) if event.kind == "invoice.paid" => {
//!             println!("{} {}", event.data.object.amount_paid, event.data.object.currency);
//!         }
//!         stripe::Event::Thin(event) => println!("fetch {:?}", event.related_object),
//!         stripe::Event::Other(event) => println!("{} is kept as it came", event.kind()),
//!         _ => {}
//!     }
//! }
//! ```
//!
//! - Amounts are `i64` in the currency's smallest unit, exactly as sent; a fraction is a misfit, never a rounding.
//! - Secrets that Stripe puts into objects (a `client_secret`) are not kept.
//! - The types are for telling what happened. For an object's every field, declare your own type and implement
//!   [`Object`] for it.

mod billing;
mod checkout;
mod field;
mod payment;
mod snapshot;
mod thin;

use bytes::Bytes;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::event::read::from_object;
use crate::event::{self, EventError, Other};
use crate::verified::Verified;

pub use billing::{
    Invoice, InvoiceParent, Price, Subscription, SubscriptionDetails, SubscriptionItem, SubscriptionItems,
};
pub use checkout::{CheckoutSession, Customer, CustomerDetails};
pub use field::{Expandable, Metadata};
pub use payment::{Charge, PaymentError, PaymentIntent};
pub use snapshot::{Data, Object, Request, Snapshot};
pub use thin::{Reason, RelatedObject, ThinEvent};

/// An event of Stripe's.
///
/// The variant follows from the object that the event carries, not from the event's kind: `charge.dispute.created` carries a
/// dispute, so it is an [`Other`](Self::Other) and not a [`Charge`](Self::Charge).
///
/// Source: <https://docs.stripe.com/api/events/types>.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// A payment from its first attempt to its end: `payment_intent.*`.
    PaymentIntent(Box<Snapshot<PaymentIntent>>),
    /// One attempt to move money: `charge.succeeded`, `charge.failed`, `charge.refunded` and the like.
    Charge(Box<Snapshot<Charge>>),
    /// An invoice: `invoice.*`.
    Invoice(Box<Snapshot<Invoice>>),
    /// A visit to the payment page: `checkout.session.*`.
    CheckoutSession(Box<Snapshot<CheckoutSession>>),
    /// A customer: `customer.created`, `customer.updated`, `customer.deleted`.
    Customer(Box<Snapshot<Customer>>),
    /// A subscription: `customer.subscription.*`.
    Subscription(Box<Snapshot<Subscription>>),
    /// An event without its object, to be fetched.
    Thin(Box<ThinEvent>),
    /// Anything else, as it came.
    Other(Other),
}

impl Event {
    /// Reads a stored delivery again, for replaying one that was verified before: this proves nothing about its origin.
    ///
    /// It never fails: what has no type here, or does not fit it, is [`Event::Other`] with every byte kept. The document
    /// says what it is; `kind` only names an event that cannot say so itself.
    #[must_use]
    pub fn from_parts(kind: &str, document: impl Into<Bytes>) -> Self {
        let document = document.into();
        let (kind, reason) = match from_object::<Head>(&document) {
            Ok(head) => match Self::typed(&head, &document) {
                Ok(Some(event)) => return event,
                Ok(None) => (head.kind, None),
                Err(error) => (head.kind, Some(error)),
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
        if head.is_thin() {
            return Ok(Some(Self::Thin(from_object(document)?)));
        }
        if !head.is_snapshot() {
            return Ok(None);
        }
        Ok(Some(match snapshot::carried_object(document)?.as_str() {
            PaymentIntent::OBJECT => Self::PaymentIntent(from_object(document)?),
            Charge::OBJECT => Self::Charge(from_object(document)?),
            Invoice::OBJECT => Self::Invoice(from_object(document)?),
            CheckoutSession::OBJECT => Self::CheckoutSession(from_object(document)?),
            Customer::OBJECT => Self::Customer(from_object(document)?),
            Subscription::OBJECT => Self::Subscription(from_object(document)?),
            _ => return Ok(None),
        }))
    }

    /// What happened: `invoice.paid`.
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Self::PaymentIntent(event) => &event.kind,
            Self::Charge(event) => &event.kind,
            Self::Invoice(event) => &event.kind,
            Self::CheckoutSession(event) => &event.kind,
            Self::Customer(event) => &event.kind,
            Self::Subscription(event) => &event.kind,
            Self::Thin(event) => &event.kind,
            Self::Other(event) => event.kind(),
        }
    }
}

impl event::Event for Event {
    const PROVIDER: Option<&'static str> = Some("stripe");

    fn read(delivery: &Verified) -> Result<Self, EventError> {
        check_provider(delivery)?;
        let kind = delivery.kind().map_or("", |kind| kind.value());
        let document = delivery.document().unwrap_or_else(|_| delivery.body().clone());
        Ok(Self::from_parts(kind, document))
    }
}

/// What tells one of Stripe's events from another.
#[derive(Deserialize)]
struct Head {
    // Read for one reason: an event with two ids must fit no type, not even an unknown one.
    #[serde(rename = "id")]
    _id: IgnoredAny,
    object: String,
    #[serde(rename = "type")]
    kind: String,
}

impl Head {
    fn is_snapshot(&self) -> bool {
        self.object == "event"
    }

    fn is_thin(&self) -> bool {
        self.object == "v2.core.event"
    }
}

fn check_provider(delivery: &Verified) -> Result<(), EventError> {
    if delivery.provider() == "stripe" {
        Ok(())
    } else {
        Err(EventError::other_provider())
    }
}
