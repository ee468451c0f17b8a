//! The description of GitLab with a secret token.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{first_of, header, json};

/// GitLab with a secret token: the token itself, in `X-Gitlab-Token`. It signs nothing, so what it sends is an
/// [`UnsignedBody`](crate::UnsignedBody). [`GITLAB`](super::GITLAB), with a signing token, is better and never falls back to this.
///
/// Sources: <https://docs.gitlab.com/user/project/integrations/webhooks/>; of the tries its code,
/// <https://github.com/gitlabhq/gitlabhq/blob/master/app/services/web_hook_service.rb> and
/// <https://github.com/gitlabhq/gitlabhq/blob/master/app/workers/web_hook_worker.rb>.
pub const GITLAB_TOKEN: Scheme = Scheme::token("gitlab_token")
    .docs("https://docs.gitlab.com/user/project/integrations/webhooks/")
    .source(Source::Excerpt(
        "gitlab-org/gitlab, merge requests 230944 and 231325",
    ))
    .vectors(Vectors::Derived)
    .answer("2xx")
    .deadline(Duration::from_secs(10))
    .tries("not after a bad answer or a time-out, only where a job of its own breaks off")
    .signature(header("x-gitlab-token").token(""))
    .id_if_any(header("idempotency-key"))
    .kind(first_of(&[header("x-gitlab-event"), json("/object_kind")]));
