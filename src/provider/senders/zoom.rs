//! The description of Zoom.

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
    .mac_hex("plainToken", "encryptedToken")]);
