//! Buyers: what is on record of them and what they do at the payment page.

use serde::Deserialize;

use super::field::{Expandable, Metadata, metadata};
use super::snapshot::Object;
use crate::event::read::or_default;

/// A visit to the payment page.
///
/// Its `client_secret` and `url` are left out on purpose: whoever has them can act in the buyer's place.
///
/// Source: <https://docs.stripe.com/api/checkout/sessions/object>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct CheckoutSession {
    /// Its id: `cs_…`.
    pub id: String,
    /// `payment`, `setup` or `subscription`.
    pub mode: String,
    /// Where it stands: `open`, `complete` or `expired`.
    pub status: Option<String>,
    /// Whether it is paid: `paid`, `unpaid` or `no_payment_required`. A complete session may still be unpaid, with a payment
    /// method that takes days; `checkout.session.async_payment_succeeded` tells later.
    pub payment_status: String,
    /// The sum before discounts and taxes, in the currency's smallest unit.
    pub amount_subtotal: Option<i64>,
    /// The sum after discounts and taxes.
    pub amount_total: Option<i64>,
    /// The three-letter currency code, in lower case.
    pub currency: Option<String>,
    /// When it was made, in seconds since 1970.
    pub created: u64,
    /// When it expires, in seconds since 1970.
    pub expires_at: Option<u64>,
    /// Your own reference: a cart's or an order's.
    pub client_reference_id: Option<String>,
    /// Who buys, where they are on record.
    pub customer: Option<Expandable>,
    /// The address that the form was filled with beforehand.
    pub customer_email: Option<String>,
    /// What the buyer wrote into the form.
    pub customer_details: Option<CustomerDetails>,
    /// The payment, in mode `payment`.
    pub payment_intent: Option<Expandable>,
    /// The payment method's set-up, in mode `setup`.
    pub setup_intent: Option<Expandable>,
    /// The subscription, in mode `subscription`.
    pub subscription: Option<Expandable>,
    /// The invoice, where one is made.
    pub invoice: Option<Expandable>,
    /// The payment link that led here.
    pub payment_link: Option<Expandable>,
    /// What you attached to it.
    #[serde(default, deserialize_with = "metadata")]
    pub metadata: Metadata,
}

impl Object for CheckoutSession {
    const OBJECT: &'static str = "checkout.session";
    const KINDS: &'static [&'static str] = &["checkout.session.*"];
}

/// What a buyer wrote into the payment page's form.
///
/// Source: <https://docs.stripe.com/api/checkout/sessions/object#checkout_session_object-customer_details>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct CustomerDetails {
    /// The buyer's address.
    pub email: Option<String>,
    /// The buyer's name.
    pub name: Option<String>,
    /// The buyer's telephone number.
    pub phone: Option<String>,
}

/// A customer on record.
///
/// Source: <https://docs.stripe.com/api/customers/object>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Customer {
    /// Its id: `cus_…`.
    pub id: String,
    /// When the record was made, in seconds since 1970.
    pub created: Option<u64>,
    /// The customer's address.
    pub email: Option<String>,
    /// The customer's name.
    pub name: Option<String>,
    /// The customer's telephone number.
    pub phone: Option<String>,
    /// Your words about the customer.
    pub description: Option<String>,
    /// The three-letter code of the currency that the customer's invoices are in, in lower case.
    pub currency: Option<String>,
    /// What the next invoice is raised by, in the currency's smallest unit; negative where the customer has credit.
    #[serde(default, deserialize_with = "or_default")]
    pub balance: i64,
    /// Whether the latest invoice is overdue.
    #[serde(default, deserialize_with = "or_default")]
    pub delinquent: bool,
    /// What is paid with, in the older way of sources.
    pub default_source: Option<Expandable>,
    /// What you attached to the record.
    #[serde(default, deserialize_with = "metadata")]
    pub metadata: Metadata,
}

impl Object for Customer {
    const OBJECT: &'static str = "customer";
    // One by one: `customer.subscription.*`, `customer.source.*`, `customer.discount.*` and others carry other objects.
    const KINDS: &'static [&'static str] = &["customer.created", "customer.deleted", "customer.updated"];
}
