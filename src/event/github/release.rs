//! Releases.

use serde::Deserialize;

use super::{Action, Changes, object};

/// A release was drafted, published, changed or removed.
///
/// Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#release>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Release {
    /// The action.
    pub action: Action,
    /// The release.
    pub release: object::Release,
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
