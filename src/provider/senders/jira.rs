//! The description of Jira.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{header, json};

/// Jira: HMAC-SHA-256 over the body, hexadecimal. The id, the same for each try, is a header that is not signed.
///
/// It tries again on 408, 409, 425, 429, a 5xx and a time-out; what else is refused does not come again. Once an endpoint has failed
/// for half an hour, each event is tried once, until one succeeds.
///
/// Sources: <https://developer.atlassian.com/cloud/jira/platform/webhooks/>,
/// <https://community.developer.atlassian.com/t/new-jira-cloud-webhook-retry-policy/30554>; how often by others who quote the former.
pub const JIRA: Scheme = Scheme::hmac_sha256("jira")
    .docs("https://developer.atlassian.com/cloud/jira/platform/webhooks/")
    .source(Source::ThirdParty("NangoHQ/nango"))
    .vectors(Vectors::Published)
    .answer("2xx")
    .deadline(Duration::from_secs(20))
    .tries("up to 5 times, 5 to 15 minutes apart, and not after another 4xx")
    .signature(header("x-hub-signature").prefix("sha256=").hex())
    .id_if_any(header("x-atlassian-webhook-identifier"))
    .kind(json("/webhookEvent"))
    .retries(Duration::from_secs(2 * 3_600), Duration::from_secs(8 * 86_400));
