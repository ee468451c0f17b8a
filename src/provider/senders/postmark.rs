//! The description of Postmark.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::json;

/// Postmark: the user and the password that you wrote into the webhook's URL, by HTTP's basic authentication. The secret is both, as
/// `user:password`. They sign nothing, so what it sends is an [`UnsignedBody`](crate::UnsignedBody). A message has several events, so
/// that they are known by their content.
///
/// Sources: <https://postmarkapp.com/developer/webhooks/webhooks-overview>,
/// <https://postmarkapp.com/support/article/understanding-inbound-webhook-retries-in-postmark>.
pub const POSTMARK: Scheme = Scheme::basic("postmark")
    .docs("https://postmarkapp.com/developer/webhooks/webhooks-overview")
    .source(Source::ThirdParty("symfony/symfony, anymail/django-anymail"))
    .vectors(Vectors::Derived)
    .answer("200; 403 stops it")
    .tries("10 times in 10.5 hours, of some events fewer")
    .kind(json("/RecordType"))
    .retries(Duration::from_secs(11 * 3_600), Duration::from_secs(3 * 86_400));
