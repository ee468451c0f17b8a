//! Slack's description.

use std::time::Duration;

use super::description::{Payload, Scheme};
use super::handshake::Handshake;
use super::place::{Part, first_of, form, header, json};
use super::sender::Sender;
use crate::provider::about::{Source, Vectors};
use crate::secret::SecretSource;

/// Slack (Events API, slash commands, interactivity): HMAC-SHA-256 over `v0:time:body`, hexadecimal.
///
/// Events carry an id that is the same for each of the three retries; commands and interactions carry a trigger id and are
/// not tried again. Slack wants an answer within 3 seconds.
/// Source: <https://docs.slack.dev/authentication/verifying-requests-from-slack/>, <https://docs.slack.dev/apis/events-api/>.
pub const SLACK: Scheme = Scheme::hmac_sha256("slack")
    .docs("https://docs.slack.dev/authentication/verifying-requests-from-slack/")
    .source(Source::Sender("slackapi/python-slack-sdk"))
    .vectors(Vectors::Published)
    .answer("2xx")
    .deadline(Duration::from_secs(3))
    .tries("3 times: at once, after 1 and 5 minutes")
    .signature(header("x-slack-signature").prefix("v0=").hex())
    .content(&[
        Part::Text("v0:"),
        Part::Header("x-slack-request-timestamp"),
        Part::Text(":"),
        Part::Body,
    ])
    .timestamp(header("x-slack-request-timestamp").unix_seconds())
    .id_if_any(first_of(&[
        json("/event_id"),
        json("/trigger_id"),
        form("trigger_id"),
    ]))
    .kind(first_of(&[json("/event/type"), json("/type"), form("command")]))
    .within(&[first_of(&[json("/team_id"), form("team_id")])])
    .payload(Payload::JsonOrForm { field: "payload" })
    .handshakes(&[Handshake::echo(
        json("/type"),
        "url_verification",
        json("/challenge"),
    )])
    .retries(Duration::from_secs(6 * 60), Duration::from_secs(86_400));

/// Slack, with the app's signing secret.
///
/// ```
/// use tower_webhook::{Secret, VerifyLayer, slack};
///
/// let layer = VerifyLayer::new(slack(Secret::new("8f742231b10e8888abcd99yyyzzz85a5")?))?;
/// # Ok::<(), tower_webhook::ConfigError>(())
/// ```
pub fn slack(secrets: impl SecretSource) -> Sender {
    Sender::new(SLACK, secrets)
}
