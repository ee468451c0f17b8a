//! The description of GitLab with a signing token.

use crate::provider::description::Scheme;
use crate::provider::place::{Part, first_of, header, json};

/// GitLab with a signing token: Standard Webhooks' scheme. The older secret token, a plain `X-Gitlab-Token` header, signs nothing and is not accepted.
/// `Idempotency-Key` is the same for each try of an event.
///
/// Source: <https://docs.gitlab.com/user/project/integrations/webhooks/>.
pub const GITLAB: Scheme = Scheme::hmac_sha256("gitlab")
    .docs("https://docs.gitlab.com/user/project/integrations/webhooks/")
    .signature(header("webhook-signature").list("v1").base64())
    .base64_key("whsec_")
    .content(&[
        Part::Header("webhook-id"),
        Part::Text("."),
        Part::Header("webhook-timestamp"),
        Part::Text("."),
        Part::Body,
    ])
    .timestamp(header("webhook-timestamp").unix_seconds())
    .id(header("idempotency-key"))
    .kind(first_of(&[header("x-gitlab-event"), json("/object_kind")]));
