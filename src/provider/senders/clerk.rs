//! The description of Clerk.

use std::time::Duration;

use crate::provider::description::Scheme;
use crate::provider::place::{Part, header, json};

/// Clerk: Svix under its own name.
///
/// Source: <https://clerk.com/docs/webhooks/overview>.
pub const CLERK: Scheme = Scheme::hmac_sha256("clerk")
    .docs("https://clerk.com/docs/webhooks/overview")
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
