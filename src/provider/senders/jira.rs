//! The description of Jira.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{header, json};

/// Jira: HMAC-SHA-256 over the body, hexadecimal. The id, the same for each try, is a header that is not signed.
///
/// Source: <https://developer.atlassian.com/cloud/jira/platform/webhooks/>.
pub const JIRA: Scheme = Scheme::hmac_sha256("jira")
    .docs("https://developer.atlassian.com/cloud/jira/platform/webhooks/")
    .source(Source::ThirdParty("NangoHQ/nango"))
    .vectors(Vectors::Published)
    .answer("2xx")
    .deadline(Duration::from_secs(20))
    .signature(header("x-hub-signature").prefix("sha256=").hex())
    .id_if_any(header("x-atlassian-webhook-identifier"))
    .kind(json("/webhookEvent"));
