//! Repositories: what happens to one as a whole, and who stars, forks or joins it.

use serde::Deserialize;

use super::shape::nullable;
use super::{Action, Changes, object};

/// A repository was made, removed, renamed, moved, opened or closed.
///
/// Nearly every payload has an action, a repository and a sender, and this one has nothing else that is always there. So,
/// alone among these types, it refuses a payload with a field it doesn't know: an unsigned kind changed to `repository`
/// must not turn "an issue was deleted" into "the repository was". One payload gets through: `watch`, whose
/// action `started` reads as [`Action::Unknown`].
///
/// Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#repository>
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Repository {
    /// The action.
    pub action: Action,
    /// What an `edited` action replaced.
    pub changes: Option<Changes>,
    /// The repository it happened in.
    pub repository: object::Repository,
    /// Who did it.
    pub sender: object::User,
    /// The organization the repository belongs to.
    pub organization: Option<object::Organization>,
    /// The installation the event was sent to.
    pub installation: Option<object::InstallationId>,
    /// The enterprise the organization belongs to.
    pub enterprise: Option<object::Enterprise>,
}

/// A repository was starred, or a star was taken back.
///
/// Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#star>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Star {
    /// The action.
    pub action: Action,
    /// When it was starred; `None` when the star was taken back.
    #[serde(deserialize_with = "nullable")]
    pub starred_at: Option<String>,
    /// The repository it happened in.
    pub repository: object::Repository,
    /// Who did it.
    pub sender: object::User,
    /// The organization the repository belongs to.
    pub organization: Option<object::Organization>,
    /// The installation the event was sent to.
    pub installation: Option<object::InstallationId>,
}

/// A repository was forked.
///
/// Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#fork>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Fork {
    /// The fork.
    pub forkee: object::Repository,
    /// The repository that was forked.
    pub repository: object::Repository,
    /// Who did it.
    pub sender: object::User,
    /// The organization the repository belongs to.
    pub organization: Option<object::Organization>,
    /// The installation the event was sent to.
    pub installation: Option<object::InstallationId>,
}

/// A collaborator was added to a repository, removed, or given other rights.
///
/// Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#member>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Member {
    /// The action.
    pub action: Action,
    /// The collaborator; `None` when the account is gone.
    #[serde(deserialize_with = "nullable")]
    pub member: Option<object::User>,
    /// The repository it happened in.
    pub repository: object::Repository,
    /// Who did it.
    pub sender: object::User,
    /// The organization the repository belongs to.
    pub organization: Option<object::Organization>,
    /// The installation the event was sent to.
    pub installation: Option<object::InstallationId>,
}
