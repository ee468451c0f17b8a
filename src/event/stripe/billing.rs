//! Recurring business: subscriptions and the invoices they raise.

use serde::Deserialize;

use super::field::{Expandable, Metadata, metadata};
use super::snapshot::Object;
use crate::event::read::or_default;

/// An invoice.
///
/// Source: <https://docs.stripe.com/api/invoices/object>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Invoice {
    /// Its id: `in_…`. An `invoice.upcoming` event announces an invoice that does not exist yet and has none.
    pub id: Option<String>,
    /// The number printed on it, once it is final.
    pub number: Option<String>,
    /// Where it stands: `draft`, `open`, `paid`, `uncollectible` or `void`.
    pub status: Option<String>,
    /// The three-letter currency code, in lower case.
    pub currency: String,
    /// The sum before discounts and taxes, in the currency's smallest unit.
    pub subtotal: i64,
    /// The sum after discounts and taxes; negative where it is in the customer's favour.
    pub total: i64,
    /// What the customer is asked for.
    pub amount_due: i64,
    /// What the customer has paid.
    pub amount_paid: i64,
    /// What the customer still owes.
    pub amount_remaining: i64,
    /// When it was made, in seconds since 1970.
    pub created: u64,
    /// Who is to pay.
    pub customer: Option<Expandable>,
    /// The customer's address when the invoice became final.
    pub customer_email: Option<String>,
    /// Why there is an invoice: `subscription_cycle`, `subscription_create`, `manual` and others.
    pub billing_reason: Option<String>,
    /// `charge_automatically` or `send_invoice`.
    pub collection_method: Option<String>,
    /// How often collecting it was tried.
    #[serde(default, deserialize_with = "or_default")]
    pub attempt_count: u64,
    /// When it is tried next, in seconds since 1970.
    pub next_payment_attempt: Option<u64>,
    /// When it is due, in seconds since 1970.
    pub due_date: Option<u64>,
    /// What raised it. API versions before 2025-03-31 write [`subscription`](Self::subscription_id) instead.
    pub parent: Option<InvoiceParent>,
    /// What you attached to it.
    #[serde(default, deserialize_with = "metadata")]
    pub metadata: Metadata,
    subscription: Option<Expandable>,
}

impl Invoice {
    /// The subscription that raised the invoice, wherever the API version writes it.
    #[must_use]
    pub fn subscription_id(&self) -> Option<&str> {
        let parent = self.parent.as_ref();
        let details = parent.and_then(|parent| parent.subscription_details.as_ref());
        details
            .and_then(|details| details.subscription.as_ref())
            .or(self.subscription.as_ref())
            .map(Expandable::id)
    }
}

impl Object for Invoice {
    const OBJECT: &'static str = "invoice";
    const KINDS: &'static [&'static str] = &["invoice.*"];
}

/// What raised an invoice.
///
/// Source: <https://docs.stripe.com/api/invoices/object#invoice_object-parent>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct InvoiceParent {
    /// `subscription_details` or `quote_details`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// The subscription, where it was one.
    pub subscription_details: Option<SubscriptionDetails>,
}

/// The subscription that raised an invoice.
///
/// Source: <https://docs.stripe.com/api/invoices/object#invoice_object-parent-subscription_details>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct SubscriptionDetails {
    /// The subscription.
    pub subscription: Option<Expandable>,
    /// What was attached to the subscription when the invoice became final.
    #[serde(default, deserialize_with = "metadata")]
    pub metadata: Metadata,
}

/// A subscription.
///
/// Source: <https://docs.stripe.com/api/subscriptions/object>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Subscription {
    /// Its id: `sub_…`.
    pub id: String,
    /// Where it stands: `trialing`, `active`, `past_due`, `canceled`, `unpaid`, `paused` and others.
    pub status: String,
    /// Who subscribed.
    pub customer: Expandable,
    /// When it was made, in seconds since 1970.
    pub created: u64,
    /// The three-letter currency code, in lower case.
    pub currency: Option<String>,
    /// What is subscribed to.
    #[serde(default, deserialize_with = "or_default")]
    pub items: SubscriptionItems,
    /// Whether it ends with the period under way.
    #[serde(default, deserialize_with = "or_default")]
    pub cancel_at_period_end: bool,
    /// When it is going to end, in seconds since 1970.
    pub cancel_at: Option<u64>,
    /// When somebody canceled it, in seconds since 1970.
    pub canceled_at: Option<u64>,
    /// When it ended, in seconds since 1970.
    pub ended_at: Option<u64>,
    /// When it began, in seconds since 1970.
    pub start_date: Option<u64>,
    /// When its trial began, in seconds since 1970.
    pub trial_start: Option<u64>,
    /// When its trial ends, in seconds since 1970.
    pub trial_end: Option<u64>,
    /// When the period under way began, in API versions before 2025-03-31; later ones say so of each item.
    pub current_period_start: Option<u64>,
    /// When the period under way ends, in API versions before 2025-03-31; later ones say so of each item.
    pub current_period_end: Option<u64>,
    /// The latest invoice it raised.
    pub latest_invoice: Option<Expandable>,
    /// What is paid with.
    pub default_payment_method: Option<Expandable>,
    /// What you attached to it.
    #[serde(default, deserialize_with = "metadata")]
    pub metadata: Metadata,
}

impl Object for Subscription {
    const OBJECT: &'static str = "subscription";
    const KINDS: &'static [&'static str] = &["customer.subscription.*"];
}

/// The first items of a subscription.
///
/// Source: <https://docs.stripe.com/api/subscriptions/object#subscription_object-items>.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[non_exhaustive]
pub struct SubscriptionItems {
    /// The items that fit into the event.
    pub data: Vec<SubscriptionItem>,
    /// Whether there are more, to be fetched.
    #[serde(default, deserialize_with = "or_default")]
    pub has_more: bool,
}

/// One thing subscribed to.
///
/// Source: <https://docs.stripe.com/api/subscription_items/object>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct SubscriptionItem {
    /// Its id: `si_…`.
    pub id: String,
    /// What it costs.
    pub price: Option<Price>,
    /// How many of it; `None` where it is metered.
    pub quantity: Option<u64>,
    /// When the period under way began, in seconds since 1970.
    pub current_period_start: Option<u64>,
    /// When the period under way ends, in seconds since 1970.
    pub current_period_end: Option<u64>,
}

/// What something costs.
///
/// Source: <https://docs.stripe.com/api/prices/object>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Price {
    /// Its id: `price_…`.
    pub id: String,
    /// The three-letter currency code, in lower case.
    pub currency: String,
    /// The price of one, in the currency's smallest unit; `None` where it is tiered or finer than that unit.
    pub unit_amount: Option<i64>,
    /// What is sold.
    pub product: Option<Expandable>,
    /// The name you look it up by.
    pub lookup_key: Option<String>,
}
