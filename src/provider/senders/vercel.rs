//! The description of Vercel.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{header, json};

/// Vercel: HMAC-SHA-1 over the body, bare hexadecimal.
/// Tried for up to 24 hours.
///
/// Source: <https://vercel.com/docs/webhooks/webhooks-api#securing-webhooks>.
pub const VERCEL: Scheme = Scheme::hmac_sha1("vercel")
    .docs("https://vercel.com/docs/webhooks/webhooks-api#securing-webhooks")
    .source(Source::ThirdParty("hookdeck/webhook-skills"))
    .vectors(Vectors::Derived)
    .answer("2xx")
    .deadline(Duration::from_secs(30))
    .tries("for up to 24 hours")
    .signature(header("x-vercel-signature").hex())
    .id(json("/id"))
    .kind(json("/type"))
    .retries(Duration::from_secs(86_400), Duration::from_secs(8 * 86_400));
