//! Typed events of GitHub.
//!
//! [`Event`] reads any delivery: the kinds below as their struct, everything else as [`Other`], so that a handler never
//! fails over what GitHub changes. Each struct is an event type of its own too, for a handler that wants one kind alone;
//! there, a body that doesn't fit is an error. The things the events speak of are in [`object`].
//!
//! GitHub signs the body and not the `X-GitHub-Event` header that names the kind. The structs therefore refuse each
//! other's payloads: whoever resends a genuine delivery under another kind gets an [`Other`] or an error.
//!
//! Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads>

mod action;
mod changes;
mod checks;
mod installation;
mod issues;
pub mod object;
mod pull_request;
mod push;
mod read;
mod release;
mod repository;
mod shape;
#[cfg(test)]
mod tests;

use bytes::Bytes;

use crate::event::read::from_object;
use crate::event::{self, EventError, Other};
use crate::verified::Verified;
use read::{PROVIDER, read_as, stated_kind};

pub use action::Action;
pub use changes::{Changes, Former};
pub use checks::{CheckRun, CheckSuite, DeploymentStatus, WorkflowJob, WorkflowRun};
pub use installation::{Installation, Ping};
pub use issues::{IssueComment, Issues};
pub use pull_request::{PullRequest, PullRequestReview};
pub use push::{Create, Delete, Push};
pub use release::Release;
pub use repository::{Fork, Member, Repository, Star};

/// An event of GitHub. Each payload is boxed, so that an event is small whatever it carries.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// A check was made, ended, or is to run again.
    CheckRun(Box<CheckRun>),
    /// An app's checks of a commit ended, or are to run.
    CheckSuite(Box<CheckSuite>),
    /// A branch or a tag was made.
    Create(Box<Create>),
    /// A branch or a tag was removed.
    Delete(Box<Delete>),
    /// A deployment went on.
    DeploymentStatus(Box<DeploymentStatus>),
    /// A repository was forked.
    Fork(Box<Fork>),
    /// An app was installed, removed, suspended, or given other rights.
    Installation(Box<Installation>),
    /// A comment on an issue or a pull request was written, changed or removed.
    IssueComment(Box<IssueComment>),
    /// Something happened to an issue.
    Issues(Box<Issues>),
    /// A collaborator was added to a repository, removed, or given other rights.
    Member(Box<Member>),
    /// The webhook was made.
    Ping(Box<Ping>),
    /// Something happened to a pull request.
    PullRequest(Box<PullRequest>),
    /// A review was handed in, changed or dismissed.
    PullRequestReview(Box<PullRequestReview>),
    /// Commits were pushed to a branch, or a tag was.
    Push(Box<Push>),
    /// A release was drafted, published, changed or removed.
    Release(Box<Release>),
    /// A repository was made, removed, renamed, moved, opened or closed.
    Repository(Box<Repository>),
    /// A repository was starred, or a star was taken back.
    Star(Box<Star>),
    /// A job of a run was queued, started or ended.
    WorkflowJob(Box<WorkflowJob>),
    /// A run of a workflow was asked for, started or ended.
    WorkflowRun(Box<WorkflowRun>),
    /// A kind or a shape that this version doesn't know: kept as it came.
    Other(Other),
}

/// Joins each kind to its struct, once: how the enum reads it, how the enum names it, and the struct as an event type.
macro_rules! kinds {
    ($($kind:literal => $name:ident,)+) => {
        impl Event {
            /// Reads a payload as the type of its kind; `None` when the kind has none.
            fn typed(kind: &str, document: &[u8]) -> Option<Result<Self, serde_json::Error>> {
                match kind {
                    $($kind => Some(from_object(document).map(|event| Self::$name(Box::new(event)))),)+
                    _ => None,
                }
            }

            /// The event's kind, as GitHub's `X-GitHub-Event` header names it.
            #[must_use]
            pub fn kind(&self) -> &str {
                match self {
                    $(Self::$name(_) => $kind,)+
                    Self::Other(other) => other.kind(),
                }
            }
        }

        $(impl event::Event for $name {
            const PROVIDER: Option<&'static str> = Some(PROVIDER);
            const KINDS: &'static [&'static str] = &[$kind];

            fn read(delivery: &Verified) -> Result<Self, EventError> {
                read_as($kind, delivery.provider(), stated_kind(delivery), || delivery.document())
            }
        })+
    };
}

kinds! {
    "check_run" => CheckRun,
    "check_suite" => CheckSuite,
    "create" => Create,
    "delete" => Delete,
    "deployment_status" => DeploymentStatus,
    "fork" => Fork,
    "installation" => Installation,
    "issue_comment" => IssueComment,
    "issues" => Issues,
    "member" => Member,
    "ping" => Ping,
    "pull_request" => PullRequest,
    "pull_request_review" => PullRequestReview,
    "push" => Push,
    "release" => Release,
    "repository" => Repository,
    "star" => Star,
    "workflow_job" => WorkflowJob,
    "workflow_run" => WorkflowRun,
}

impl Event {
    /// Reads an event from its kind and its JSON document, for replaying a stored delivery that was verified before.
    ///
    /// Nothing is verified here: what arrives over the network goes through a [`VerifyLayer`](crate::VerifyLayer).
    #[must_use]
    pub fn from_parts(kind: &str, document: impl Into<Bytes>) -> Self {
        Self::parse(kind, document.into())
    }

    /// Reads a document as the type of its kind, and whatever has no type or does not fit as [`Other`].
    pub(crate) fn parse(kind: &str, document: Bytes) -> Self {
        match Self::typed(kind, &document) {
            Some(Ok(event)) => event,
            Some(Err(error)) => Self::Other(Other::misshapen(kind, document, error)),
            None => Self::Other(Other::unknown(kind, document)),
        }
    }
}

impl event::Event for Event {
    const PROVIDER: Option<&'static str> = Some(PROVIDER);
    const KINDS: &'static [&'static str] = &["*"];

    fn read(delivery: &Verified) -> Result<Self, EventError> {
        if delivery.provider() != PROVIDER {
            return Err(EventError::other_provider());
        }
        let kind = stated_kind(delivery);
        Ok(match delivery.document() {
            Ok(document) => Self::parse(kind, document),
            Err(error) => Self::Other(Other::misshapen(kind, delivery.body().clone(), error)),
        })
    }
}
