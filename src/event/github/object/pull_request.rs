//! A pull request, the branches it joins and its reviews.

use serde::Deserialize;

use super::super::shape::without_nulls;
use super::{Label, Milestone, Repository, User};

/// A pull request. A review's event carries it without the fields from `merged` on.
///
/// Source: <https://docs.github.com/en/rest/pulls/pulls#get-a-pull-request>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct PullRequest {
    /// The pull request's number across GitHub.
    pub id: u64,
    /// The pull request's id in the GraphQL API.
    pub node_id: Option<String>,
    /// The pull request's number in its repository.
    pub number: u64,
    /// The title.
    pub title: String,
    /// The text.
    pub body: Option<String>,
    /// `open` or `closed`.
    pub state: String,
    /// Whether it is a draft.
    pub draft: Option<bool>,
    /// Whether comments are closed.
    pub locked: Option<bool>,
    /// Who opened it; nobody when the account is gone.
    pub user: Option<User>,
    /// How its author stands to the repository: `OWNER`, `CONTRIBUTOR` and the like.
    pub author_association: Option<String>,
    /// The branch with the changes.
    pub head: Branch,
    /// The branch they are for.
    pub base: Branch,
    /// Its labels.
    #[serde(default)]
    pub labels: Vec<Label>,
    /// Who it is assigned to.
    #[serde(default, deserialize_with = "without_nulls")]
    pub assignees: Vec<User>,
    /// The milestone it belongs to.
    pub milestone: Option<Milestone>,
    /// The pull request's page.
    pub html_url: String,
    /// When it was opened.
    pub created_at: String,
    /// When it last changed.
    pub updated_at: String,
    /// When it was closed, merged or not.
    pub closed_at: Option<String>,
    /// When it was merged.
    pub merged_at: Option<String>,
    /// The merge commit, or the one that tests whether it merges.
    pub merge_commit_sha: Option<String>,
    /// Whether it was merged.
    pub merged: Option<bool>,
    /// Who merged it.
    pub merged_by: Option<User>,
    /// Whether it merges; `None` while GitHub is finding out.
    pub mergeable: Option<bool>,
    /// How many commits it has.
    pub commits: Option<u64>,
    /// How many lines it adds.
    pub additions: Option<u64>,
    /// How many lines it removes.
    pub deletions: Option<u64>,
    /// How many files it changes.
    pub changed_files: Option<u64>,
}

/// One end of a pull request.
///
/// Source: <https://docs.github.com/en/rest/pulls/pulls#get-a-pull-request>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Branch {
    /// The branch with its owner: `owner:branch`.
    pub label: Option<String>,
    /// The branch.
    #[serde(rename = "ref")]
    pub ref_name: String,
    /// The commit at its tip.
    pub sha: String,
    /// Whose repository it is in.
    pub user: Option<User>,
    /// The repository; `None` when a fork was deleted.
    pub repo: Option<Repository>,
}

/// A pull request that a check or a workflow ran for.
///
/// Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#check_run>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct PullRequestId {
    /// The pull request's number across GitHub.
    pub id: u64,
    /// The pull request's number in its repository.
    pub number: u64,
    /// Its address in the API.
    pub url: String,
}

/// A review of a pull request.
///
/// Source: <https://docs.github.com/en/rest/pulls/reviews#get-a-review-for-a-pull-request>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Review {
    /// The review's number.
    pub id: u64,
    /// `approved`, `changes_requested`, `commented` or `dismissed`.
    pub state: String,
    /// The text.
    pub body: Option<String>,
    /// Who reviewed; nobody when the account is gone.
    pub user: Option<User>,
    /// The commit that was reviewed.
    pub commit_id: Option<String>,
    /// When it was handed in.
    pub submitted_at: Option<String>,
    /// The review's place on the page.
    pub html_url: String,
}
