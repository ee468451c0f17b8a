//! The Standard Webhooks specification's description.

use std::time::Duration;

use super::description::Scheme;
use super::place::{Part, header, json};
use super::sender::Sender;
use crate::provider::about::{Source, Vectors};
use crate::secret::SecretSource;

/// Standard Webhooks: HMAC-SHA-256 over `id.time.body`, Base64, as `v1,…`. The key is what stands in Base64 behind `whsec_`.
///
/// The specification's own retry table ends after 75.6 hours. Versions other than `v1` are passed over.
/// Source: <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>.
///
/// With the feature `ed25519` a secret behind `whpk_` is a public key, and the signatures that count are `v1a,…`, Ed25519 over the
/// same. While a sender goes from the one to the other, give both secrets.
pub const STANDARD_WEBHOOKS: Scheme = or_ed25519(MACS);

const MACS: Scheme = Scheme::hmac_sha256("standard_webhooks")
    .docs("https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md")
    .source(Source::Sender("standard-webhooks/standard-webhooks"))
    .vectors(Vectors::Published)
    .answer("2xx")
    .deadline(Duration::from_secs(15))
    .tries("9 times in 75.6 hours, as the specification advises")
    .signature(header("webhook-signature").list("v1").base64())
    .base64_key("whsec_")
    .content(&[
        Part::Header("webhook-id"),
        Part::Text("."),
        Part::Header("webhook-timestamp"),
        Part::Text("."),
        Part::Body,
    ])
    .timestamp(header("webhook-timestamp").unix_seconds())
    .id(header("webhook-id"))
    .kind(json("/type"))
    .empty_body()
    .retries(Duration::from_secs(76 * 3_600), Duration::from_secs(8 * 86_400));

/// The same scheme for a sender that may sign with Ed25519, as items `v1a`, where the crate knows how to verify that.
pub(super) const fn or_ed25519(scheme: Scheme) -> Scheme {
    #[cfg(feature = "ed25519")]
    let scheme = scheme.or_ed25519("v1a");
    scheme
}

/// Any sender that follows the Standard Webhooks specification, with the endpoint's `whsec_…` secret.
///
/// ```
/// use tower_webhook::{Secret, VerifyLayer, standard_webhooks};
///
/// let layer = VerifyLayer::new(standard_webhooks(Secret::new("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")?))?;
/// # Ok::<(), tower_webhook::ConfigError>(())
/// ```
pub fn standard_webhooks(secrets: impl SecretSource) -> Sender {
    Sender::new(STANDARD_WEBHOOKS, secrets)
}
