//! Customers and their addresses.

use std::fmt;

use serde::Deserialize;

use crate::event::read::{Absent, or_default};

/// A customer; of a deleted one little more than the id.
///
/// Source: <https://shopify.dev/docs/api/webhooks/latest#list-of-topics-customers/create>,
/// <https://shopify.dev/docs/api/admin-rest/latest/resources/customer#resource-object>.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Customer {
    /// Their id.
    pub id: u64,
    /// Their id in the GraphQL API: `gid://shopify/Customer/…`.
    pub admin_graphql_api_id: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
    /// Whether they have shown that it is theirs.
    #[serde(default, deserialize_with = "or_default")]
    pub verified_email: bool,
    /// Their phone number.
    pub phone: Option<String>,
    /// Their first name.
    pub first_name: Option<String>,
    /// Their last name.
    pub last_name: Option<String>,
    /// The state of their account: `disabled`, `invited`, `enabled`, `declined`.
    pub state: Option<String>,
    /// Their tags, separated by commas.
    #[serde(default, deserialize_with = "or_default")]
    pub tags: String,
    /// What the shop notes of them.
    pub note: Option<String>,
    /// When they were made, in RFC 3339.
    pub created_at: Option<String>,
    /// When they were last changed, in RFC 3339.
    pub updated_at: Option<String>,
    /// Their first address.
    pub default_address: Option<Address>,
    // An order has an id too, and is none.
    #[serde(rename = "line_items", default)]
    _line_items: Absent,
    // So has a shop.
    #[serde(rename = "myshopify_domain", default)]
    _myshopify_domain: Absent,
}

impl fmt::Debug for Customer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Customer")
            .field("id", &self.id)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// Where somebody lives or a parcel goes.
///
/// Source: <https://shopify.dev/docs/api/admin-rest/latest/resources/customer-address#resource-object>.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Address {
    /// Whose.
    pub name: Option<String>,
    /// The company.
    pub company: Option<String>,
    /// The street.
    pub address1: Option<String>,
    /// More of it.
    pub address2: Option<String>,
    /// The city.
    pub city: Option<String>,
    /// The postal code.
    pub zip: Option<String>,
    /// The province's code.
    pub province_code: Option<String>,
    /// The country's code, in two letters.
    pub country_code: Option<String>,
    /// A phone number.
    pub phone: Option<String>,
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Address")
            .field("country_code", &self.country_code)
            .finish_non_exhaustive()
    }
}
