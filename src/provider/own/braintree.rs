//! The rule of Braintree: HMAC-SHA-1 over one field of the form, in another one.

#[cfg(feature = "test-util")]
use std::time::SystemTime;

#[cfg(feature = "test-util")]
use base64::Engine;
use bytes::Bytes;
use http::Method as Verb;
#[cfg(feature = "test-util")]
use http::Request;
#[cfg(feature = "test-util")]
use http::header::{CONTENT_TYPE, HeaderValue};
use http::request::Parts;

#[cfg(feature = "test-util")]
use super::signing;
use super::{Judge, Own, Rule, Verdict, first, is_signed};
#[cfg(feature = "test-util")]
use crate::error::BoxError;
use crate::error::{ConfigError, ConfigErrorKind};
use crate::provider::description::Scheme;
use crate::provider::form;
use crate::provider::keys::Keys;
use crate::provider::method::{KeyForm, Method};
use crate::provider::senders::BRAINTREE;
use crate::provider::{Answer, Refusal};
use crate::rejection::Reason;
use crate::secret::SecretSource;
use crate::signature::encoding::{Decoded, Encoding};
use crate::signature::hmac::Algorithm;

/// Braintree: see [`BRAINTREE`] for what it signs. The secret is the private key of an API key pair.
///
/// ```
/// use tower_webhook::provider::senders::Braintree;
/// use tower_webhook::{Secret, VerifyLayer};
///
/// let private_key = Secret::new("the private key of the API key")?;
/// let layer = VerifyLayer::new(Braintree::new("8xn2fqz5tj4wk7cv", private_key))?;
/// # Ok::<(), tower_webhook::ConfigError>(())
/// ```
pub type Braintree = Own<BraintreeRule>;

/// How Braintree signs.
#[derive(Debug)]
pub struct BraintreeRule {
    public_key: Box<str>,
}

impl Braintree {
    /// Braintree with the public key of an API key pair, by which the check of the endpoint's URL is answered, and its private
    /// key, several, or a source that looks them up. The first private key is the public key's.
    pub fn new(public_key: impl Into<String>, secrets: impl SecretSource) -> Self {
        let public_key = public_key.into().into_boxed_str();
        Self::with(BRAINTREE, secrets, BraintreeRule { public_key })
    }
}

impl Rule for BraintreeRule {
    fn keys(&self) -> (Method, KeyForm) {
        (Method::Hmac(Algorithm::Sha1), KeyForm::Sha1)
    }

    fn check(&self, _: &Own<Self>) -> Result<(), ConfigError> {
        let graphic = self
            .public_key
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'|');
        if self.public_key.is_empty() || self.public_key.len() > MAX_PUBLIC_KEY || !graphic {
            return Err(ConfigError::new(
                ConfigErrorKind::UndecodableSecret,
                "the public key is not what Braintree shows for the API key; copy it whole",
            ));
        }
        Ok(())
    }

    fn read(&self, _: &Scheme, _: &Parts) -> Result<Judge, Refusal> {
        Ok(Box::new(judge))
    }

    fn challenge<'a>(&self, head: &'a Parts) -> Option<&'a str> {
        let query = head.uri.query().filter(|_| head.method == Verb::GET)?;
        query
            .split('&')
            .find_map(|pair| pair.strip_prefix("bt_challenge="))
    }

    /// Only what Braintree's own challenges look like is signed: whatever else is signed here, somebody could use as a signature.
    fn answer(&self, keys: &Keys, challenge: &str) -> Result<Answer, Refusal> {
        let hex = challenge
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let key = keys.macs().first();
        let key = key
            .filter(|_| hex && CHALLENGE.contains(&challenge.len()))
            .ok_or(Reason::MalformedHeader)?;
        let mut mac = key.start();
        mac.update(challenge.as_bytes());
        let text = format!("{}|{}", self.public_key, mac.finish().hex());
        Answer::text(&text).ok_or_else(|| Reason::MalformedHeader.into())
    }

    #[cfg(feature = "test-util")]
    fn sign(&self, keys: &Keys, _: SystemTime, request: &mut Request<Bytes>) -> Result<(), BoxError> {
        let payload = format!(
            "{}\n",
            base64::engine::general_purpose::STANDARD.encode(request.body())
        );
        let each = keys.macs().iter().map(|key| {
            let signature = signing::mac(key, &[payload.as_bytes()], Encoding::Hex);
            format!("{}|{signature}", self.public_key)
        });
        let signature = each.collect::<Vec<_>>().join("&");
        let form = serde_urlencoded::to_string([("bt_signature", &signature), ("bt_payload", &payload)])?;
        *request.body_mut() = form.into();
        let media_type = HeaderValue::from_static("application/x-www-form-urlencoded");
        request.headers_mut().insert(CONTENT_TYPE, media_type);
        Ok(())
    }
}

fn judge(keys: &Keys, body: &Bytes) -> Result<Verdict, Refusal> {
    let fields = form::fields(body).map_err(|cause| Refusal::new(Reason::MalformedHeader).because(cause))?;
    let field = |wanted: &str| {
        let found = fields.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| &**value).ok_or(Reason::MissingHeader)
    };
    let (signature, payload) = (field("bt_signature")?, field("bt_payload")?);
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=\n".contains(&byte);
    // Base64 of XML begins with a `P`, and no challenge does: else an answer to one would be the signature of an event.
    if !payload.starts_with('P') || !payload.bytes().all(is_base64) {
        return Err(Refusal::new(Reason::BadSignature).because("the payload is not XML in Base64"));
    }
    let signatures = signatures(signature)?;
    // What stands at the end of a field is easily lost on the way: the sender's own libraries try both.
    let payload = payload.strip_suffix('\n').unwrap_or(payload).as_bytes();
    let matched = keys
        .macs()
        .iter()
        .map(|key| is_signed(key, &[payload], &signatures) | is_signed(key, &[payload, b"\n"], &signatures));
    Ok(Verdict {
        matched: first(matched),
        signed: Some(payload.to_vec()),
    })
}

/// The signatures of `public_key|signature` pairs. Whose key each names is not asked: a private key finds its own.
fn signatures(text: &str) -> Result<Vec<Decoded>, Reason> {
    let pairs: Vec<_> = text.split('&').take(MAX_SIGNATURES + 1).collect();
    if pairs.len() > MAX_SIGNATURES {
        return Err(Reason::TooManySignatures);
    }
    let each = pairs.iter().map(|pair| {
        let (_, signature) = pair.split_once('|')?;
        Encoding::Hex.decode(signature.as_bytes(), Algorithm::Sha1.len())
    });
    each.collect::<Option<_>>().ok_or(Reason::MalformedHeader)
}

/// Characters of a challenge, as the sender's own libraries ask for them.
const CHALLENGE: std::ops::RangeInclusive<usize> = 20..=32;
/// As many as an endpoint of any other sender may show.
const MAX_SIGNATURES: usize = 16;
/// So that the answer to a challenge stays short.
const MAX_PUBLIC_KEY: usize = 128;
