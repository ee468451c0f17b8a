//! Shops.

use std::fmt;

use serde::Deserialize;

/// A shop that the app was removed from.
///
/// Other topics carry the same payload (`shop/update`), and the topic is not signed: before you delete anything, see whether the
/// shop's access token still works.
///
/// Source: <https://shopify.dev/docs/api/webhooks/latest#list-of-topics-app/uninstalled>,
/// <https://shopify.dev/docs/api/admin-rest/latest/resources/shop#resource-object>.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Shop {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Its address in the web.
    pub domain: Option<String>,
    /// Its domain at Shopify, which it keeps: `….myshopify.com`.
    pub myshopify_domain: String,
    /// Its owner's e-mail address.
    pub email: Option<String>,
    /// Its plan.
    pub plan_name: Option<String>,
    /// Its country, in two letters.
    pub country_code: Option<String>,
    /// Its currency, in three letters.
    pub currency: Option<String>,
}

impl fmt::Debug for Shop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shop")
            .field("id", &self.id)
            .field("myshopify_domain", &self.myshopify_domain)
            .finish_non_exhaustive()
    }
}
