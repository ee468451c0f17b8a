//! The description of Airtable.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::header;

/// Airtable: HMAC-SHA-256 over the body, hexadecimal; the key is what `macSecretBase64` is the Base64 of. A ping without content: fetch
/// the payloads by cursor.
///
/// Sources: <https://airtable.com/developers/web/api/webhooks-overview>,
/// <https://airtable.com/developers/web/api/model/webhooks-notification>.
pub const AIRTABLE: Scheme = Scheme::hmac_sha256("airtable")
    .docs("https://airtable.com/developers/web/api/webhooks-overview")
    .source(Source::ThirdParty("gtalarico/pyairtable"))
    .vectors(Vectors::Derived)
    .answer("200 or 204")
    .deadline(Duration::from_secs(25))
    .tries("later; how often is not said")
    .signature(header("x-airtable-content-mac").prefix("hmac-sha256=").hex())
    .base64_key("");
