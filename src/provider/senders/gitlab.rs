//! The description of GitLab with a signing token.

use super::STANDARD_WEBHOOKS;
use crate::provider::description::Scheme;
use crate::provider::place::{first_of, header, json};

/// GitLab with a signing token: Standard Webhooks' scheme. The older secret token, a plain `X-Gitlab-Token` header, signs nothing and is not accepted.
/// `Idempotency-Key` is the same for each try of an event.
///
/// Source: <https://docs.gitlab.com/user/project/integrations/webhooks/>.
pub const GITLAB: Scheme = STANDARD_WEBHOOKS
    .named("gitlab")
    .docs("https://docs.gitlab.com/user/project/integrations/webhooks/")
    .id(header("idempotency-key"))
    .kind(first_of(&[header("x-gitlab-event"), json("/object_kind")]));
