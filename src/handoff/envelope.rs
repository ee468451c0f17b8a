//! An event on its way: what a worker needs to know of it, as a CloudEvent.

use std::sync::Arc;
use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::value::RawValue;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::dedup::Attempt;
use crate::verified::{Key, Verified};

/// A verified event on its way to a worker.
///
/// Its attributes are those of a CloudEvent (<https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md>);
/// [`to_json`](Self::to_json) writes the structured form.
#[derive(Debug, Clone)]
pub struct Envelope {
    delivery: Verified,
    key: Option<Key>,
    received: SystemTime,
    id: Arc<str>,
}

impl Envelope {
    pub(super) fn new(delivery: Verified, attempt: Option<&Attempt>) -> Self {
        let key = attempt
            .map(|attempt| *attempt.key())
            .or_else(|| delivery.key("", None));
        let named = delivery.id().map(|id| Arc::from(*id.value()));
        let id = named
            .or_else(|| key.map(|key| key.to_string().into()))
            .unwrap_or_else(|| "".into());
        Self {
            delivery,
            key,
            received: SystemTime::now(),
            id,
        }
    }

    /// The delivery, with its proof and its body.
    #[must_use]
    pub fn delivery(&self) -> &Verified {
        &self.delivery
    }

    /// The sender's id for the event; the key's text where the sender gives none.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The event's kind; empty where the sender gives none.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.delivery.kind().map_or("", |kind| *kind.value())
    }

    /// The event's key: the same for each delivery of the event. `None` only where the sender left out the id that it always
    /// gives and no [`DedupLayer`](crate::DedupLayer) has refused the delivery for it.
    #[must_use]
    pub fn key(&self) -> Option<&Key> {
        self.key.as_ref()
    }

    /// When the event was handed on, by this machine's clock.
    #[must_use]
    pub fn received(&self) -> SystemTime {
        self.received
    }

    /// The event as CloudEvents' structured JSON: a JSON body stands in `data` to the letter, any other in `data_base64`.
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "what the invariant says can't fail")]
    pub fn to_json(&self) -> Vec<u8> {
        let (delivery, provider) = (&self.delivery, self.delivery.provider());
        let json = serde_json::from_slice::<&RawValue>(delivery.body()).ok();
        let event = Structured {
            specversion: "1.0",
            id: &self.id,
            source: delivery
                .tenant()
                .map_or_else(|| format!("/{provider}"), |name| format!("/{provider}/{name}")),
            kind: if self.kind().is_empty() {
                provider.to_owned()
            } else {
                format!("{provider}.{}", self.kind())
            },
            time: OffsetDateTime::from(self.received).format(&Rfc3339).ok(),
            datacontenttype: json.map_or(delivery.content_type(), |_| Some("application/json")),
            webhookkey: self.key.map(|key| key.to_string()),
            idsigned: delivery.id().is_some_and(|id| id.is_signed()),
            data: json,
            data_base64: json.is_none().then(|| STANDARD.encode(delivery.body())),
        };
        serde_json::to_vec(&event).expect("texts, a flag and JSON are JSON")
    }
}

/// The attributes as they are written; `webhookkey` and `idsigned` are extensions.
#[derive(Serialize)]
struct Structured<'a> {
    specversion: &'static str,
    id: &'a str,
    source: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    datacontenttype: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhookkey: Option<String>,
    idsigned: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data_base64: Option<String>,
}
