//! PayPal: RSA over a checksum of the body, with a certificate that each delivery names by URL.

mod check;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::request::Parts;

use super::certificate::SigningCertificate;
use super::senders::PAYPAL;
use super::{Provider, Refusal, Scheme};
use crate::error::{ConfigError, ConfigErrorKind};
use crate::key_source::{KeyCache, KeyError, KeyHosts, KeySource, KeyUrl};
use crate::rejection::Reason;
use crate::signature::header::single;
use check::PayPalCheck;

/// PayPal, for one webhook by its id.
///
/// The signature covers a CRC-32 of the body, and another body of the same CRC-32 is found at once. So handlers get an
/// [`UnsignedBody`](crate::UnsignedBody): it says that PayPal has sent something with this checksum. **Ask PayPal's API for the
/// event by its id** (`GET /v1/notifications/webhooks-events/{id}`) before you act on it.
///
/// The certificate is fetched by your [`KeySource`], from PayPal's own host and nowhere else. It must have been issued for
/// PayPal's signatures and count now. Its chain is not followed to a root: what vouches for it is the TLS connection by which
/// your source fetches it. Which algorithm the delivery names is of no account.
///
/// Deliveries of PayPal's simulator are signed for the id `WEBHOOK_ID`.
///
/// ```
/// use tower_webhook::VerifyLayer;
/// use tower_webhook::provider::PayPal;
/// # use tower_webhook::{BoxError, key_source::{KeySource, KeyUrl}};
/// # struct Fetcher;
/// # impl KeySource for Fetcher {
/// #     async fn fetch(&self, _: &KeyUrl) -> Result<bytes::Bytes, BoxError> { Err("none".into()) }
/// # }
///
/// let layer = VerifyLayer::new(PayPal::live(Fetcher, "4JH86294D6297924G"))?;
/// # Ok::<(), tower_webhook::ConfigError>(())
/// ```
pub struct PayPal {
    scheme: Scheme,
    keys: KeyCache<SigningCertificate>,
    webhook: Arc<str>,
    place: &'static Place,
}

/// Where deliveries come from: each place has its host and its certificates' name.
struct Place {
    host: &'static str,
    signer: &'static str,
}

impl PayPal {
    /// The webhook with this id, as the dashboard shows it, of the live environment.
    pub fn live(source: impl KeySource, webhook_id: impl Into<String>) -> Self {
        Self::at(&LIVE, source, webhook_id.into())
    }

    /// The webhook with this id of the sandbox.
    pub fn sandbox(source: impl KeySource, webhook_id: impl Into<String>) -> Self {
        Self::at(&SANDBOX, source, webhook_id.into())
    }

    fn at(place: &'static Place, source: impl KeySource, webhook_id: String) -> Self {
        Self {
            scheme: PAYPAL,
            keys: KeyCache::new(source, SigningCertificate::read),
            webhook: webhook_id.into(),
            place,
        }
    }

    /// How far a delivery's time may be from now, either way; a day by default. PayPal does not say whether it gives a retry a
    /// new time, so less may lose retries.
    #[must_use]
    pub fn tolerance(mut self, tolerance: Duration) -> Self {
        self.scheme = self.scheme.tolerance(tolerance);
        self
    }

    /// What a delivery says is the URL of its certificate.
    fn certificate_url(&self, text: &str) -> Result<KeyUrl, KeyError> {
        let hosts = KeyHosts::new([self.place.host]).expect("the host is a name");
        let url = hosts.url(text)?;
        let name = url.path().strip_prefix("/v1/notifications/certs/");
        match name {
            Some(name) if !name.contains('/') => Ok(url),
            _ => Err(KeyError::foreign(
                "the delivery names a document that is no certificate of PayPal's; nothing was fetched",
            )),
        }
    }

    #[cfg(feature = "test-util")]
    pub(crate) fn test_certificate_url(&self) -> String {
        format!("https://{}/v1/notifications/certs/CERT-0", self.place.host)
    }

    /// What is signed of this delivery, for the signer.
    #[cfg(feature = "test-util")]
    pub(crate) fn signed_text(&self, head: &Parts, body: &[u8]) -> Result<String, Reason> {
        Ok(format!("{}{}", self.signed_head(head)?, crc32fast::hash(body)))
    }

    /// What is signed before the checksum.
    fn signed_head(&self, head: &Parts) -> Result<String, Reason> {
        let id = single(&head.headers, "paypal-transmission-id")?;
        let time = single(&head.headers, "paypal-transmission-time")?;
        // A bar within one of them would let it be read as two.
        if id.contains('|') || time.contains('|') {
            return Err(Reason::MalformedHeader);
        }
        Ok(format!("{id}|{time}|{}|", self.webhook))
    }
}

impl Provider for PayPal {
    type Check = PayPalCheck;

    fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    async fn begin(&self, head: &Parts, now: Option<SystemTime>) -> Result<PayPalCheck, Refusal> {
        let text = single(&head.headers, self.scheme.signature.header_name())?;
        let signature = STANDARD.decode(text).map_err(|_| Reason::MalformedHeader)?;
        let before = self.signed_head(head)?;
        let url = self.certificate_url(single(&head.headers, "paypal-cert-url")?)?;
        let now = now.ok_or(Reason::ClockSuspect)?;
        let certificate = self.keys.get(&url).await?;
        let signer = self.place.signer;
        Ok(PayPalCheck::new(certificate, signer, now, before, signature))
    }

    fn check(&self) -> Result<(), ConfigError> {
        self.scheme.check()?;
        if self.webhook.is_empty()
            || !self
                .webhook
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        {
            return Err(ConfigError::new(
                ConfigErrorKind::Topic,
                "PayPal signs the webhook's id; pass the one that the dashboard shows, such as `4JH86294D6297924G`",
            ));
        }
        Ok(())
    }
}

impl fmt::Debug for PayPal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PayPal")
            .field("host", &self.place.host)
            .finish_non_exhaustive()
    }
}

/// The certificates' names are those that PayPal's SDK for Java demands.
const LIVE: Place = Place {
    host: "api.paypal.com",
    signer: "messageverificationcerts.paypal.com",
};
const SANDBOX: Place = Place {
    host: "api.sandbox.paypal.com",
    signer: "messageverificationcerts.sandbox.paypal.com",
};
