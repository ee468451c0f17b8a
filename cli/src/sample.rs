//! A small delivery of each sender's: one in which its description finds an id, a kind and a time.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use tower_webhook::provider::Scheme;
use tower_webhook::testing::Delivery;

use crate::typical;

/// An id for the delivery of this number, begun so long after 1970.
pub(crate) fn id(sender: &str, since: Duration, number: u64) -> String {
    match sender {
        // Its ids are numbers, in JSON.
        "telegram" => (since.as_micros() + u128::from(number)).to_string(),
        _ => format!("cli_{}_{number}", since.as_nanos()),
    }
}

/// The delivery before it is signed.
pub(crate) fn delivery(scheme: Scheme, id: &str, kind: &str, at: SystemTime) -> Delivery {
    let of = |body: String| Delivery::new(scheme, body).id(id).kind(kind).at(at);
    let form = |fields: &[(&str, &str)]| of(serde_urlencoded::to_string(fields).unwrap_or_default()).form();
    let name = scheme.name();
    if let Some(document) = typical::document(name, id, kind, millis(at)) {
        return of(document.to_string());
    }
    match name {
        // Signing puts these into their envelopes.
        "aws_sns" | "mailgun" => of(start(name, id, kind).to_string()),
        "braintree" => of(format!(
            "<notification><kind>{}</kind><subject><id>{id}</id></subject></notification>",
            escaped(kind)
        )),
        "mandrill" => form(&[("mandrill_events", &start(name, id, kind).to_string())]),
        "slack" if kind.starts_with('/') => {
            form(&[("team_id", "T0000000000"), ("text", ""), ("trigger_id", "")]).fill()
        }
        "twilio" => form(&[
            ("AccountSid", "AC00000000000000000000000000000000"),
            ("MessageSid", id),
        ])
        .fill(),
        _ => of(start(name, id, kind).to_string()).fill(),
    }
}

/// What the document holds beside that which its description names: its form where the sender knows several, and the id where
/// the description has none, since only by its content is such an event told from others.
fn start(sender: &str, id: &str, kind: &str) -> Value {
    match sender {
        "adyen" => {
            let item = json!({
                "pspReference": id, "merchantAccountCode": "TestMerchant", "merchantReference": id,
                "amount": {"currency": "EUR", "value": 1_000}, "eventCode": kind, "success": "true", "additionalData": {},
            });
            json!({"live": "false", "notificationItems": [{"NotificationRequestItem": item}]})
        }
        "asana" => json!({"events": [{"user": {"gid": id}, "resource": {"gid": id}}]}),
        "aws_sns" => json!({"Message": kind}),
        "azure_event_grid" => json!([{"topic": "test", "subject": "", "data": {}, "dataVersion": "1"}]),
        // An interaction has a number, any other event a name.
        "discord" if kind.parse::<u64>().is_ok() => json!({"type": 0, "version": 1}),
        "discord" => json!({"type": 1, "version": 1, "event": {"type": "", "data": {}}}),
        "google_pubsub" => json!({"message": {"data": ""}, "subscription": kind}),
        "hubspot" | "hubspot_v1" | "hubspot_v2" => json!([{"eventId": id, "objectId": id}]),
        "intuit" if kind.starts_with("qbo.") => json!([{"specversion": "1.0", "source": "intuit.test"}]),
        "intuit" => {
            json!({"eventNotifications": [{"realmId": "1", "dataChangeEvent": {"entities": [{"id": id}]}}]})
        }
        "line" => json!({"destination": "U0", "events": [{"mode": "active"}]}),
        "mailgun" => json!({"id": id, "event": kind}),
        "mandrill" => json!([{"_id": id, "event": kind}]),
        "meta" => {
            json!({"object": "page", "entry": [{"id": "1", "time": 0, "changes": [{"value": {"id": id}}]}]})
        }
        "ms_graph" => {
            let which = match kind {
                "missed" | "reauthorizationRequired" | "subscriptionRemoved" => "lifecycleEvent",
                _ => "changeType",
            };
            json!({"value": [{which: kind, "subscriptionId": id, "resource": "test"}]})
        }
        "okta" => json!({"eventType": "com.okta.event_hook"}),
        "plaid" => json!({"webhook_type": "TEST", "item_id": id}),
        "slack" => json!({"type": "event_callback", "team_id": "T0000000000", "event": {"type": ""}}),
        "stripe" => json!({"object": "event"}),
        "telegram" => json!({"message": {"message_id": 1, "text": kind}}),
        "xero" => json!({"events": [{"resourceId": id}]}),
        "auth0" | "sendgrid" => json!([{}]),
        "gocardless" => json!({"events": [{}]}),
        _ => json!({"id": id}),
    }
}

/// The text as XML holds it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Milliseconds since 1970.
fn millis(at: SystemTime) -> u64 {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
