//! An issue, its labels, its milestone and its comments.

use serde::Deserialize;

use super::super::shape::without_nulls;
use super::User;

/// An issue, or a pull request seen as one.
///
/// Source: <https://docs.github.com/en/rest/issues/issues#get-an-issue>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Issue {
    /// The issue's number across GitHub.
    pub id: u64,
    /// The issue's id in the GraphQL API.
    pub node_id: Option<String>,
    /// The issue's number in its repository.
    pub number: u64,
    /// The title.
    pub title: String,
    /// The text.
    pub body: Option<String>,
    /// `open` or `closed`; absent on an issue that moved away.
    pub state: Option<String>,
    /// Why it is closed: `completed`, `not_planned` and the like.
    pub state_reason: Option<String>,
    /// Who opened it; nobody when the account is gone.
    pub user: Option<User>,
    /// How its author stands to the repository: `OWNER`, `CONTRIBUTOR` and the like.
    pub author_association: Option<String>,
    /// Its labels.
    #[serde(default)]
    pub labels: Vec<Label>,
    /// Who it is assigned to.
    #[serde(default, deserialize_with = "without_nulls")]
    pub assignees: Vec<User>,
    /// The milestone it belongs to.
    pub milestone: Option<Milestone>,
    /// How many comments it has.
    pub comments: Option<u64>,
    /// Whether comments are closed.
    pub locked: Option<bool>,
    /// Present when the issue is a pull request.
    pub pull_request: Option<PullRequestLink>,
    /// The issue's page.
    pub html_url: String,
    /// When it was opened.
    pub created_at: String,
    /// When it last changed.
    pub updated_at: String,
    /// When it was closed.
    pub closed_at: Option<String>,
}

/// Where the pull request behind an issue is.
///
/// Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#issue_comment>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct PullRequestLink {
    /// Its address in the API.
    pub url: Option<String>,
    /// Its page.
    pub html_url: Option<String>,
}

/// A label.
///
/// Source: <https://docs.github.com/en/rest/issues/labels#get-a-label>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Label {
    /// The label's number.
    pub id: u64,
    /// The label's text.
    pub name: String,
    /// Its colour, six hexadecimal digits.
    pub color: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether GitHub made it.
    pub default: bool,
}

/// A milestone.
///
/// Source: <https://docs.github.com/en/rest/issues/milestones#get-a-milestone>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Milestone {
    /// The milestone's number across GitHub.
    pub id: u64,
    /// The milestone's number in its repository.
    pub number: u64,
    /// The title.
    pub title: String,
    /// What it is about.
    pub description: Option<String>,
    /// `open` or `closed`.
    pub state: String,
    /// When it is due.
    pub due_on: Option<String>,
    /// When it was closed.
    pub closed_at: Option<String>,
}

/// A comment on an issue or a pull request.
///
/// Source: <https://docs.github.com/en/rest/issues/comments#get-an-issue-comment>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Comment {
    /// The comment's number.
    pub id: u64,
    /// The comment's id in the GraphQL API.
    pub node_id: Option<String>,
    /// The text.
    pub body: String,
    /// Who wrote it; nobody when the account is gone.
    pub user: Option<User>,
    /// How its author stands to the repository: `OWNER`, `CONTRIBUTOR` and the like.
    pub author_association: Option<String>,
    /// The comment's place on the page.
    pub html_url: String,
    /// When it was written.
    pub created_at: String,
    /// When it last changed.
    pub updated_at: String,
}
