//! The description of Intercom.

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{header, json};

/// Intercom: HMAC-SHA-1 over the body, hexadecimal; the key is the app's client secret. `delivery_attempts` counts the tries.
///
/// Source: <https://developers.intercom.com/docs/references/webhooks/webhook-models>.
pub const INTERCOM: Scheme = Scheme::hmac_sha1("intercom")
    .docs("https://developers.intercom.com/docs/references/webhooks/webhook-models")
    .source(Source::ThirdParty("hookdeck/webhook-skills"))
    .vectors(Vectors::Derived)
    .signature(header("x-hub-signature").prefix("sha1=").hex())
    .id(json("/id"))
    .kind(json("/topic"))
    .unstable(&["/delivery_attempts", "/delivery_status", "/delivered_at"]);
