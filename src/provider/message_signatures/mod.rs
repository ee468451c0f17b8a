//! HTTP message signatures (RFC 9421), with the body covered by its digest (RFC 9530).

mod base;
mod digest;
mod field;
mod input;
mod key;
mod target;

use std::fmt;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::request::Parts;

use super::check::check_tolerance;
use super::place::Part;
use super::{Check, Proof, Provider, Refusal, Scheme};
use crate::clock::apart;
use crate::error::{ConfigError, ConfigErrorKind};
use crate::rejection::Reason;
use base::signature_base;
use digest::ContentDigest;
use input::Signed;
use target::Target;

pub use key::SignatureKey;

/// A sender of HTTP message signatures.
///
/// What the scheme's [`content`](Scheme::content) names must be covered by a signature; that it covers more does no harm.
/// `Part::Body` asks for `content-digest`, whose hashes are compared with the body; `Part::Method` for `@method`; `Part::Url` for
/// `@target-uri`, or `@authority` with `@path` and, where the URL has one, `@query`; `Part::Header` for that header. Without
/// `Part::Body` nothing of the event is signed, and handlers get an [`UnsignedBody`](crate::UnsignedBody).
///
/// A signature must name a key of yours (`keyid`) and when it was made (`created`), within the tolerance. The key's own
/// algorithm counts; a signature that names another (`alg`) is refused. What is derived from the URL is derived from
/// yours, never from `Host`; a delivery whose query is another than your URL's is refused.
///
/// Signatures over parts of a field (`sf`, `key`, `bs`), over trailers or over another message (`req`) are not supported, and each
/// of the three headers must stand on one line. Ed25519, ECDSA and RSA need the feature `aws-lc-rs`.
///
/// ```
/// use tower_webhook::provider::senders::HTTP_MESSAGE_SIGNATURES;
/// use tower_webhook::provider::{MessageSignatures, Scheme, SignatureKey, json};
/// use tower_webhook::{Secret, VerifyLayer};
///
/// const ACME: Scheme = HTTP_MESSAGE_SIGNATURES.named("acme").id(json("/id"));
///
/// let secret = Secret::new("the secret shared with Acme")?;
/// let acme = MessageSignatures::new(ACME, "https://example.com/hooks/acme")
///     .key("acme-2026", SignatureKey::hmac_sha256(&secret));
/// let layer = VerifyLayer::new(acme)?;
/// # Ok::<(), tower_webhook::ConfigError>(())
/// ```
///
/// Sources: <https://www.rfc-editor.org/rfc/rfc9421>, <https://www.rfc-editor.org/rfc/rfc9530>.
pub struct MessageSignatures {
    scheme: Scheme,
    url: String,
    target: Target,
    keys: Vec<(String, SignatureKey)>,
    tag: Option<String>,
}

impl MessageSignatures {
    /// The sender of this scheme, at this public URL of the endpoint, letter for letter as the sender was given it.
    pub fn new(scheme: Scheme, public_url: impl Into<String>) -> Self {
        let url = public_url.into();
        Self {
            scheme,
            target: Target::of(&url).unwrap_or_default(),
            url,
            keys: Vec::new(),
            tag: None,
        }
    }

    /// A key, by the `keyid` under which the sender uses it. The same id may stand for several keys.
    #[must_use]
    pub fn key(mut self, id: impl Into<String>, key: SignatureKey) -> Self {
        self.keys.push((id.into(), key));
        self
    }

