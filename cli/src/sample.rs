//! A small body for each sender: one in which its description finds an id, a kind and a time.

use serde_json::json;

use crate::typical;

/// A body, and whether it is a form.
pub(crate) fn body(sender: &str, id: &str, kind: &str, millis: u128) -> (Vec<u8>, bool) {
    let millis = u64::try_from(millis).unwrap_or(0);
    if let Some(document) = typical::document(sender, id, kind, millis) {
        return (document.to_string().into_bytes(), false);
    }
    let document = match sender {
        "adyen" => {
            let item = json!({
                "pspReference": id, "merchantAccountCode": "TestMerchant", "merchantReference": id,
                "amount": {"currency": "EUR", "value": 1_000}, "eventCode": kind, "success": "true", "additionalData": {},
            });
            json!({"live": "false", "notificationItems": [{"NotificationRequestItem": item}]})
        }
        "aws_sns" => json!({"MessageId": id, "Message": kind}),
        "braintree" => {
            let xml = format!(
                "<notification><kind>{}</kind><subject/></notification>",
                escaped(kind)
            );
            return (xml.into_bytes(), false);
        }
        "azure_event_grid" => {
            json!([{"id": id, "topic": "test", "subject": "", "eventType": kind, "data": {}}])
        }
        "google_pubsub" => json!({"message": {"messageId": id, "data": ""}, "subscription": kind}),
        "mailgun" => json!({"id": id, "event": kind, "timestamp": millis / 1_000}),
        "mandrill" => {
            let events = json!([{"_id": id, "event": kind, "ts": millis / 1_000}]).to_string();
            let form = serde_urlencoded::to_string([("mandrill_events", events)]);
            return (form.unwrap_or_default().into_bytes(), true);
        }
        "ms_graph" => {
            json!({"value": [{"id": id, "subscriptionId": id, "changeType": kind, "resource": "test"}]})
        }
        _ => json!({
            "id": id, "event_id": id, "object": "event", "type": kind, "event_type": kind, "topic": kind, "scope": kind,
            "event": {"id": id, "type": kind, "event_type": kind, "triggerUuid": id}, "webhook_code": kind, "webhookTimestamp": millis,
        }),
    };
    (document.to_string().into_bytes(), false)
}

/// The text as XML holds it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
