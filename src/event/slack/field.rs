//! The field types that Slack's payloads share.

use std::fmt;

/// An address that whoever knows it can post to in the app's name, for half an hour. Its `Debug` does not show it.
///
/// Source: <https://docs.slack.dev/interactivity/handling-user-interaction#message_responses>.
#[derive(Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(transparent)]
pub struct ResponseUrl(Box<str>);

impl ResponseUrl {
    /// The address, to post an answer to. Keep it out of logs.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ResponseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResponseUrl(…)")
    }
}
