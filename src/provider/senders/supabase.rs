//! The description of Supabase Auth hooks.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{Part, header, json};
use crate::verified::Identity;

/// Supabase Auth hooks: Standard Webhooks' scheme with signatures joined by a comma and a space, and a secret behind `v1,whsec_`.
/// Each of the three tries has an id of its own, so events are known by their content.
///
/// Source: <https://supabase.com/docs/guides/auth/auth-hooks>.
pub const SUPABASE: Scheme = Scheme::hmac_sha256("supabase")
    .docs("https://supabase.com/docs/guides/auth/auth-hooks")
    .source(Source::Sender("supabase/auth"))
    .vectors(Vectors::Derived)
    .answer("200 or 202 with JSON, or 204")
    .deadline(Duration::from_secs(5))
    .tries("3 times within 5 seconds")
    .signature(header("webhook-signature").list_by(", ", "v1").base64())
    .base64_key("v1,whsec_")
    .content(&[
        Part::Header("webhook-id"),
        Part::Text("."),
        Part::Header("webhook-timestamp"),
        Part::Text("."),
        Part::Body,
    ])
    .timestamp(header("webhook-timestamp").unix_seconds())
    .id(header("webhook-id"))
    .identity(Identity::SignedContent)
    .kind(json("/type"))
    .retries(Duration::from_secs(300), Duration::from_secs(86_400));
