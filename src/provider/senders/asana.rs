//! The description of Asana.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::events::each;
use crate::provider::handshake::Handshake;
use crate::provider::place::{header, json};

/// Asana: HMAC-SHA-256 over the body, hexadecimal; the key is what Asana itself hands over, once, in `X-Hook-Secret` while the webhook
/// is made: see [`Sender::on_secret`](crate::provider::Sender::on_secret). One delivery holds several events, or none as a
/// heartbeat: a `SplitLayer` opens it, and each is known by its content and called by what it is about: `task.changed`. Without the
/// layer the delivery is known by its content.
///
/// Source: <https://developers.asana.com/docs/webhooks-guide>.
pub const ASANA: Scheme = Scheme::hmac_sha256("asana")
    .docs("https://developers.asana.com/docs/webhooks-guide")
    .source(Source::Sender("Asana/developer-docs"))
    .vectors(Vectors::Derived)
    .answer("200 or 204")
    .deadline(Duration::from_secs(10))
    .tries("for up to 24 hours")
    .signature(header("x-hook-signature").hex())
    .events(&[each("/events/*")
        .kind(&[json("/resource/resource_type"), json("/action")])
        .time(json("/created_at").rfc3339())])
    .handshakes(&[Handshake::secret_header("x-hook-secret")])
    .retries(Duration::from_secs(86_400), Duration::from_secs(8 * 86_400));
