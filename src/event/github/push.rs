//! Branches and tags: pushed to, made, removed.

use serde::Deserialize;

use super::object;
use super::shape::Absent;

/// Commits were pushed to a branch, or a tag was.
///
/// Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#push>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Push {
    /// The full name of what was pushed to: `refs/heads/…` or `refs/tags/…`.
    #[serde(rename = "ref")]
    pub ref_name: String,
    /// The commit at its tip before; zeros when the push made it.
    pub before: String,
    /// The commit at its tip after; zeros when the push removed it.
    pub after: String,
    /// The branch a new one started from.
    pub base_ref: Option<String>,
    /// Whether the push made the branch or tag.
    pub created: bool,
    /// Whether the push removed it.
    pub deleted: bool,
    /// Whether the push was forced.
    pub forced: bool,
    /// The page that compares before and after.
    pub compare: String,
    /// The pushed commits, at most 2048.
    pub commits: Vec<object::Commit>,
    /// The newest commit; `None` when the push removed the branch or tag.
    pub head_commit: Option<object::Commit>,
    /// Who pushed, as git knows them.
    pub pusher: object::Person,
    /// The repository that was pushed to.
    pub repository: object::Repository,
    /// Who pushed, as GitHub knows them.
    pub sender: Option<object::User>,
    /// The organization the repository belongs to.
    pub organization: Option<object::Organization>,
    /// The installation the event was sent to.
    pub installation: Option<object::InstallationId>,
}

impl Push {
    /// The branch's name without `refs/heads/`; `None` when a tag was pushed.
    #[must_use]
    pub fn branch(&self) -> Option<&str> {
        self.ref_name.strip_prefix("refs/heads/")
    }

    /// The tag's name without `refs/tags/`; `None` when a branch was pushed to.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.ref_name.strip_prefix("refs/tags/")
    }
}

/// A branch or a tag was made.
///
/// Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#create>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Create {
    /// The name of the branch or tag.
    #[serde(rename = "ref")]
    pub ref_name: String,
    /// `branch` or `tag`.
    pub ref_type: String,
    /// The branch that a clone checks out.
    pub master_branch: String,
    /// What the repository says about itself.
    pub description: Option<String>,
    /// `user`, or the kind of key that pushed.
    pub pusher_type: String,
    /// The repository it happened in.
    pub repository: object::Repository,
    /// Who did it.
    pub sender: object::User,
    /// The organization the repository belongs to.
    pub organization: Option<object::Organization>,
    /// The installation the event was sent to.
    pub installation: Option<object::InstallationId>,
}

/// A branch or a tag was removed.
///
/// Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#delete>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Delete {
    /// The name of the branch or tag.
    #[serde(rename = "ref")]
    pub ref_name: String,
    /// `branch` or `tag`.
    pub ref_type: String,
    /// `user`, or the kind of key that pushed.
    pub pusher_type: String,
    /// The repository it happened in.
    pub repository: object::Repository,
    /// Who did it.
    pub sender: object::User,
    /// The organization the repository belongs to.
    pub organization: Option<object::Organization>,
    /// The installation the event was sent to.
    pub installation: Option<object::InstallationId>,
    // A `create` payload has every field of this one, and this one more.
    #[serde(default, rename = "master_branch")]
    _master_branch: Absent,
}