    /// Only signatures with this `tag` count.
    #[must_use]
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.tag = Some(tag.into());
        self
    }

    /// How far `created` may be from now, either way; 5 minutes by default.
    #[must_use]
    pub fn tolerance(mut self, tolerance: Duration) -> Self {
        self.scheme = self.scheme.tolerance(tolerance);
        self
    }

    /// The first key and its id, for the signer.
    #[cfg(feature = "test-util")]
    pub(crate) fn first_key(&self) -> Option<(&str, &SignatureKey)> {
        self.keys.first().map(|(id, key)| (id.as_str(), key))
    }

    /// What the first signature of this request is over, for the signer.
    #[cfg(feature = "test-util")]
    pub(crate) fn first_base(&self, head: &Parts) -> Result<String, Reason> {
        let all = Signed::all(&head.headers)?;
        signature_base(all.first().ok_or(Reason::MissingHeader)?, head, &self.target)
    }

    /// The position of the key by which this signature proves the request.
    fn verify(&self, signed: &Signed, head: &Parts, now: Option<SystemTime>) -> Result<usize, Reason> {
        let id = signed.text("keyid").ok_or(Reason::MalformedHeader)?;
        self.check_coverage(signed)?;
        let base = signature_base(signed, head, &self.target)?;
        let named = |key: &SignatureKey| !signed.has("alg") || signed.text("alg") == Some(key.algorithm());
        let keys = self.keys.iter().enumerate();
        let mut candidates = keys.filter(|(_, (known, key))| known == id && named(key));
        let found = candidates.find(|(_, (_, key))| key.verifies(base.as_bytes(), &signed.signature));
        let (position, _) = found.ok_or(Reason::BadSignature)?;
        self.check_times(signed, now)?;
        Ok(position)
    }

    /// Whether everything is covered that the scheme names.
    fn check_coverage(&self, signed: &Signed) -> Result<(), Reason> {
        let covered = signed.components()?;
        let has = |name: &str| {
            covered
                .iter()
                .any(|component| component.name == name && component.parameter.is_none())
        };
        let has_query = has("@query") || self.target.has_query(None);
        let is_covered = |part: &Part| match part {
            Part::Body => has(digest::NAME),
            Part::Method => has("@method"),
            Part::Url => has("@target-uri") || (has("@authority") && has("@path") && has_query),
            Part::Header(name) => has(name),
            _ => true,
        };
        if self.scheme.content.iter().all(is_covered) {
            Ok(())
        } else {
            Err(Reason::InsufficientCoverage)
        }
    }

    fn check_times(&self, signed: &Signed, now: Option<SystemTime>) -> Result<(), Reason> {
        let now = now.ok_or(Reason::ClockSuspect)?;
        let time = |seconds| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds));
        let created = signed
            .seconds("created")?
            .and_then(time)
            .ok_or(Reason::MalformedTimestamp)?;
        if apart(now, created) > self.scheme.tolerance {
            return Err(match now.duration_since(created) {
                Ok(_) => Reason::StaleTimestamp,
                Err(_) => Reason::FutureTimestamp,
            });
        }
        match signed.seconds("expires")? {
            Some(seconds) if time(seconds).is_none_or(|expires| now > expires) => Err(Reason::StaleTimestamp),
            _ => Ok(()),
        }
    }

    fn digest(&self, head: &Parts) -> Result<ContentDigest, Reason> {
        if self.scheme.content.contains(&Part::Body) || ContentDigest::is_stated(&head.headers) {
            ContentDigest::read(&head.headers)
        } else {
            Ok(ContentDigest::default())
        }
    }
}

impl Provider for MessageSignatures {
    type Check = MessageCheck;

    fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    async fn begin(&self, head: &Parts, now: Option<SystemTime>) -> Result<MessageCheck, Refusal> {
        if !self.target.has_query(head.uri.query()) {
            return Err(Refusal::new(Reason::BadSignature).because("the query is not the public URL's"));
        }
        let tagged = |signed: &Signed| self.tag.is_none() || signed.text("tag") == self.tag.as_deref();
        let mut refusal = Reason::BadSignature;
        for signed in Signed::all(&head.headers)?.iter().filter(|signed| tagged(signed)) {
            match self.verify(signed, head, now) {
                Ok(secret_index) => {
                    let digest = self.digest(head)?;
                    return Ok(MessageCheck { digest, secret_index });
                }
                Err(reason) => refusal = reason,
            }
        }
        Err(refusal.into())
    }

    fn check(&self) -> Result<(), ConfigError> {
        self.scheme.check()?;
        Target::of(&self.url)?;
        let can_be_covered =
            |part: &Part| matches!(part, Part::Body | Part::Method | Part::Url | Part::Header(_));
        if !self.scheme.is_own() || !self.scheme.content.iter().all(can_be_covered) {
            return Err(ConfigError::new(
                ConfigErrorKind::Scheme,
                "start from `HTTP_MESSAGE_SIGNATURES`; what its signatures cover is `Body`, `Method`, `Url` and `Header(…)`",
            ));
        }
        if self.keys.is_empty() {
            return Err(ConfigError::new(
                ConfigErrorKind::EmptySecret,
                "no key is given, so that no signature could count; say `.key(…)`",
            ));
        }
        check_tolerance(self.scheme.tolerance)
    }
}

/// The verification of one request: its head is proven, and its body must be the one whose digest was signed.
pub struct MessageCheck {
    digest: ContentDigest,
    secret_index: usize,
}

impl Check for MessageCheck {
    fn update(&mut self, piece: &[u8]) {
        self.digest.update(piece);
    }

    async fn finish(self, _: &Bytes) -> Result<Proof, Refusal> {
        if !self.digest.matches() {
            return Err(Refusal::new(Reason::BadSignature)
                .because("the body has another digest than `Content-Digest` says"));
        }
        Ok(Proof::new(self.secret_index))
    }
}

impl fmt::Debug for MessageSignatures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessageSignatures")
            .field("provider", &self.scheme.name)
            .field("url", &self.url)
            .field("keys", &self.keys)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for MessageCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MessageCheck(..)")
    }
}
