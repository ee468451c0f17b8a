//! What runs on a commit: checks, workflows, deployments.

use serde::Deserialize;

use super::shape::{Absent, nullable};
use super::{Action, object};

/// A check was made, ended, or is to run again.
///
/// Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#check_run>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct CheckRun {
    /// The action.
    pub action: Action,
    /// The check.
    pub check_run: object::CheckRun,
    /// The repository it happened in.
    pub repository: object::Repository,
    /// Who did it.
    pub sender: object::User,
    /// The organization the repository belongs to.
    pub organization: Option<object::Organization>,
    /// The installation the event was sent to.
    pub installation: Option<object::InstallationId>,
    // A `deployment_status` payload may carry the check that deploys.
    #[serde(default, rename = "deployment")]
    _deployment: Absent,
}

/// An app's checks of a commit ended, or are to run.
///
/// Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#check_suite>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct CheckSuite {
    /// The action.
    pub action: Action,
    /// The suite.
    pub check_suite: object::CheckSuite,
    /// The repository it happened in.
    pub repository: object::Repository,
    /// Who did it.
    pub sender: object::User,
    /// The organization the repository belongs to.
    pub organization: Option<object::Organization>,
    /// The installation the event was sent to.
    pub installation: Option<object::InstallationId>,
}

/// A run of a workflow was asked for, started or ended.
///
/// Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#workflow_run>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct WorkflowRun {
    /// The action.
    pub action: Action,
    /// The run.
    pub workflow_run: object::WorkflowRun,
    /// The workflow; `null`, though never left out, when its file is gone.
    #[serde(deserialize_with = "nullable")]
    pub workflow: Option<object::Workflow>,
    /// The repository it happened in.
    pub repository: object::Repository,
    /// Who did it.
    pub sender: object::User,
    /// The organization the repository belongs to.
    pub organization: Option<object::Organization>,
    /// The installation the event was sent to.
    pub installation: Option<object::InstallationId>,
    // The payloads of deployments may carry the run that deploys.
    #[serde(default, rename = "deployment")]
    _deployment: Absent,
}

/// A job of a run was queued, started or ended.
///
/// Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#workflow_job>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct WorkflowJob {
    /// The action.
    pub action: Action,
    /// The job.
    pub workflow_job: object::WorkflowJob,
    /// What the job deploys.
    pub deployment: Option<object::Deployment>,
    /// The repository it happened in.
    pub repository: object::Repository,
    /// Who did it.
    pub sender: object::User,
    /// The organization the repository belongs to.
    pub organization: Option<object::Organization>,
    /// The installation the event was sent to.
    pub installation: Option<object::InstallationId>,
}

/// A deployment went on.
///
/// Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#deployment_status>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct DeploymentStatus {
    /// The action; GitHub Enterprise Server leaves it out.
    pub action: Option<Action>,
    /// How it stands.
    pub deployment_status: object::DeploymentStatus,
    /// The deployment.
    pub deployment: object::Deployment,
    /// The repository it happened in.
    pub repository: object::Repository,
    /// Who did it.
    pub sender: object::User,
    /// The organization the repository belongs to.
    pub organization: Option<object::Organization>,
    /// The installation the event was sent to.
    pub installation: Option<object::InstallationId>,
}
