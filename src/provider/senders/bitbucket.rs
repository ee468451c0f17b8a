//! The description of Bitbucket.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{first_of, header};

/// Bitbucket: HMAC-SHA-256 over the body, hexadecimal, in the header that GitHub uses for SHA-1. Id and kind are not signed.
///
/// Sources: <https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/>,
/// <https://support.atlassian.com/bitbucket-cloud/docs/troubleshoot-webhooks/>.
pub const BITBUCKET: Scheme = Scheme::hmac_sha256("bitbucket")
    .docs("https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/")
    .source(Source::ThirdParty("hookdeck/webhook-skills"))
    .vectors(Vectors::Published)
    .deadline(Duration::from_secs(10))
    .tries("up to 2 more on a 5xx; when is not said")
    .signature(header("x-hub-signature").prefix("sha256=").hex())
    .id_if_any(first_of(&[header("x-request-uuid"), header("x-request-id")]))
    .kind(header("x-event-key"));
