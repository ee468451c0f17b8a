//! The description of Linear.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{header, json};

/// Linear: HMAC-SHA-256 over the body, hexadecimal. The time, in milliseconds, is in the body and so signed; the id is a header that is
/// not.
///
/// Sources: <https://linear.app/developers/webhooks>, <https://developers.linear.app/docs/graphql/webhooks>.
pub const LINEAR: Scheme = Scheme::hmac_sha256("linear")
    .docs("https://linear.app/developers/webhooks")
    .source(Source::Sender("linear/linear"))
    .vectors(Vectors::Derived)
    .answer("200")
    .deadline(Duration::from_secs(5))
    .tries("up to 3 more: after 1 minute, 1 hour and 6 hours")
    .signature(header("linear-signature").hex())
    .id(header("linear-delivery"))
    .kind(json("/type"))
    .timestamp(json("/webhookTimestamp").unix_milliseconds().if_any())
    .tolerance(Duration::from_secs(60))
    .unstable(&["/webhookTimestamp"])
    .retries(Duration::from_secs(8 * 3_600), Duration::from_secs(8 * 86_400));
