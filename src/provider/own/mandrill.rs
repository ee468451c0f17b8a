//! The rule of Mandrill: HMAC-SHA-1 over the URL and the sorted form.

use std::slice::from_ref;
#[cfg(feature = "test-util")]
use std::time::SystemTime;

use bytes::Bytes;
use http::Method as Verb;
#[cfg(feature = "test-util")]
use http::Request;
use http::request::Parts;

#[cfg(feature = "test-util")]
use super::signing;
use super::twilio::{required, sorted};
use super::{Judge, Own, Rule, Verdict, first, is_signed, shown};
#[cfg(feature = "test-util")]
use crate::error::BoxError;
use crate::error::ConfigError;
use crate::provider::description::Scheme;
use crate::provider::keys::Keys;
use crate::provider::method::{KeyForm, Method};
use crate::provider::public_url::PublicUrl;
use crate::provider::senders::MANDRILL;
use crate::provider::{Answer, Refusal};
use crate::rejection::Reason;
use crate::secret::SecretSource;
#[cfg(feature = "test-util")]
use crate::signature::encoding::Encoding;
use crate::signature::hmac::Algorithm;

/// Mandrill: see [`MANDRILL`] for what it signs. The secret is the webhook's key.
///
/// ```
/// use tower_webhook::provider::senders::Mandrill;
/// use tower_webhook::{Secret, VerifyLayer};
///
/// let key = Secret::new("the webhook's key")?;
/// let layer = VerifyLayer::new(Mandrill::new(key).public_url("https://hooks.example.com/mandrill"))?;
/// # Ok::<(), tower_webhook::ConfigError>(())
/// ```
pub type Mandrill = Own<MandrillRule>;

/// How Mandrill signs.
#[derive(Debug, Default)]
pub struct MandrillRule {
    url: Option<PublicUrl>,
}

impl Mandrill {
    /// Mandrill with a webhook's key, several, or a source that looks them up.
    pub fn new(secrets: impl SecretSource) -> Self {
        Self::with(MANDRILL, secrets, MandrillRule::default())
    }

    /// The endpoint's public URL as Mandrill was given it, without its query; see [`Twilio`](super::twilio::Twilio)'s.
    #[must_use]
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.rule.url = Some(PublicUrl::new(url));
        self
    }
}

impl Rule for MandrillRule {
    fn keys(&self) -> (Method, KeyForm) {
        (Method::Hmac(Algorithm::Sha1), KeyForm::Text)
    }

    fn check(&self, own: &Own<Self>) -> Result<(), ConfigError> {
        required(own.scheme.name, self.url.as_ref())
    }

    fn read(&self, scheme: &Scheme, head: &Parts) -> Result<Judge, Refusal> {
        let signature = shown(scheme, &head.headers, Algorithm::Sha1)?;
        // The start-up check asks for a URL.
        let url = self
            .url
            .as_ref()
            .ok_or(Reason::BadSignature)?
            .called(head)?
            .text();
        Ok(Box::new(move |keys: &Keys, body: &Bytes| {
            let params = sorted(body)?;
            let pieces = [url.as_bytes(), &params];
            let matched = keys
                .macs()
                .iter()
                .map(|key| is_signed(key, &pieces, from_ref(&signature)));
            Ok(Verdict {
                matched: first(matched),
                signed: Some(pieces.join(&b'\n')),
            })
        }))
    }

    /// A new webhook's URL is asked whether it is there.
    fn challenge<'a>(&self, head: &'a Parts) -> Option<&'a str> {
        (head.method == Verb::HEAD).then_some("")
    }

    fn answer(&self, _: &Keys, _: &str) -> Result<Answer, Refusal> {
        Ok(Answer::empty())
    }

    #[cfg(feature = "test-util")]
    fn sign(&self, keys: &Keys, _: SystemTime, request: &mut Request<Bytes>) -> Result<(), BoxError> {
        let url = self.url.as_ref().ok_or("no public URL")?;
        let (head, body) = request.clone().into_parts();
        let url = url.called(&head).map_err(|_| "two hosts")?.text();
        let params = sorted(&body).map_err(|_| "the body is no form")?;
        let signature = signing::last(keys, &[url.as_bytes(), &params], Encoding::Base64);
        signing::put(request, "x-mandrill-signature", &signature)
    }
}
