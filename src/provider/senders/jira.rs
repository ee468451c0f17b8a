//! The description of Jira.

use crate::provider::description::Scheme;
use crate::provider::place::{header, json};

/// Jira: HMAC-SHA-256 over the body, hexadecimal. The id, the same for each try, is a header that is not signed.
///
/// Source: <https://developer.atlassian.com/cloud/jira/platform/webhooks/>.
pub const JIRA: Scheme = Scheme::hmac_sha256("jira")
    .docs("https://developer.atlassian.com/cloud/jira/platform/webhooks/")
    .signature(header("x-hub-signature").prefix("sha256=").hex())
    .id_if_any(header("x-atlassian-webhook-identifier"))
    .kind(json("/webhookEvent"));
