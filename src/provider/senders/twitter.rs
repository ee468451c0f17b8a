//! The description of X, formerly Twitter.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::handshake::Handshake;
use crate::provider::place::header;

/// X (Account Activity, filtered stream): HMAC-SHA-256 over the body, Base64 behind `sha256=`; the key is the app's consumer secret.
/// No delivery has an id, so events are known by their content.
///
/// Again and again X sends a `GET` with a `crc_token` and wants its MAC under the same key. Anybody can ask for that, so only tokens
/// are signed, and no delivery that is such a token is believed. Source: <https://docs.x.com/x-api/webhooks/quickstart>.
pub const TWITTER: Scheme = Scheme::hmac_sha256("twitter")
    .docs("https://docs.x.com/x-api/webhooks/quickstart")
    .source(Source::Sender("xdevplatform/docs"))
    .vectors(Vectors::ThirdParty)
    .answer("200")
    .deadline(Duration::from_secs(10))
    .tries("only when a replay is asked for")
    .signature(header("x-twitter-webhooks-signature").prefix("sha256=").base64())
    .handshakes(&[Handshake::get("crc_token").mac_base64("response_token", "sha256=")]);
