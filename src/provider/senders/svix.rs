//! The description of Svix.

use std::time::Duration;

use super::STANDARD_WEBHOOKS;
use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{Part, header, json};
use crate::provider::standard_webhooks::or_ed25519;

/// Svix: HMAC-SHA-256 over `id.time.body`, Base64, as `v1,…`; the key is what stands in Base64 behind `whsec_`.
/// Eight tries over 27.6 hours; a resend has the same id.
///
/// Source: <https://docs.svix.com/receiving/verifying-payloads/how-manual>.
/// A secret behind `whpk_` is a public key, as with [`STANDARD_WEBHOOKS`](crate::provider::STANDARD_WEBHOOKS).
pub const SVIX: Scheme = or_ed25519(MACS);

const MACS: Scheme = Scheme::hmac_sha256("svix")
    .docs("https://docs.svix.com/receiving/verifying-payloads/how-manual")
    .source(Source::Sender("svix/svix-docs"))
    .vectors(Vectors::Published)
    .answer("2xx")
    .deadline(Duration::from_secs(15))
    .tries("7 times in 27.6 hours")
    .signature(header("svix-signature").list("v1").base64())
    .base64_key("whsec_")
    .content(&[
        Part::Header("svix-id"),
        Part::Text("."),
        Part::Header("svix-timestamp"),
        Part::Text("."),
        Part::Body,
    ])
    .timestamp(header("svix-timestamp").unix_seconds())
    .id(header("svix-id"))
    .kind(json("/type"))
    .or(&STANDARD_WEBHOOKS)
    .retries(Duration::from_secs(28 * 3_600), Duration::from_secs(7 * 86_400));
