//! The rule of Box: one HMAC-SHA-256 under each of two keys, in a header each.

#[cfg(feature = "test-util")]
use std::time::SystemTime;

use bytes::Bytes;
use http::HeaderMap;
#[cfg(feature = "test-util")]
use http::Request;
use http::request::Parts;
use smallvec::SmallVec;

#[cfg(feature = "test-util")]
use super::signing;
use super::{Judge, Own, Rule, Verdict, first, is_signed};
#[cfg(feature = "test-util")]
use crate::error::BoxError;
use crate::provider::Refusal;
use crate::provider::description::Scheme;
use crate::provider::keys::Keys;
use crate::provider::method::{KeyForm, Method};
use crate::provider::senders::BOX;
use crate::rejection::Reason;
use crate::secret::SecretSource;
use crate::signature::encoding::Decoded;
#[cfg(feature = "test-util")]
use crate::signature::encoding::Encoding;
use crate::signature::header::{signatures, single};
use crate::signature::hmac::Algorithm;

/// Box: see [`BOX`] for what it signs. The secrets are the app's primary and secondary signature key, in this order; one of
/// them is enough, and either signature counts for either, so that the keys can be replaced in turn.
///
/// ```
/// use tower_webhook::provider::senders::BoxWebhooks;
/// use tower_webhook::{Secrets, VerifyLayer};
///
/// let keys = Secrets::new("the app's primary key")?.and("the app's secondary key")?;
/// let layer = VerifyLayer::new(BoxWebhooks::new(keys))?;
/// # Ok::<(), tower_webhook::ConfigError>(())
/// ```
pub type BoxWebhooks = Own<BoxRule>;

/// How Box signs.
#[derive(Debug, Default)]
pub struct BoxRule(());

impl BoxWebhooks {
    /// Box with its signature keys, or a source that looks them up.
    pub fn new(secrets: impl SecretSource) -> Self {
        Self::with(BOX, secrets, BoxRule::default())
    }
}

/// What one request shows.
struct Shown {
    signatures: Vec<Decoded>,
    time: String,
}

impl Rule for BoxRule {
    fn keys(&self) -> (Method, KeyForm) {
        (Method::Hmac(Algorithm::Sha256), KeyForm::Text)
    }

    fn read(&self, scheme: &Scheme, head: &Parts) -> Result<Judge, Refusal> {
        for (name, wanted) in NAMED {
            if single(&head.headers, name)? != wanted {
                return Err(Reason::UnsupportedVersion.into());
            }
        }
        let shown = Shown {
            signatures: either(scheme, &head.headers)?,
            time: single(&head.headers, TIME)?.to_owned(),
        };
        Ok(Box::new(move |keys, body| Ok(shown.judge(keys, body))))
    }

    #[cfg(feature = "test-util")]
    fn sign(&self, keys: &Keys, _: SystemTime, request: &mut Request<Bytes>) -> Result<(), BoxError> {
        for (name, value) in NAMED {
            signing::put(request, name, value)?;
        }
        let time = request.headers().get(TIME).ok_or("no time")?.clone();
        let body = request.body().clone();
        let pieces: [&[u8]; 2] = [&body, time.as_bytes()];
        for (key, name) in keys.macs().iter().zip([PRIMARY, SECONDARY]) {
            signing::put(request, name, &signing::mac(key, &pieces, Encoding::Base64))?;
        }
        Ok(())
    }
}

impl Shown {
    fn judge(&self, keys: &Keys, body: &Bytes) -> Verdict {
        let escaped = escaped(body);
        let texts = [Some(&**body), escaped.as_deref()];
        let matched = keys.macs().iter().map(|key| {
            let each = texts.into_iter().flatten();
            let each = each.map(|text| is_signed(key, &[text, self.time.as_bytes()], &self.signatures));
            each.fold(0.into(), |any, one| any | one)
        });
        Verdict {
            matched: first(matched),
            signed: Some(escaped.unwrap_or_else(|| body.to_vec())),
        }
    }
}

/// The signatures of both headers, of which one may be missing.
fn either(scheme: &Scheme, headers: &HeaderMap) -> Result<Vec<Decoded>, Reason> {
    let at = &scheme.signature;
    let read = |name| {
        signatures(
            single(headers, name)?,
            at.form,
            at.encoding,
            Algorithm::Sha256.len(),
        )
        .map(SmallVec::into_vec)
    };
    match (read(at.header_name()), read(SECONDARY)) {
        (Err(Reason::MissingHeader), other) | (other, Err(Reason::MissingHeader)) => other,
        (one, other) => Ok([one?, other?].concat()),
    }
}

/// The body in the ASCII form that Box signs, where something on the way has written its characters out. It is the same JSON:
/// with a backslash in it, it might not be, so such a body must come as it was signed.
fn escaped(body: &[u8]) -> Option<Vec<u8>> {
    let text = str::from_utf8(body).ok().filter(|text| !text.is_ascii())?;
    if text.contains('\\') || text.bytes().any(|byte| byte.is_ascii_control()) {
        return None;
    }
    let mut out = Vec::with_capacity(2 * text.len());
    for letter in text.chars() {
        if letter.is_ascii() {
            out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
        } else {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                out.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
            }
        }
    }
    Some(out)
}

#[cfg(feature = "test-util")]
const PRIMARY: &str = "box-signature-primary";
const SECONDARY: &str = "box-signature-secondary";
const TIME: &str = "box-delivery-timestamp";
/// The algorithm is never the message's to choose.
const NAMED: [(&str, &str); 2] = [
    ("box-signature-version", "1"),
    ("box-signature-algorithm", "HmacSHA256"),
];
