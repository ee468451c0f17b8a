//! The description of Heroku.

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{header, json};

/// Heroku: HMAC-SHA-256 over the body, Base64. `webhook_metadata` names the attempt, so that it changes with each.
///
/// Source: <https://devcenter.heroku.com/articles/app-webhooks#securing-webhook-requests>.
pub const HEROKU: Scheme = Scheme::hmac_sha256("heroku")
    .docs("https://devcenter.heroku.com/articles/app-webhooks#securing-webhook-requests")
    .source(Source::ThirdParty("several receivers that agree"))
    .vectors(Vectors::Derived)
    .signature(header("heroku-webhook-hmac-sha256").base64())
    .id(json("/id"))
    .kind(json("/resource"))
    .unstable(&["/webhook_metadata"]);
