//! The rule of Mailgun: HMAC-SHA-256 over a time and a token, and over nothing of the event.

use std::borrow::Cow;
#[cfg(feature = "test-util")]
use std::time::SystemTime;

use bytes::Bytes;
#[cfg(feature = "test-util")]
use http::Request;
use http::request::Parts;
#[cfg(feature = "test-util")]
use sha2::{Digest, Sha256};

#[cfg(feature = "test-util")]
use super::signing;
use super::{Judge, Own, Rule, Verdict, first, is_signed};
#[cfg(feature = "test-util")]
use crate::error::BoxError;
use crate::provider::Refusal;
use crate::provider::description::Scheme;
use crate::provider::keys::Keys;
use crate::provider::method::{KeyForm, Method};
use crate::provider::read::is_form;
use crate::provider::senders::MAILGUN;
use crate::provider::{form, json};
use crate::rejection::Reason;
use crate::secret::SecretSource;
use crate::signature::encoding::Encoding;
use crate::signature::hmac::Algorithm;

/// Mailgun: see [`MAILGUN`] for what it signs, and for what it doesn't: handlers get an [`UnsignedBody`](crate::UnsignedBody).
/// The secret is the account's webhook signing key.
///
/// ```
/// use tower_webhook::provider::senders::Mailgun;
/// use tower_webhook::{Secret, VerifyLayer};
///
/// let layer = VerifyLayer::new(Mailgun::new(Secret::new("the webhook signing key")?))?;
/// # Ok::<(), tower_webhook::ConfigError>(())
/// ```
pub type Mailgun = Own<MailgunRule>;

/// How Mailgun signs.
#[derive(Debug, Default)]
pub struct MailgunRule(());

impl Mailgun {
    /// Mailgun with an account's webhook signing key, several, or a source that looks them up.
    pub fn new(secrets: impl SecretSource) -> Self {
        Self::with(MAILGUN, secrets, MailgunRule::default())
    }
}

impl Rule for MailgunRule {
    fn keys(&self) -> (Method, KeyForm) {
        (Method::Hmac(Algorithm::Sha256), KeyForm::Text)
    }

    fn read(&self, _: &Scheme, head: &Parts) -> Result<Judge, Refusal> {
        let is_form = is_form(&head.headers);
        Ok(Box::new(move |keys, body| judge(keys, body, is_form)))
    }

    #[cfg(feature = "test-util")]
    fn sign(&self, keys: &Keys, time: SystemTime, request: &mut Request<Bytes>) -> Result<(), BoxError> {
        let time = time.duration_since(SystemTime::UNIX_EPOCH)?.as_secs().to_string();
        let token = Encoding::Hex.encode(&Sha256::digest(request.body())[..25]);
        let signature = signing::last(keys, &[time.as_bytes(), token.as_bytes()], Encoding::Hex);
        let event = String::from_utf8(request.body().to_vec())?;
        let signed = if is_form(request.headers()) {
            format!("{event}&timestamp={time}&token={token}&signature={signature}")
        } else {
            let mark = serde_json::json!({ "timestamp": time, "token": token, "signature": signature });
            format!("{{\"signature\":{mark},\"event-data\":{event}}}")
        };
        *request.body_mut() = signed.into();
        Ok(())
    }
}

fn judge(keys: &Keys, body: &Bytes, is_form: bool) -> Result<Verdict, Refusal> {
    let [time, token, signature] = if is_form { of_form(body)? } else { of_json(body)? };
    let (time, token) = (
        time.ok_or(Reason::MissingHeader)?,
        token.ok_or(Reason::MissingHeader)?,
    );
    let signature = signature.ok_or(Reason::MissingHeader)?;
    let signature = Encoding::Hex.decode(signature.as_bytes(), Algorithm::Sha256.len());
    let signature = [signature.ok_or(Reason::MalformedHeader)?];
    // Nothing separates the two. Digits that wander from one to the other make a time that is far from now.
    let pieces = [time.as_bytes(), token.as_bytes()];
    let matched = keys.macs().iter().map(|key| is_signed(key, &pieces, &signature));
    Ok(Verdict {
        matched: first(matched),
        signed: Some(pieces.concat()),
    })
}

type Found<'a> = [Option<Cow<'a, str>>; 3];

fn of_json(body: &[u8]) -> Result<Found<'_>, Refusal> {
    let picked = json::pick(
        body,
        &["/signature/timestamp", "/signature/token", "/signature/signature"],
    );
    let picked = picked.map_err(|error| Refusal::new(Reason::MalformedHeader).because(error))?;
    let mut texts = picked.into_iter().map(|raw| raw.and_then(json::string));
    Ok(std::array::from_fn(|_| texts.next().flatten()))
}

fn of_form(body: &[u8]) -> Result<Found<'_>, Refusal> {
    let mut fields =
        form::fields(body).map_err(|cause| Refusal::new(Reason::MalformedHeader).because(cause))?;
    Ok(["timestamp", "token", "signature"].map(|wanted| {
        let at = fields.iter().position(|(name, _)| name == wanted)?;
        Some(fields.swap_remove(at).1)
    }))
}
