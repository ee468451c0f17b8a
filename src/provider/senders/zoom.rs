//! The description of Zoom.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::handshake::Handshake;
use crate::provider::place::{Part, header, json};

/// Zoom: HMAC-SHA-256 over `v0:time:body`, hexadecimal; the key is the app's secret token. No delivery has an id, so events are
/// known by their content. An endpoint is validated by a signed delivery that wants a MAC of its token, when it is set up and every
/// 72 hours.
///
/// Source: <https://developers.zoom.us/docs/api/webhooks/>.
pub const ZOOM: Scheme = Scheme::hmac_sha256("zoom")
    .docs("https://developers.zoom.us/docs/api/webhooks/")
    .source(Source::Sender("zoom/webhook-sample"))
    .vectors(Vectors::Derived)
    .answer("200 or 204")
    .deadline(Duration::from_secs(3))
    .tries("3 times: after 5, 20 and 60 minutes")
    .signature(header("x-zm-signature").prefix("v0=").hex())
    .content(&[
        Part::Text("v0:"),
        Part::Header("x-zm-request-timestamp"),
        Part::Text(":"),
        Part::Body,
    ])
    .timestamp(header("x-zm-request-timestamp").unix_seconds())
    .kind(json("/event"))
    .handshakes(&[Handshake::echo(
        json("/event"),
        "endpoint.url_validation",
        json("/payload/plainToken"),
    )
    .mac_hex("plainToken", "encryptedToken")])
    .retries(Duration::from_secs(90 * 60), Duration::from_secs(2 * 86_400));
