//! Typed events of Shopify: orders, customers, the app's removal and the three privacy topics.
//!
//! ```
//! use tower_webhook::event::shopify;
//!
//! fn received(event: shopify::Event) {
//!     match event {
//!         shopify::Event::OrderPaid(order) if order.financial_status.as_deref() == Some("paid") => {
//!             println!("{} {}", order.total_price, order.currency);
//!         }
//!         shopify::Event::ShopRedact(request) => println!("erase what is kept of {}", request.shop_domain),
//!         shopify::Event::Other(event) => println!("{} is kept as it came", event.kind()),
//!         _ => {}
//!     }
//! }
//! ```
//!
//! - Shopify signs the body and not the `X-Shopify-Topic` header that names the topic, and the topics of an order share one shape.
//!   Whoever resends a genuine delivery can give it another topic of the same shape. Act on what the body says (an order's
//!   `financial_status`, its `cancelled_at`), and ask the API before you delete anything.
//! - The privacy topics refuse each other's payloads, so that a request about one customer can't be turned into one about the
//!   whole shop.
//! - Amounts are texts, exactly as sent. `Debug` shows no name, address, e-mail or phone number.
//!
//! Source: <https://shopify.dev/docs/api/webhooks/latest>.

mod customer;
mod order;
mod privacy;
mod shop;

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::event::read::{from_object, is_one_of};
use crate::event::{self, EventError, Other};
use crate::verified::Verified;

pub use customer::{Address, Customer};
pub use order::{LineItem, Order};
pub use privacy::{CustomersDataRequest, CustomersRedact, DataRequest, RedactedCustomer, ShopRedact};
pub use shop::Shop;

/// An event of Shopify. Each payload is boxed, so that an event is small whatever it carries.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// An order was made.
    OrderCreated(Box<Order>),
    /// An order was changed.
    OrderUpdated(Box<Order>),
    /// An order was paid in full.
    OrderPaid(Box<Order>),
    /// An order was cancelled.
    OrderCancelled(Box<Order>),
    /// All of an order was sent.
    OrderFulfilled(Box<Order>),
    /// A part of an order was sent.
    OrderPartiallyFulfilled(Box<Order>),
    /// A customer was made.
    CustomerCreated(Box<Customer>),
    /// A customer was changed.
    CustomerUpdated(Box<Customer>),
    /// A customer was deleted.
    CustomerDeleted(Box<Customer>),
    /// A customer's account was opened.
    CustomerEnabled(Box<Customer>),
    /// A customer's account was closed.
    CustomerDisabled(Box<Customer>),
    /// The app was removed from the shop.
    AppUninstalled(Box<Shop>),
    /// A customer wants to know what is kept of them.
    CustomersDataRequest(Box<CustomersDataRequest>),
    /// What is kept of a customer is to be erased.
    CustomersRedact(Box<CustomersRedact>),
    /// What is kept of a shop is to be erased.
    ShopRedact(Box<ShopRedact>),
    /// Anything else, as it came.
    Other(Other),
}

/// Joins each topic to its variant and its payload, once.
macro_rules! topics {
    ($($topic:literal => $name:ident,)+) => {
        impl Event {
            /// Reads a payload as the type of its topic; `None` when the topic has none.
            fn typed(topic: &str, document: &[u8]) -> Option<Result<Self, serde_json::Error>> {
                match topic {
                    $($topic => Some(from_object(document).map(|event| Self::$name(Box::new(event)))),)+
                    _ => None,
                }
            }

            /// The event's topic, as Shopify's `X-Shopify-Topic` header names it.
            #[must_use]
            pub fn kind(&self) -> &str {
                match self {
                    $(Self::$name(_) => $topic,)+
                    Self::Other(other) => other.kind(),
                }
            }
        }
    };
}

topics! {
    "orders/create" => OrderCreated,
    "orders/updated" => OrderUpdated,
    "orders/paid" => OrderPaid,
    "orders/cancelled" => OrderCancelled,
    "orders/fulfilled" => OrderFulfilled,
    "orders/partially_fulfilled" => OrderPartiallyFulfilled,
    "customers/create" => CustomerCreated,
    "customers/update" => CustomerUpdated,
    "customers/delete" => CustomerDeleted,
    "customers/enable" => CustomerEnabled,
    "customers/disable" => CustomerDisabled,
    "app/uninstalled" => AppUninstalled,
    "customers/data_request" => CustomersDataRequest,
    "customers/redact" => CustomersRedact,
    "shop/redact" => ShopRedact,
}

/// Each payload is an event type of its own too, for the topics that carry it.
macro_rules! payloads {
    ($($payload:ty: $topics:expr,)+) => {$(
        impl event::Event for $payload {
            const PROVIDER: Option<&'static str> = Some(PROVIDER);
            const KINDS: &'static [&'static str] = $topics;

            fn read(delivery: &Verified) -> Result<Self, EventError> {
                read_document(delivery)
            }
        }
    )+};
}

payloads! {
    Order: &["orders/create", "orders/updated", "orders/paid", "orders/cancelled", "orders/fulfilled", "orders/partially_fulfilled"],
    Customer: &["customers/create", "customers/update", "customers/delete", "customers/enable", "customers/disable"],
    Shop: &["app/uninstalled"],
    CustomersDataRequest: &["customers/data_request"],
    CustomersRedact: &["customers/redact"],
    ShopRedact: &["shop/redact"],
}

impl Event {
    /// Reads an event from its topic and its JSON document, for replaying a stored delivery that was verified before.
    ///
    /// Nothing is verified here: what arrives over the network goes through a [`VerifyLayer`](crate::VerifyLayer).
    #[must_use]
    pub fn from_parts(topic: &str, document: impl Into<Bytes>) -> Self {
        let document = document.into();
        match Self::typed(topic, &document) {
            Some(Ok(event)) => event,
            Some(Err(error)) => Self::Other(Other::misshapen(topic, document, error)),
            None => Self::Other(Other::unknown(topic, document)),
        }
    }
}

impl event::Event for Event {
    const PROVIDER: Option<&'static str> = Some(PROVIDER);

    fn read(delivery: &Verified) -> Result<Self, EventError> {
        if delivery.provider() != PROVIDER {
            return Err(EventError::other_provider());
        }
        Ok(Self::from_parts(topic(delivery), delivery.body().clone()))
    }
}

fn read_document<T: event::Event + DeserializeOwned>(delivery: &Verified) -> Result<T, EventError> {
    if delivery.provider() != PROVIDER {
        return Err(EventError::other_provider());
    }
    if !is_one_of(T::KINDS, topic(delivery)) {
        return Err(EventError::other_kind());
    }
    from_object(delivery.body()).map_err(EventError::shape)
}

fn topic(delivery: &Verified) -> &str {
    delivery.kind().map_or("", |kind| *kind.value())
}

const PROVIDER: &str = "shopify";
