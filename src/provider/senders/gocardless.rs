//! The description of GoCardless.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::events::each;
use crate::provider::place::{header, json};

/// GoCardless: HMAC-SHA-256 over the body, bare hexadecimal. One delivery holds several events: a `SplitLayer` opens it, and
/// each is known by its id and called by what it is about: `payments.confirmed`. Without one it is known by its content.
///
/// Sources: <https://developer.gocardless.com/getting-started/staying-up-to-date-with-webhooks/>,
/// <https://support.gocardless.com/hc/en-nz/articles/360000989989-Webhook-retries-failures>.
pub const GOCARDLESS: Scheme = Scheme::hmac_sha256("gocardless")
    .docs("https://developer.gocardless.com/getting-started/staying-up-to-date-with-webhooks/")
    .source(Source::Sender("gocardless/gocardless-pro-python"))
    .vectors(Vectors::Published)
    .answer("2xx")
    .deadline(Duration::from_secs(10))
    .tries("up to 8 times at growing intervals; for how long is not said")
    .signature(header("webhook-signature").hex())
    .events(&[each("/events/*")
        .id(json("/id"))
        .kind(&[json("/resource_type"), json("/action")])
        .time(json("/created_at").rfc3339())]);
