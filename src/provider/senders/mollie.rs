//! The description of Mollie's next-generation webhooks.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{header, json};

/// Mollie, next generation: HMAC-SHA-256 over the body, hexadecimal behind `sha256=`; the header stands twice for a day after the
/// secret was changed. Ten tries over 26 hours. Classic webhooks are a form with an id and no signature: ask Mollie's API about it.
///
/// Source: <https://docs.mollie.com/reference/webhooks-new>.
pub const MOLLIE: Scheme = Scheme::hmac_sha256("mollie")
    .docs("https://docs.mollie.com/reference/webhooks-new")
    .source(Source::ThirdParty("hookdeck/webhook-skills"))
    .vectors(Vectors::Derived)
    .answer("200")
    .deadline(Duration::from_secs(15))
    .tries("10 times in 26 hours")
    .signature(header("x-mollie-signature").repeated("sha256=").hex())
    .id_if_any(json("/id"))
    .kind(json("/type"))
    .retries(Duration::from_secs(26 * 3_600), Duration::from_secs(8 * 86_400));
