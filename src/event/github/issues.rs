//! Issues and the comments on them.

use serde::Deserialize;

use super::shape::Absent;
use super::{Action, Changes, object};

/// Something happened to an issue.
///
/// Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#issues>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Issues {
    /// The action.
    pub action: Action,
    /// The issue.
    pub issue: object::Issue,
    /// The label that was added or taken away.
    pub label: Option<object::Label>,
    /// The user it was assigned to or taken from.
    pub assignee: Option<object::User>,
    /// The milestone it was added to or taken from.
    pub milestone: Option<object::Milestone>,
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
    // An `issue_comment` payload has every field of this one: "a comment was deleted" must not read as "an issue was".
    #[serde(default, rename = "comment")]
    _comment: Absent,
}

/// A comment on an issue or a pull request was written, changed or removed.
///
/// Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#issue_comment>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct IssueComment {
    /// The action.
    pub action: Action,
    /// The comment.
    pub comment: object::Comment,
    /// The issue; its `pull_request` is set when it is one.
    pub issue: object::Issue,
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
}
