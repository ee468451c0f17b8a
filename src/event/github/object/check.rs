//! What apps say about a commit: checks, their suites and deployments.

use serde::Deserialize;

use super::super::shape::without_nulls;
use super::{App, HeadCommit, PullRequestId, User};

/// One check of a commit.
///
/// Source: <https://docs.github.com/en/rest/checks/runs#get-a-check-run>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct CheckRun {
    /// The check's number.
    pub id: u64,
    /// The displayed name.
    pub name: String,
    /// The id that the app gave it.
    pub external_id: Option<String>,
    /// The commit it checks.
    pub head_sha: String,
    /// `queued`, `in_progress` or `completed`.
    pub status: String,
    /// `success`, `failure` and the like, once it is over.
    pub conclusion: Option<String>,
    /// What the app reports.
    pub output: Option<CheckOutput>,
    /// The suite it belongs to.
    pub check_suite: Option<CheckSuiteId>,
    /// The app that checks.
    pub app: Option<App>,
    /// The pull requests it checks.
    #[serde(default, deserialize_with = "without_nulls")]
    pub pull_requests: Vec<PullRequestId>,
    /// The check's page.
    pub html_url: Option<String>,
    /// The app's own page about it.
    pub details_url: Option<String>,
    /// When it started.
    pub started_at: Option<String>,
    /// When it ended.
    pub completed_at: Option<String>,
}

/// What a check reports.
///
/// Source: <https://docs.github.com/en/rest/checks/runs#get-a-check-run>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct CheckOutput {
    /// The title.
    pub title: Option<String>,
    /// The summary.
    pub summary: Option<String>,
    /// The details.
    pub text: Option<String>,
}

/// The suite a check belongs to.
///
/// Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#check_run>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct CheckSuiteId {
    /// The suite's number.
    pub id: u64,
    /// The branch it checks.
    pub head_branch: Option<String>,
}

/// An app's checks of one commit.
///
/// Source: <https://docs.github.com/en/rest/checks/suites#get-a-check-suite>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct CheckSuite {
    /// The suite's number.
    pub id: u64,
    /// The branch it checks.
    pub head_branch: Option<String>,
    /// The commit it checks.
    pub head_sha: String,
    /// That commit's message and people.
    pub head_commit: Option<HeadCommit>,
    /// `queued`, `in_progress` or `completed`.
    pub status: Option<String>,
    /// `success`, `failure` and the like, once it is over.
    pub conclusion: Option<String>,
    /// The commit before the push.
    pub before: Option<String>,
    /// The commit after the push.
    pub after: Option<String>,
    /// The app that checks.
    pub app: Option<App>,
    /// The pull requests it checks.
    #[serde(default, deserialize_with = "without_nulls")]
    pub pull_requests: Vec<PullRequestId>,
    /// When it was asked for.
    pub created_at: String,
    /// When it last changed.
    pub updated_at: String,
}

/// A request to put a commit somewhere.
///
/// Source: <https://docs.github.com/en/rest/deployments/deployments#get-a-deployment>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Deployment {
    /// The deployment's number.
    pub id: u64,
    /// The commit to deploy.
    pub sha: String,
    /// The branch, tag or commit that was named.
    #[serde(rename = "ref")]
    pub ref_name: String,
    /// What to do: `deploy` and the like.
    pub task: String,
    /// Where to.
    pub environment: String,
    /// What it is about.
    pub description: Option<String>,
    /// Who asked for it.
    pub creator: Option<User>,
    /// When it was asked for.
    pub created_at: String,
    /// When it last changed.
    pub updated_at: String,
}

/// How a deployment stands.
///
/// Source: <https://docs.github.com/en/rest/deployments/statuses#get-a-deployment-status>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct DeploymentStatus {
    /// The status's number.
    pub id: u64,
    /// `pending`, `in_progress`, `success`, `failure` and the like.
    pub state: String,
    /// What it is about.
    pub description: Option<String>,
    /// Where to.
    pub environment: Option<String>,
    /// Where the deployed thing is.
    pub environment_url: Option<String>,
    /// Where the log is.
    pub log_url: Option<String>,
    /// Who says so.
    pub creator: Option<User>,
    /// When it was said.
    pub created_at: String,
    /// When it last changed.
    pub updated_at: String,
}
