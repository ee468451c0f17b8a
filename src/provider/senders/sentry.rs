//! The description of Sentry.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::header;
use crate::verified::Identity;

/// Sentry: HMAC-SHA-256 over the body, hexadecimal. The request's id is new each time, so events are known by their content.
///
/// Source: <https://docs.sentry.io/organization/integrations/integration-platform/webhooks/>.
pub const SENTRY: Scheme = Scheme::hmac_sha256("sentry")
    .docs("https://docs.sentry.io/organization/integrations/integration-platform/webhooks/")
    .source(Source::ThirdParty("hookdeck/webhook-skills"))
    .vectors(Vectors::Derived)
    .answer("2xx")
    .deadline(Duration::from_secs(1))
    .signature(header("sentry-hook-signature").hex())
    .id_if_any(header("request-id"))
    .kind(header("sentry-hook-resource"))
    .identity(Identity::SignedContent)
    .empty_body()
    .or(&COMPONENTS);

/// The requests of components in Sentry's interface.
const COMPONENTS: Scheme = Scheme::hmac_sha256("sentry")
    .signature(header("sentry-app-signature").hex())
    .id_if_any(header("request-id"))
    .kind(header("sentry-hook-resource"));
