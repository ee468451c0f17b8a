//! Writes the seeds of the target `senders`: a delivery and each handshake of every described sender, by its description.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::Request;
use tower_webhook::provider::senders;
use tower_webhook::testing::Delivery;
use tower_webhook_fuzz::{NOW, seed_secret};

const BODY: &str =
    r#"{"id":"a1","event_id":"a1","type":"made","event_type":"made","event":{"id":"a1","type":"made"}}"#;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/senders");
    fs::create_dir_all(&folder)?;
    for scheme in senders::ALL.iter().filter(|scheme| !scheme.is_own()) {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW);
        let delivery = Delivery::new(*scheme, BODY)
            .public_url("https://hooks.example.com/here")
            .at(at);
        let request = delivery.sign(&seed_secret(scheme))?;
        fs::write(folder.join(scheme.name()), write(scheme.name(), &request))?;
    }
    Ok(())
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
