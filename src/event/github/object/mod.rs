//! The objects that GitHub's events speak of: repositories, users, issues and the rest.
//!
//! An event and the object it is about often share a name, so the events stand in [`github`](super) and the objects here:
//! [`github::Release`](super::Release) says what happened to a [`Release`]. Each struct carries what handlers ask for and
//! passes over the rest. A field is an `Option` where GitHub omits it or writes `null`; a time is text as GitHub wrote it.

mod account;
mod check;
mod issue;
mod pull_request;
mod release;
mod repository;
mod workflow;

pub use account::{Account, App, Enterprise, Installation, InstallationId, Organization, Person, User};
pub use check::{CheckOutput, CheckRun, CheckSuite, CheckSuiteId, Deployment, DeploymentStatus};
pub use issue::{Comment, Issue, Label, Milestone, PullRequestLink};
pub use pull_request::{Branch, PullRequest, PullRequestId, Review};
pub use release::{Asset, Release};
pub use repository::{Commit, HeadCommit, Hook, HookConfig, Moment, Repository, RepositoryName};
pub use workflow::{Step, Workflow, WorkflowJob, WorkflowRun};
