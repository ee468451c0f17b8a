//! Pull requests and their reviews.

use serde::Deserialize;

use super::{Action, Changes, object};

/// Something happened to a pull request.
///
/// Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct PullRequest {
    /// The action.
    pub action: Action,
    /// The pull request's number in its repository; the payloads of reviews don't have it here.
    pub number: u64,
    /// The pull request.
    pub pull_request: object::PullRequest,
    /// The label that was added or taken away.
    pub label: Option<object::Label>,
    /// The user it was assigned to or taken from.
    pub assignee: Option<object::User>,
    /// The user whose review was asked for, or no longer is.
    pub requested_reviewer: Option<object::User>,
    /// The head's commit before a `synchronize`.
    pub before: Option<String>,
    /// The head's commit after a `synchronize`.
    pub after: Option<String>,
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

/// A review was handed in, changed or dismissed.
///
/// Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request_review>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct PullRequestReview {
    /// The action.
    pub action: Action,
    /// The review.
    pub review: object::Review,
    /// The pull request.
    pub pull_request: object::PullRequest,
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
