//! The description of Gitea.

use crate::provider::description::Scheme;
use crate::provider::place::header;

/// Gitea: HMAC-SHA-256 over the body, bare hexadecimal. Id and kind are not signed. Let the hook send JSON: of a form it signs the
/// `payload` field's text instead of the body.
///
/// Source: <https://docs.gitea.com/usage/webhooks>.
pub const GITEA: Scheme = Scheme::hmac_sha256("gitea")
    .docs("https://docs.gitea.com/usage/webhooks")
    .signature(header("x-gitea-signature").hex())
    .id(header("x-gitea-delivery"))
    .kind(header("x-gitea-event"));
