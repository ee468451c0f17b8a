//! What a webhook says of itself: that it works, and where its app is installed.

use serde::Deserialize;

use super::shape::Absent;
use super::{Action, object};

/// The webhook was made: the first delivery of each.
///
/// Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#ping>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Ping {
    /// A line of wisdom.
    pub zen: String,
    /// The webhook's number.
    pub hook_id: u64,
    /// The webhook's settings.
    pub hook: object::Hook,
    /// The repository, for one of its webhooks.
    pub repository: Option<object::Repository>,
    /// The organization, for one of its webhooks.
    pub organization: Option<object::Organization>,
    /// Who made the webhook.
    pub sender: Option<object::User>,
}

/// An app was installed, removed, suspended, or given other rights.
///
/// Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#installation>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Installation {
    /// The action.
    pub action: Action,
    /// The installation.
    pub installation: object::Installation,
    /// The repositories the app was given.
    #[serde(default)]
    pub repositories: Vec<object::RepositoryName>,
    /// Who asked for the installation.
    pub requester: Option<object::User>,
    /// Who did it.
    pub sender: object::User,
    // An `installation_repositories` payload has every field of this one.
    #[serde(default, rename = "repositories_added")]
    _repositories_added: Absent,
}
