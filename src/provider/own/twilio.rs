//! The rule of Twilio: HMAC-SHA-1 over the URL and either the sorted form or, by its hash in the query, the body.

use std::slice::from_ref;
#[cfg(feature = "test-util")]
use std::time::SystemTime;

use bytes::Bytes;
#[cfg(feature = "test-util")]
use http::Request;
use http::request::Parts;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

#[cfg(feature = "test-util")]
use super::signing;
use super::{Judge, Own, Rule, Verdict, first, is_signed, shown};
#[cfg(feature = "test-util")]
use crate::error::BoxError;
use crate::error::{ConfigError, ConfigErrorKind};
use crate::provider::Refusal;
use crate::provider::description::Scheme;
use crate::provider::form;
use crate::provider::keys::Keys;
use crate::provider::method::{KeyForm, Method};
use crate::provider::public_url::PublicUrl;
use crate::provider::read::is_form;
use crate::provider::senders::TWILIO;
use crate::rejection::Reason;
use crate::secret::SecretSource;
use crate::signature::encoding::{Decoded, Encoding};
use crate::signature::hmac::Algorithm;

/// Twilio: see [`TWILIO`] for what it signs. The secret is the account's auth token; give the secondary one as a second secret
/// while you rotate them.
///
/// ```
/// use tower_webhook::provider::senders::Twilio;
/// use tower_webhook::{Secret, VerifyLayer};
///
/// let token = Secret::new("the account's auth token")?;
/// let layer = VerifyLayer::new(Twilio::new(token).public_url("https://hooks.example.com/twilio"))?;
/// # Ok::<(), tower_webhook::ConfigError>(())
/// ```
pub type Twilio = Own<TwilioRule>;

/// How Twilio signs.
#[derive(Debug, Default)]
pub struct TwilioRule {
    url: Option<PublicUrl>,
}

impl Twilio {
    /// Twilio with an account's auth token, several, or a source that looks them up.
    pub fn new(secrets: impl SecretSource) -> Self {
        Self::with(TWILIO, secrets, TwilioRule::default())
    }

    /// The endpoint's public URL as Twilio was given it, without its query, which is read from each request. A URL that ends with
    /// its host takes the request's path too: for an endpoint of many paths that no router shortens (axum's `nest` does).
    #[must_use]
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.rule.url = Some(PublicUrl::new(url));
        self
    }
}

/// What one request shows, and what it was sent to.
struct Shown {
    signature: Decoded,
    /// The URL as configured, and with the other spelling of its port: Twilio's own systems are not of one mind.
    urls: [String; 2],
    content: Content,
}

/// What is signed beside the URL.
enum Content {
    Form,
    Hash(Decoded),
}

impl Rule for TwilioRule {
    fn keys(&self) -> (Method, KeyForm) {
        (Method::Hmac(Algorithm::Sha1), KeyForm::Text)
    }

    fn check(&self, own: &Own<Self>) -> Result<(), ConfigError> {
        required(own.scheme.name, self.url.as_ref())
    }

    fn read(&self, scheme: &Scheme, head: &Parts) -> Result<Judge, Refusal> {
        let signature = shown(scheme, &head.headers, Algorithm::Sha1)?;
        // The start-up check asks for a URL.
        let url = self.url.as_ref().ok_or(Reason::BadSignature)?;
        let called = url.called(head)?;
        let shown = Shown {
            signature,
            urls: [called.text(), called.other_port()],
            content: Content::of(head)?,
        };
        Ok(Box::new(move |keys, body| shown.judge(keys, body)))
    }

    #[cfg(feature = "test-util")]
    fn sign(&self, keys: &Keys, _: SystemTime, request: &mut Request<Bytes>) -> Result<(), BoxError> {
        let url = self.url.as_ref().ok_or("no public URL")?;
        let body = request.body().clone();
        let (mut head, _) = request.clone().into_parts();
        if !is_form(&head.headers) {
            let hash = Encoding::Hex.encode(&Sha256::digest(&body));
            let separator = if head.uri.query().is_some() { '&' } else { '?' };
            head.uri = format!("{}{separator}bodySHA256={hash}", head.uri).parse()?;
        }
        let params = match is_form(&head.headers) {
            true => sorted(&body).map_err(|_| "the body is no form")?,
            false => Vec::new(),
        };
        let url = url.called(&head).map_err(|_| "two hosts")?.text();
        let signature = signing::last(keys, &[url.as_bytes(), &params], Encoding::Base64);
        *request.uri_mut() = head.uri;
        signing::put(request, "x-twilio-signature", &signature)
    }
}

impl Content {
    /// The signed URL decides which it is, never the content type, which nobody signs.
    fn of(head: &Parts) -> Result<Self, Refusal> {
        let query = head.uri.query().unwrap_or_default();
        let mut hashes = query
            .split('&')
            .filter_map(|pair| pair.strip_prefix("bodySHA256="));
        match (hashes.next(), hashes.next()) {
            (Some(hash), None) => {
                let hash = Encoding::Hex.decode(hash.as_bytes(), 32);
                hash.map(Self::Hash)
                    .ok_or_else(|| unsigned("`bodySHA256` is not the text of a SHA-256"))
            }
            (Some(_), Some(_)) => Err(unsigned("`bodySHA256` stands twice in the query")),
            (None, _) if is_form(&head.headers) || head.method == http::Method::GET => Ok(Self::Form),
            (None, _) => Err(unsigned(
                "the body is no form, and no `bodySHA256` in the query signs it",
            )),
        }
    }
}

impl Shown {
    fn judge(&self, keys: &Keys, body: &Bytes) -> Result<Verdict, Refusal> {
        let (params, whole) = match &self.content {
            Content::Form => (sorted(body)?, Choice::from(1)),
            Content::Hash(hash) => (Vec::new(), Sha256::digest(body).as_slice().ct_eq(hash.as_bytes())),
        };
        let matched = keys.macs().iter().map(|key| {
            let genuine = self.urls.iter().fold(Choice::from(0), |any, url| {
                any | is_signed(key, &[url.as_bytes(), &params], from_ref(&self.signature))
            });
            genuine & whole
        });
        Ok(Verdict {
            matched: first(matched),
            signed: Some([self.urls[0].as_bytes(), b"\n", &params].concat()),
        })
    }
}

/// Names and values of a form as Twilio signs them: sorted by name, each different value of a name once and in order, nothing
/// between any of them. So `Digits=1` and `Digit=s1` have one signature: a typed event must refuse names that it doesn't know.
pub(crate) fn sorted(body: &[u8]) -> Result<Vec<u8>, Refusal> {
    let mut pairs = form::pairs(body).map_err(|cause| Refusal::new(Reason::BadSignature).because(cause))?;
    pairs.sort_unstable();
    pairs.dedup();
    let each = pairs
        .iter()
        .flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]);
    Ok(each.collect::<Vec<_>>().concat())
}

/// The public URL of a sender that signs it.
pub(super) fn required(sender: &str, url: Option<&PublicUrl>) -> Result<(), ConfigError> {
    let missing = || {
        let advice =
            format!("{sender} signs the endpoint's URL; say `.public_url(…)` as the sender was given it");
        ConfigError::new(ConfigErrorKind::PublicUrl, advice)
    };
    url.ok_or_else(missing)?.check()
}

fn unsigned(cause: &'static str) -> Refusal {
    Refusal::new(Reason::BadSignature).because(cause)
}
