//! The description of GitLab with a secret token.

use crate::provider::description::Scheme;
use crate::provider::place::{first_of, header, json};

/// GitLab with a secret token: the token itself, in `X-Gitlab-Token`. It signs nothing, so what it sends is an
/// [`UnsignedBody`](crate::UnsignedBody). [`GITLAB`](super::GITLAB), with a signing token, is better and never falls back to this.
///
/// Source: <https://docs.gitlab.com/user/project/integrations/webhooks/>.
pub const GITLAB_TOKEN: Scheme = Scheme::token("gitlab_token")
    .docs("https://docs.gitlab.com/user/project/integrations/webhooks/")
    .signature(header("x-gitlab-token").token(""))
    .id_if_any(header("idempotency-key"))
    .kind(first_of(&[header("x-gitlab-event"), json("/object_kind")]));
