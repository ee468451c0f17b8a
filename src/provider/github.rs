//! GitHub's description.

use std::time::Duration;

use super::description::{Payload, Scheme};
use super::place::header;
use super::sender::Sender;
use crate::provider::about::{Source, Vectors};
use crate::secret::SecretSource;

/// GitHub: HMAC-SHA-256 over the body. Id and kind are headers that the signature does not cover.
///
/// GitHub tries no delivery again by itself; a person or a script can, with the same id, for three days. Bodies of up to 25 MB.
/// Source: <https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>,
/// <https://docs.github.com/en/webhooks/webhook-events-and-payloads>.
pub const GITHUB: Scheme = Scheme::hmac_sha256("github")
    .docs("https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries")
    .source(Source::Sender("github/docs, octokit/webhooks-methods.js"))
    .vectors(Vectors::Published)
    .answer("2xx")
    .deadline(Duration::from_secs(10))
    .tries("never by itself")
    .signature(header("x-hub-signature-256").prefix("sha256=").hex())
    .id(header("x-github-delivery"))
    .kind(header("x-github-event"))
    .payload(Payload::JsonOrForm { field: "payload" })
    .body_limit(25 * 1024 * 1024)
    .retries(Duration::from_secs(3 * 86_400), Duration::from_secs(35 * 86_400));

/// Old GitHub Enterprise Servers, which sign with SHA-1 only: `Sender::new(GITHUB_SHA1, secret)`. Never a fallback of [`GITHUB`].
pub const GITHUB_SHA1: Scheme = Scheme::hmac_sha1("github")
    .docs("https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries")
    .signature(header("x-hub-signature").prefix("sha1=").hex())
    .id(header("x-github-delivery"))
    .kind(header("x-github-event"))
    .payload(Payload::JsonOrForm { field: "payload" })
    .body_limit(25 * 1024 * 1024)
    .retries(Duration::from_secs(3 * 86_400), Duration::from_secs(35 * 86_400));

/// GitHub, with the webhook's secret.
///
/// ```
/// use tower_webhook::{Secret, VerifyLayer, github};
///
/// let layer = VerifyLayer::new(github(Secret::new("a long random webhook secret")?))?;
/// # Ok::<(), tower_webhook::ConfigError>(())
/// ```
pub fn github(secrets: impl SecretSource) -> Sender {
    Sender::new(GITHUB, secrets)
}
