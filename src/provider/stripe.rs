//! Stripe's description.

use std::time::Duration;

use super::description::{Payload, Scheme};
use super::place::{Part, element, first_of, header, json};
use super::sender::Sender;
use crate::provider::about::{Source, Vectors};
use crate::secret::SecretSource;

/// Stripe: HMAC-SHA-256 over `time.body`, hexadecimal, as `t=…,v1=…`. The `whsec_…` secret's text itself is the key.
///
/// Live events are tried for up to three days; a retry has the same id and a new time. `pending_webhooks` may differ
/// between tries. Source: <https://docs.stripe.com/webhooks/signature>.
pub const STRIPE: Scheme = Scheme::hmac_sha256("stripe")
    .docs("https://docs.stripe.com/webhooks/signature")
    .secret_begins("whsec_")
    .source(Source::Sender("stripe/stripe-python"))
    .vectors(Vectors::Derived)
    .answer("2xx")
    .tries("for up to 3 days")
    .signature(header("stripe-signature").pairs("v1").hex())
    .content(&[Part::Element("t"), Part::Text("."), Part::Body])
    .timestamp(element("t").unix_seconds())
    .id(json("/id"))
    .kind(json("/type"))
    .within(&[first_of(&[json("/account"), json("/context")]), json("/livemode")])
    .live(json("/livemode"))
    .unstable(&["/pending_webhooks"])
    .payload(Payload::Json)
    .retries(Duration::from_secs(3 * 86_400), Duration::from_secs(8 * 86_400));

/// Stripe, with the endpoint's `whsec_…` secret.
///
/// ```
/// use tower_webhook::{Secret, VerifyLayer, stripe};
///
/// let secret = Secret::new("whsec_5WbX5kEWLlfzsGNjH64I8lOOqUB6e8FH")?;
/// let layer = VerifyLayer::new(stripe(secret).expect_live(true))?;
/// # Ok::<(), tower_webhook::ConfigError>(())
/// ```
pub fn stripe(secrets: impl SecretSource) -> Sender {
    Sender::new(STRIPE, secrets)
}
