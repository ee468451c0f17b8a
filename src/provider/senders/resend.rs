//! The description of Resend.

use std::time::Duration;

use crate::provider::description::Scheme;
use crate::provider::place::{Part, header, json};

/// Resend: Svix under its own name.
///
/// Source: <https://resend.com/docs/dashboard/webhooks/introduction>.
pub const RESEND: Scheme = Scheme::hmac_sha256("resend")
    .docs("https://resend.com/docs/dashboard/webhooks/introduction")
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
    .retries(Duration::from_secs(28 * 3_600), Duration::from_secs(7 * 86_400));
