//! Who acts and who owns: users, organizations, enterprises, apps and their installations.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Moment;

/// A user, a bot, or an organization in a user's place.
///
/// Source: <https://docs.github.com/en/rest/users/users#get-a-user>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct User {
    /// The name in the account's address.
    pub login: String,
    /// The account's number, which outlives a rename.
    pub id: u64,
    /// The account's id in the GraphQL API.
    pub node_id: Option<String>,
    /// `User`, `Bot` or `Organization`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// The displayed name; only some events carry it.
    pub name: Option<String>,
    /// The public address; only some events carry it.
    pub email: Option<String>,
    /// The account's page.
    pub html_url: Option<String>,
    /// The account's picture.
    pub avatar_url: Option<String>,
}

/// An organization.
///
/// Source: <https://docs.github.com/en/rest/orgs/orgs#get-an-organization>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Organization {
    /// The name in the organization's address.
    pub login: String,
    /// The organization's number, which outlives a rename.
    pub id: u64,
    /// The organization's id in the GraphQL API.
    pub node_id: Option<String>,
    /// What the organization says about itself.
    pub description: Option<String>,
}

/// An enterprise.
///
/// Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Enterprise {
    /// The enterprise's number.
    pub id: u64,
    /// The name in the enterprise's address.
    pub slug: String,
    /// The displayed name.
    pub name: String,
}

/// Whoever an app is installed on: a user or an organization has a `login`, an enterprise a `slug`.
///
/// Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#installation>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Account {
    /// The account's number.
    pub id: u64,
    /// The name in a user's or an organization's address.
    pub login: Option<String>,
    /// The name in an enterprise's address.
    pub slug: Option<String>,
    /// `User`, `Bot` or `Organization`; absent on an enterprise.
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

/// A person as git knows one: the author or committer of a commit, or whoever pushed.
///
/// Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#push>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Person {
    /// The name.
    pub name: String,
    /// The address.
    pub email: Option<String>,
    /// The login of the GitHub account with that address.
    pub username: Option<String>,
}

/// A GitHub App.
///
/// Source: <https://docs.github.com/en/rest/apps/apps#get-an-app>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct App {
    /// The app's number.
    pub id: u64,
    /// The name in the app's address.
    pub slug: Option<String>,
    /// The displayed name.
    pub name: String,
    /// The app's page.
    pub html_url: Option<String>,
}

/// Which installation of an app an event was sent to; present when the webhook is an app's.
///
/// Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct InstallationId {
    /// The installation's number: what an app asks an access token for.
    pub id: u64,
    /// The installation's id in the GraphQL API.
    pub node_id: Option<String>,
}

/// An installation of an app, in full.
///
/// Source: <https://docs.github.com/en/rest/apps/apps#get-an-installation-for-the-authenticated-app>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Installation {
    /// The installation's number: what an app asks an access token for.
    pub id: u64,
    /// Where the app is installed.
    pub account: Option<Account>,
    /// The app's number.
    pub app_id: u64,
    /// The name in the app's address.
    pub app_slug: Option<String>,
    /// The number of the account the app is installed on.
    pub target_id: u64,
    /// `User`, `Organization` or `Enterprise`.
    pub target_type: String,
    /// `all` or `selected`.
    pub repository_selection: String,
    /// What the app may do: `read` or `write` by area.
    pub permissions: BTreeMap<String, String>,
    /// The kinds of event the app is sent.
    pub events: Vec<String>,
    /// The installation's page.
    pub html_url: Option<String>,
    /// When the app was installed.
    pub created_at: Moment,
    /// When the installation last changed.
    pub updated_at: Moment,
    /// Since when the installation is suspended.
    pub suspended_at: Option<String>,
    /// Who suspended it.
    pub suspended_by: Option<User>,
}
