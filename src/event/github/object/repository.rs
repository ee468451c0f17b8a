//! A repository, its commits and its hooks.

use serde::Deserialize;

use super::{Person, User};

/// A repository.
///
/// Source: <https://docs.github.com/en/rest/repos/repos#get-a-repository>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Repository {
    /// The repository's number, which outlives a rename and a transfer.
    pub id: u64,
    /// The repository's id in the GraphQL API.
    pub node_id: Option<String>,
    /// The name without its owner.
    pub name: String,
    /// The name with its owner: `owner/name`.
    pub full_name: String,
    /// Whether it is hidden from the public.
    pub private: bool,
    /// `public`, `private` or `internal`.
    pub visibility: Option<String>,
    /// Who it belongs to.
    pub owner: User,
    /// The repository's page.
    pub html_url: String,
    /// Where git clones it from.
    pub clone_url: Option<String>,
    /// Where git clones it from over SSH.
    pub ssh_url: Option<String>,
    /// What it says about itself.
    pub description: Option<String>,
    /// Whether it is a fork.
    pub fork: bool,
    /// Whether it is closed to changes.
    pub archived: Option<bool>,
    /// The branch that a clone checks out.
    pub default_branch: Option<String>,
    /// The language most of it is written in.
    pub language: Option<String>,
    /// Its topics.
    #[serde(default)]
    pub topics: Vec<String>,
    /// How many have starred it.
    pub stargazers_count: Option<u64>,
    /// How many forks it has.
    pub forks_count: Option<u64>,
    /// How many issues and pull requests are open.
    pub open_issues_count: Option<u64>,
    /// When it was made.
    pub created_at: Option<Moment>,
    /// When it last changed.
    pub updated_at: Option<Moment>,
    /// When it was last pushed to.
    pub pushed_at: Option<Moment>,
}

/// A repository in a list, by name.
///
/// Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#installation>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct RepositoryName {
    /// The repository's number.
    pub id: u64,
    /// The name without its owner.
    pub name: String,
    /// The name with its owner: `owner/name`.
    pub full_name: String,
    /// Whether it is hidden from the public.
    pub private: bool,
}

/// A time that GitHub writes as text in most events and as a number in some (a push's repository).
///
/// Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#push>
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Moment {
    /// Seconds since 1970.
    Seconds(i64),
    /// A date and time as in ISO 8601.
    Text(String),
}

/// A commit of a push.
///
/// Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#push>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Commit {
    /// The commit's hash.
    pub id: String,
    /// The hash of its tree.
    pub tree_id: String,
    /// Whether it is new to every branch.
    pub distinct: bool,
    /// The message.
    pub message: String,
    /// When it was committed.
    pub timestamp: String,
    /// The commit's page.
    pub url: String,
    /// Who wrote it.
    pub author: Person,
    /// Who committed it.
    pub committer: Person,
    /// The files it added.
    #[serde(default)]
    pub added: Vec<String>,
    /// The files it removed.
    #[serde(default)]
    pub removed: Vec<String>,
    /// The files it changed.
    #[serde(default)]
    pub modified: Vec<String>,
}

/// The commit that a check or a workflow ran on.
///
/// Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#check_suite>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct HeadCommit {
    /// The commit's hash.
    pub id: String,
    /// The hash of its tree.
    pub tree_id: String,
    /// The message.
    pub message: String,
    /// When it was committed.
    pub timestamp: String,
    /// Who wrote it.
    pub author: Option<Person>,
    /// Who committed it.
    pub committer: Option<Person>,
}

/// A webhook's own settings. Its secret, masked in the payload, is not read.
///
/// Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#ping>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Hook {
    /// The hook's number.
    pub id: u64,
    /// Whose hook it is: `Repository`, `Organization` or `App`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether it sends anything.
    pub active: bool,
    /// The kinds of event it sends.
    pub events: Vec<String>,
    /// Where and how it sends.
    pub config: HookConfig,
    /// The number of the app whose hook it is.
    pub app_id: Option<u64>,
}

/// Where and how a webhook sends.
///
/// Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#ping>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct HookConfig {
    /// Where deliveries go.
    pub url: Option<String>,
    /// `json` or `form`.
    pub content_type: Option<String>,
}
