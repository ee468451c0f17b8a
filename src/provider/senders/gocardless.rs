//! The description of GoCardless.

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::events::each;
use crate::provider::place::{header, json};

/// GoCardless: HMAC-SHA-256 over the body, bare hexadecimal. One delivery holds several events: a `SplitLayer` opens it, and
/// each is known by its id and called by what it is about: `payments.confirmed`. Without one it is known by its content.
///
/// Source: <https://developer.gocardless.com/getting-started/staying-up-to-date-with-webhooks/>.
pub const GOCARDLESS: Scheme = Scheme::hmac_sha256("gocardless")
    .docs("https://developer.gocardless.com/getting-started/staying-up-to-date-with-webhooks/")
    .source(Source::Sender("gocardless/gocardless-pro-python"))
    .vectors(Vectors::Published)
    .signature(header("webhook-signature").hex())
    .events(&[each("/events/*")
        .id(json("/id"))
        .kind(&[json("/resource_type"), json("/action")])
        .time(json("/created_at").rfc3339())]);
