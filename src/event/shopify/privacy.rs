//! The three topics that privacy law asks of every app: to show, and to erase.
//!
//! Source of all: <https://shopify.dev/docs/apps/build/compliance/privacy-law-compliance>.

use std::fmt;

use serde::Deserialize;

use crate::event::read::{Absent, or_default};

/// A customer wants to know what is kept of them. Tell the shop's owner within 30 days.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct CustomersDataRequest {
    /// The shop.
    pub shop_id: u64,
    /// The shop's domain: `….myshopify.com`.
    pub shop_domain: String,
    /// Whose data.
    pub customer: RedactedCustomer,
    /// The orders that it is about.
    #[serde(default, deserialize_with = "or_default")]
    pub orders_requested: Vec<u64>,
    /// The request.
    pub data_request: DataRequest,
    #[serde(rename = "orders_to_redact", default)]
    _orders_to_redact: Absent,
}

/// What is kept of a customer is to be erased within 30 days, unless the law wants it kept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct CustomersRedact {
    /// The shop.
    pub shop_id: u64,
    /// The shop's domain: `….myshopify.com`.
    pub shop_domain: String,
    /// Whose data.
    pub customer: RedactedCustomer,
    /// The orders whose personal data is to be erased.
    pub orders_to_redact: Vec<u64>,
    #[serde(rename = "data_request", default)]
    _data_request: Absent,
}

/// What is kept of a shop is to be erased: two days after the app was removed from it.
///
/// The topic is not signed, but the payload of no other privacy topic is taken for it. Compare the shop with what you know of
/// the app's removal before you erase.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ShopRedact {
    /// The shop.
    pub shop_id: u64,
    /// The shop's domain: `….myshopify.com`.
    pub shop_domain: String,
    // A request about one customer has every field of this one.
    #[serde(rename = "customer", default)]
    _customer: Absent,
    #[serde(rename = "orders_to_redact", default)]
    _orders_to_redact: Absent,
    #[serde(rename = "data_request", default)]
    _data_request: Absent,
}

/// A customer as the privacy topics name them.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct RedactedCustomer {
    /// Their id.
    pub id: u64,
    /// Their e-mail address.
    pub email: Option<String>,
    /// Their phone number.
    pub phone: Option<String>,
}

impl fmt::Debug for RedactedCustomer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedactedCustomer")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// A request for data.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct DataRequest {
    /// Its id.
    pub id: u64,
}
