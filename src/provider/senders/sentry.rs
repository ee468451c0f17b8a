//! The description of Sentry.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::header;
use crate::verified::Identity;

/// Sentry: HMAC-SHA-256 over the body, hexadecimal. The request's id is new each time, so events are known by their content.
///
/// Sources: <https://docs.sentry.io/organization/integrations/integration-platform/webhooks/>; of the tries its code,
/// <https://github.com/getsentry/sentry/blob/master/src/sentry/sentry_apps/tasks/sentry_apps.py> and
/// <https://github.com/getsentry/sentry/blob/master/src/sentry/utils/sentry_apps/webhooks.py>.
pub const SENTRY: Scheme = Scheme::hmac_sha256("sentry")
    .docs("https://docs.sentry.io/organization/integrations/integration-platform/webhooks/")
    .source(Source::ThirdParty("hookdeck/webhook-skills"))
    .vectors(Vectors::Derived)
    .answer("2xx")
    .deadline(Duration::from_secs(1))
    .tries("up to 3 times, 5 minutes apart, but not after a 4xx and never for an unpublished integration")
    .signature(header("sentry-hook-signature").hex())
    .id_if_any(header("request-id"))
    .kind(header("sentry-hook-resource"))
    .identity(Identity::SignedContent)
    .empty_body()
    .retries(Duration::from_secs(3_600), Duration::from_secs(86_400))
    .or(&COMPONENTS);

/// The requests of components in Sentry's interface.
const COMPONENTS: Scheme = Scheme::hmac_sha256("sentry")
    .signature(header("sentry-app-signature").hex())
    .id_if_any(header("request-id"))
    .kind(header("sentry-hook-resource"));
