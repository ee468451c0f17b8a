//! The description of Heroku.

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{header, json};

/// Heroku: HMAC-SHA-256 over the body, Base64. `webhook_metadata` names the attempt, so that it changes with each.
///
/// Sources: <https://devcenter.heroku.com/articles/app-webhooks#securing-webhook-requests>,
/// <https://devcenter.heroku.com/articles/app-webhooks-schema>, <https://devcenter.heroku.com/changelog-items/1966>,
/// <https://devcenter.heroku.com/changelog-items/2525>.
pub const HEROKU: Scheme = Scheme::hmac_sha256("heroku")
    .docs("https://devcenter.heroku.com/articles/app-webhooks#securing-webhook-requests")
    .source(Source::ThirdParty("several receivers that agree"))
    .vectors(Vectors::Derived)
    .tries("at the level `sync` for up to 72 hours, at `notify` never")
    .signature(header("heroku-webhook-hmac-sha256").base64())
    .id(json("/id"))
    .kind(json("/resource"))
    .unstable(&["/webhook_metadata"]);
