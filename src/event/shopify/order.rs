//! Orders.

use serde::Deserialize;

use super::customer::{Address, Customer};
use crate::event::read::or_default;

/// An order, as it was when the event happened.
///
/// What opens the order to whoever holds it (its `token` and the address of its status page) is not kept.
///
/// Source: <https://shopify.dev/docs/api/webhooks/latest#list-of-topics-orders/create>,
/// <https://shopify.dev/docs/api/admin-rest/latest/resources/order#resource-object>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Order {
    /// Its id.
    pub id: u64,
    /// Its id in the GraphQL API: `gid://shopify/Order/…`.
    pub admin_graphql_api_id: Option<String>,
    /// Its name in the shop: `#1001`.
    pub name: String,
    /// Its number in the shop, counted from 1001.
    pub order_number: Option<u64>,
    /// When it was made, in RFC 3339.
    pub created_at: String,
    /// When it was last changed, in RFC 3339. Events may arrive out of order: compare it.
    pub updated_at: Option<String>,
    /// When it was paid or taken over, in RFC 3339.
    pub processed_at: Option<String>,
    /// When it was cancelled, in RFC 3339; `None` while it isn't.
    pub cancelled_at: Option<String>,
    /// Why it was cancelled: `customer`, `fraud`, `inventory`, `declined`, `other`.
    pub cancel_reason: Option<String>,
    /// When it was closed, in RFC 3339.
    pub closed_at: Option<String>,
    /// The shop's currency, in three letters.
    pub currency: String,
    /// The currency that the customer saw.
    pub presentment_currency: Option<String>,
    /// What the items cost, with discounts and without shipping, in the shop's currency.
    pub subtotal_price: Option<String>,
    /// What it cost when it was made, in the shop's currency.
    pub total_price: String,
    /// What it costs now, after edits and refunds, in the shop's currency.
    pub current_total_price: Option<String>,
    /// The taxes in it.
    pub total_tax: Option<String>,
    /// The discounts on it.
    pub total_discounts: Option<String>,
    /// How far it is paid: `pending`, `authorized`, `partially_paid`, `paid`, `partially_refunded`, `refunded`, `voided`.
    pub financial_status: Option<String>,
    /// How far it is sent: `fulfilled`, `partial`, `restocked`; `None` while nothing is.
    pub fulfillment_status: Option<String>,
    /// Whether it is a test.
    #[serde(default, deserialize_with = "or_default")]
    pub test: bool,
    /// Its tags, separated by commas.
    #[serde(default, deserialize_with = "or_default")]
    pub tags: String,
    /// What stands in it.
    pub line_items: Vec<LineItem>,
    /// Who ordered; `None` for an order without a customer.
    pub customer: Option<Customer>,
    /// Where it goes.
    pub shipping_address: Option<Address>,
    /// Where the bill goes.
    pub billing_address: Option<Address>,
}

/// An item of an order.
///
/// Source: <https://shopify.dev/docs/api/admin-rest/latest/resources/order#resource-object>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct LineItem {
    /// Its id.
    pub id: u64,
    /// The product; `None` for an item of its own or a product that is gone.
    pub product_id: Option<u64>,
    /// The product's variant.
    pub variant_id: Option<u64>,
    /// The product's name.
    #[serde(default, deserialize_with = "or_default")]
    pub title: String,
    /// The shop's own number of it.
    pub sku: Option<String>,
    /// How many.
    pub quantity: u64,
    /// What one costs before discounts, in the shop's currency.
    pub price: String,
    /// The discount on it.
    pub total_discount: Option<String>,
    /// Whether it is a gift card.
    #[serde(default, deserialize_with = "or_default")]
    pub gift_card: bool,
    /// Whether it has to be sent.
    #[serde(default, deserialize_with = "or_default")]
    pub requires_shipping: bool,
}
