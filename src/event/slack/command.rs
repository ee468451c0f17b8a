//! Slash commands: what somebody typed to the app.

use serde::Deserialize;

use super::check_kind;
use super::field::ResponseUrl;
use crate::event::read::{from_form, or_default};
use crate::event::{Event, EventError};
use crate::verified::Verified;

/// Somebody typed a command of the app's. Slack shows an error to the user unless it is answered within three seconds.
///
/// It is not delivered again, and it has no id; [`trigger_id`](Self::trigger_id) is the nearest to one. The old verification
/// token is not kept: it is a secret, and the signature has proved the delivery.
///
/// Source: <https://docs.slack.dev/interactivity/implementing-slash-commands#app_command_handling>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct SlashCommand {
    /// The command, the slash included: `/weather`.
    pub command: String,
    /// What was typed after the command; it can be anything.
    #[serde(default)]
    pub text: String,
    /// Where to post answers to, up to five within half an hour.
    pub response_url: ResponseUrl,
    /// What opens a modal, within three seconds.
    pub trigger_id: Option<String>,
    /// Who typed it.
    pub user_id: String,
    /// The user's name. Slack is phasing it out: tell users apart by their id.
    pub user_name: Option<String>,
    /// Where it was typed.
    pub channel_id: String,
    /// The channel's name, `directmessage` or `privategroup`.
    pub channel_name: Option<String>,
    /// The workspace.
    pub team_id: String,
    /// The workspace's part of its address.
    pub team_domain: Option<String>,
    /// The organization.
    pub enterprise_id: Option<String>,
    /// The organization's name.
    pub enterprise_name: Option<String>,
    /// Whether the app is installed for the whole organization.
    #[serde(default, deserialize_with = "or_default")]
    pub is_enterprise_install: bool,
    /// The app.
    pub api_app_id: Option<String>,
}

impl SlashCommand {
    /// Reads a stored command again: the form that was the delivery's body. Verify a delivery before you store it: this proves
    /// nothing about the form's origin.
    ///
    /// # Errors
    ///
    /// When the form lacks what every command has, or says something twice.
    pub fn from_form(form: &[u8]) -> Result<Self, EventError> {
        from_form(form).map_err(EventError::shape)
    }
}

impl Event for SlashCommand {
    const PROVIDER: Option<&'static str> = Some("slack");
    const KINDS: &'static [&'static str] = &["/*"];

    fn read(delivery: &Verified) -> Result<Self, EventError> {
        check_kind::<Self>(delivery)?;
        Self::from_form(delivery.body())
    }
}
