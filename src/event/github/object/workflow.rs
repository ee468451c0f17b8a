//! A workflow, its runs, their jobs and steps.

use serde::Deserialize;

use super::super::shape::without_nulls;
use super::{HeadCommit, PullRequestId, Repository, User};

/// A workflow: the file that says what to run.
///
/// Source: <https://docs.github.com/en/rest/actions/workflows#get-a-workflow>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Workflow {
    /// The workflow's number.
    pub id: u64,
    /// The displayed name.
    pub name: String,
    /// The file.
    pub path: String,
    /// `active`, or how it was disabled.
    pub state: String,
}

/// One run of a workflow.
///
/// Source: <https://docs.github.com/en/rest/actions/workflow-runs#get-a-workflow-run>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct WorkflowRun {
    /// The run's number across GitHub.
    pub id: u64,
    /// The workflow's displayed name.
    pub name: Option<String>,
    /// The title of what triggered it.
    pub display_title: Option<String>,
    /// The number of the workflow.
    pub workflow_id: u64,
    /// The number among the workflow's runs.
    pub run_number: u64,
    /// 1, or more for a re-run.
    pub run_attempt: Option<u64>,
    /// The kind of event that triggered it.
    pub event: String,
    /// `queued`, `in_progress`, `completed` and the like.
    pub status: Option<String>,
    /// `success`, `failure` and the like, once it is over.
    pub conclusion: Option<String>,
    /// The branch it runs on.
    pub head_branch: Option<String>,
    /// The commit it runs on.
    pub head_sha: String,
    /// That commit's message and people.
    pub head_commit: Option<HeadCommit>,
    /// The repository the commit is in; `None` when a fork was deleted.
    pub head_repository: Option<Repository>,
    /// The pull requests it runs for.
    #[serde(default, deserialize_with = "without_nulls")]
    pub pull_requests: Vec<PullRequestId>,
    /// Who started the first attempt.
    pub actor: Option<User>,
    /// Who started this attempt.
    pub triggering_actor: Option<User>,
    /// The run's page.
    pub html_url: String,
    /// When it was asked for.
    pub created_at: String,
    /// When it last changed.
    pub updated_at: String,
    /// When this attempt started.
    pub run_started_at: Option<String>,
}

/// One job of a run.
///
/// Source: <https://docs.github.com/en/rest/actions/workflow-jobs#get-a-job-for-a-workflow-run>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct WorkflowJob {
    /// The job's number.
    pub id: u64,
    /// The number of its run.
    pub run_id: u64,
    /// 1, or more for a re-run.
    pub run_attempt: Option<u64>,
    /// The displayed name.
    pub name: String,
    /// The workflow's displayed name.
    pub workflow_name: Option<String>,
    /// The branch it runs on.
    pub head_branch: Option<String>,
    /// The commit it runs on.
    pub head_sha: String,
    /// `queued`, `waiting`, `in_progress` or `completed`.
    pub status: String,
    /// `success`, `failure` and the like, once it is over.
    pub conclusion: Option<String>,
    /// What it asks of a runner.
    #[serde(default)]
    pub labels: Vec<String>,
    /// The runner's number.
    pub runner_id: Option<u64>,
    /// The runner's name.
    pub runner_name: Option<String>,
    /// Its steps so far.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// The job's page.
    pub html_url: Option<String>,
    /// When it was asked for.
    pub created_at: Option<String>,
    /// When it started.
    pub started_at: Option<String>,
    /// When it ended.
    pub completed_at: Option<String>,
}

/// One step of a job.
///
/// Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#workflow_job>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Step {
    /// The displayed name.
    pub name: String,
    /// Its place in the job.
    pub number: u64,
    /// `queued`, `in_progress` or `completed`.
    pub status: String,
    /// `success`, `failure` or `skipped`, once it is over.
    pub conclusion: Option<String>,
}
