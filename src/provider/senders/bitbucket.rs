//! The description of Bitbucket.

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{first_of, header};

/// Bitbucket: HMAC-SHA-256 over the body, hexadecimal, in the header that GitHub uses for SHA-1. Id and kind are not signed.
///
/// Source: <https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/>.
pub const BITBUCKET: Scheme = Scheme::hmac_sha256("bitbucket")
    .docs("https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/")
    .source(Source::ThirdParty("hookdeck/webhook-skills"))
    .vectors(Vectors::Published)
    .signature(header("x-hub-signature").prefix("sha256=").hex())
    .id_if_any(first_of(&[header("x-request-uuid"), header("x-request-id")]))
    .kind(header("x-event-key"));
