//! The description of ClickUp.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{header, json};

/// ClickUp: HMAC-SHA-256 over the body, hexadecimal. No delivery has one id, so events are known by their content.
///
/// Sources: <https://developer.clickup.com/docs/webhooksignature>, <https://developer.clickup.com/docs/webhookhealth>.
pub const CLICKUP: Scheme = Scheme::hmac_sha256("clickup")
    .docs("https://developer.clickup.com/docs/webhooksignature")
    .source(Source::Excerpt("developer.clickup.com"))
    .vectors(Vectors::Derived)
    .answer("2xx")
    .deadline(Duration::from_secs(7))
    .tries("up to 5 times; when is not said")
    .signature(header("x-signature").hex())
    .kind(json("/event"));
