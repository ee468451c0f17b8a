//! The description of ClickUp.

use crate::provider::description::Scheme;
use crate::provider::place::{header, json};

/// ClickUp: HMAC-SHA-256 over the body, hexadecimal. No delivery has one id, so events are known by their content.
///
/// Source: <https://developer.clickup.com/docs/webhooksignature>.
pub const CLICKUP: Scheme = Scheme::hmac_sha256("clickup")
    .docs("https://developer.clickup.com/docs/webhooksignature")
    .signature(header("x-signature").hex())
    .kind(json("/event"));
