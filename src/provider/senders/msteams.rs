//! The description of Microsoft Teams outgoing webhooks.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{header, json};

/// Microsoft Teams outgoing webhooks: HMAC-SHA-256 over the body, Base64, as `Authorization: HMAC …`; the key is what the secret is the Base64 of. Teams waits
/// 5 seconds for the answer and does not try again.
///
/// Source: <https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-outgoing-webhook>.
pub const MSTEAMS: Scheme = Scheme::hmac_sha256("msteams")
    .docs("https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-outgoing-webhook")
    .source(Source::Sender("MicrosoftDocs/msteams-docs"))
    .vectors(Vectors::Derived)
    .answer("200 with a message")
    .deadline(Duration::from_secs(5))
    .tries("never")
    .signature(header("authorization").prefix("HMAC ").base64())
    .id(json("/id"))
    .kind(json("/type"))
    .base64_key("")
    .retries(Duration::ZERO, Duration::from_secs(86_400));
