//! What tells one of Slack's bodies from another.

use serde::Deserialize;
use serde::de::IgnoredAny;

/// The part of a JSON document that says what the rest is.
#[derive(Deserialize)]
pub(super) struct Head {
    #[serde(rename = "type")]
    kind: String,
    event: Option<InnerHead>,
    // Read for one reason: an event with two ids must fit no type, not even an unknown one.
    #[serde(rename = "event_id", default)]
    _event_id: IgnoredAny,
}

#[derive(Deserialize)]
struct InnerHead {
    #[serde(rename = "type")]
    kind: String,
}

impl Head {
    /// The document's own type.
    pub(super) fn kind(&self) -> &str {
        &self.kind
    }

    /// The type of the event inside, for a document of the Events API.
    pub(super) fn callback_kind(&self) -> Option<&str> {
        let inside = self.event.as_ref().filter(|_| self.kind == "event_callback");
        inside.map(|event| event.kind.as_str())
    }

    /// What the delivery is known by: the type of the event inside, or else the document's own.
    pub(super) fn name(&self) -> &str {
        self.callback_kind().unwrap_or(&self.kind)
    }
}

/// The form around an interaction's JSON.
#[derive(Deserialize)]
pub(super) struct Wrapped {
    pub(super) payload: Option<String>,
}

/// Whether the body is a form: as its content type says, or, where a store kept none, by its first byte.
pub(super) fn is_form(content_type: Option<&str>, body: &[u8]) -> bool {
    match content_type {
        Some(content_type) => {
            let essence = content_type.split(';').next().unwrap_or_default().trim();
            essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
        }
        None => !body.trim_ascii_start().starts_with(b"{"),
    }
}
