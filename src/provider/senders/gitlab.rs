//! The description of GitLab with a signing token.

use std::time::Duration;

use super::STANDARD_WEBHOOKS;
use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{first_of, header, json};

/// GitLab with a signing token: Standard Webhooks' scheme. The older secret token, a plain `X-Gitlab-Token` header, signs nothing and is not accepted.
/// `Idempotency-Key` is the same for each try of an event; it is not signed, and `webhook-id`, which is, has the same value.
///
/// GitLab tries a failed delivery no more; it turns a webhook off that fails often. A delivery that timed out may come twice, and a
/// person can send one again, with the same key, for two days.
///
/// Sources: <https://docs.gitlab.com/user/project/integrations/webhooks/>,
/// <https://gitlab.com/gitlab-org/gitlab/-/blob/master/app/services/web_hook_service.rb>.
pub const GITLAB: Scheme = STANDARD_WEBHOOKS
    .named("gitlab")
    .docs("https://docs.gitlab.com/user/project/integrations/webhooks/")
    .source(Source::Excerpt(
        "gitlab-org/gitlab, merge requests 230944 and 231325",
    ))
    .vectors(Vectors::Derived)
    .answer("2xx")
    .deadline(Duration::from_secs(10))
    .tries("never by itself")
    .kind(first_of(&[header("x-gitlab-event"), json("/object_kind")]));
