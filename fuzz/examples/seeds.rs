//! Writes the seeds of the target `senders`: a delivery and each handshake of every sender whose secret is shared.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::Request;
use tower_webhook::provider::senders;
use tower_webhook::testing::Delivery;
use tower_webhook_fuzz::{NOW, URL, signed};

const BODY: &str =
    r#"{"id":"a1","event_id":"a1","type":"made","event_type":"made","event":{"id":"a1","type":"made"}}"#;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/senders");
    fs::create_dir_all(&folder)?;
    for scheme in senders::ALL {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW);
        let mut delivery = Delivery::new(*scheme, body(scheme.name())).public_url(URL).at(at);
        if ["twilio", "mandrill"].contains(&scheme.name()) {
            delivery = delivery.form();
        }
        if let Some(request) = signed(scheme, &delivery) {
            fs::write(folder.join(scheme.name()), write(scheme.name(), &request?))?;
        }
    }
    Ok(())
}

/// A body in which the sender's rule finds what it signs.
fn body(name: &str) -> &'static str {
    match name {
        "adyen" => {
            r#"{"notificationItems":[{"NotificationRequestItem":{"pspReference":"a1","eventCode":"MADE","additionalData":{}}}]}"#
        }
        "azure_event_grid" => {
            r#"[{"id":"a1","eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","data":{"validationCode":"c1"}}]"#
        }
        "mandrill" => "mandrill_events=%5B%5D&b=2",
        "ms_graph" => r#"{"value":[{"id":"a1","changeType":"made"}]}"#,
        "twilio" => "MessageSid=a1&MessageStatus=sent&To=%2B1",
        _ => BODY,
    }
}

fn write(name: &str, request: &Request<Bytes>) -> Vec<u8> {
    let mut text = format!("{name}\n{} {}\n", request.method(), request.uri()).into_bytes();
    let lines = request
        .headers()
        .iter()
        .map(|(name, value)| [name.as_str().as_bytes(), b": ", value.as_bytes()].concat());
    text.extend(lines.collect::<Vec<_>>().join(&b'\n'));
    text.extend_from_slice(b"\n\n");
    text.extend_from_slice(request.body());
    text
}
