//! A sender that signs by HMAC: a description and the secrets to check it with.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use base64::Engine;
use http::HeaderMap;
use http::request::Parts;
use subtle::{Choice, ConditionallySelectable};
use zeroize::Zeroizing;

use super::description::{KeyForm, Scheme};
use super::place::Part;
use super::{Check, Proof, Provider, Refusal};
use crate::error::{ConfigError, ConfigErrorKind};
use crate::rejection::Reason;
use crate::secret::{ErasedSource, KEY_TEXT, Secret, SecretSource, Secrets};
use crate::signature::encoding::Decoded;
use crate::signature::header::{Form, element, signatures, single};
use crate::signature::hmac::{Algorithm, MacKey, RunningMac};
use crate::telemetry;

/// A described sender with its secrets: what [`VerifyLayer::new`](crate::VerifyLayer::new) takes.
pub struct Sender {
    scheme: Scheme,
    source: Box<dyn ErasedSource>,
    fixed: Option<Secrets>,
}

impl Sender {
    /// The sender of this description, with one secret, several, or a source that looks them up.
    pub fn new(scheme: Scheme, secrets: impl SecretSource) -> Self {
        let fixed = secrets.fixed();
        Self {
            scheme,
            source: Box::new(secrets),
            fixed,
        }
    }

    /// How far a delivery's time may be from now, either way. Between a second and a day.
    #[must_use]
    pub fn tolerance(mut self, tolerance: Duration) -> Self {
        self.scheme = self.scheme.tolerance(tolerance);
        self
    }

    /// For how long events are remembered. Not shorter than the sender's retries.
    #[must_use]
    pub fn retention(mut self, retention: Duration) -> Self {
        self.scheme = self.scheme.retries(self.scheme.retries, retention);
        self
    }

    /// Refuses events of the other mode with 400: test events on a live endpoint, live ones on a test endpoint.
    #[must_use]
    pub fn expect_live(mut self, live: bool) -> Self {
        self.scheme.expected_live = Some(live);
        self
    }

    async fn keys(&self, head: &Parts) -> Result<(Arc<Keys>, Option<Arc<str>>, bool), Refusal> {
        let unavailable = |cause| Refusal::new(Reason::SecretsUnavailable).because(cause);
        if let Some(secrets) = &self.fixed {
            let keys = Keys::of(secrets, &self.scheme).map_err(|error| unavailable(error.into()))?;
            return Ok((keys, None, true));
        }
        let tenant = self.source.lookup(head).await.map_err(unavailable)?;
        let (secrets, name, known) = match tenant {
            Some(tenant) => (tenant.secrets, tenant.name, true),
            None => (decoy(), None, false),
        };
        let keys = Keys::of(&secrets, &self.scheme).map_err(|error| unavailable(error.into()))?;
        Ok((keys, name, known))
    }
}

impl Scheme {
    /// The sender of this description, as [`Sender::new`].
    pub fn with(self, secrets: impl SecretSource) -> Sender {
        Sender::new(self, secrets)
    }
}

impl Provider for Sender {
    type Check = HmacCheck;

    fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    async fn begin(&self, head: &Parts) -> Result<HmacCheck, Refusal> {
        let scheme = &self.scheme;
        let at = &scheme.signature;
        let text = single(&head.headers, at.header_name())?;
        let candidates = signatures(text, at.form, at.encoding, scheme.algorithm.len())?;
        let (before, after) = split(scheme.content);
        let pieces = values(before, (text, at.form), &head.headers)?;
        let rest = values(after, (text, at.form), &head.headers)?.concat();
        let (keys, tenant, known) = self.keys(head).await?;
        let mut macs: Vec<RunningMac> = keys.macs.iter().map(MacKey::start).collect();
        for mac in &mut macs {
            pieces.iter().for_each(|piece| mac.update(piece));
        }
        Ok(HmacCheck {
            macs,
            candidates,
            rest,
            tenant,
            known,
        })
    }

    fn check(&self) -> Result<(), ConfigError> {
        self.scheme.check()?;
        if let Some(secrets) = &self.fixed {
            Keys::of(secrets, &self.scheme)?;
            secrets
                .iter()
                .for_each(|secret| advise_on(secret, self.scheme.name));
        }
        Ok(())
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender")
            .field("scheme", &self.scheme.name)
            .field("secrets", &"..")
            .finish()
    }
}

/// The MACs of one delivery, one for each secret.
pub struct HmacCheck {
    macs: Vec<RunningMac>,
    candidates: Vec<Decoded>,
    rest: Vec<u8>,
    tenant: Option<Arc<str>>,
    known: bool,
}

impl Check for HmacCheck {
    fn update(&mut self, piece: &[u8]) {
        self.macs.iter_mut().for_each(|mac| mac.update(piece));
    }

    /// Every secret with every signature, without an early exit: the time tells neither which matched nor whether one did.
    fn finish(self) -> Result<Proof, Refusal> {
        let (mut genuine, mut index) = (Choice::from(0), 0_u64);
        for (position, mut mac) in (0_u64..).zip(self.macs) {
            mac.update(&self.rest);
            let tag = mac.finish();
            let matched = self
                .candidates
                .iter()
                .fold(Choice::from(0), |any, one| any | tag.matches(one.as_bytes()));
            index.conditional_assign(&position, matched & !genuine);
            genuine |= matched;
        }
        match (self.known, bool::from(genuine)) {
            (true, true) => Ok(Proof {
                tenant: self.tenant,
                secret_index: usize::try_from(index).unwrap_or(usize::MAX),
            }),
            (true, false) => Err(Reason::BadSignature.into()),
            (false, _) => Err(Reason::UnknownTenant.into()),
        }
    }
}

impl fmt::Debug for HmacCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HmacCheck(..)")
    }
}

/// What stands before the body and what stands after it.
pub(crate) fn split(content: &[Part]) -> (&[Part], &[Part]) {
    let body = content
        .iter()
        .position(|part| *part == Part::Body)
        .unwrap_or(content.len());
    (&content[..body], content.get(body + 1..).unwrap_or_default())
}

/// The bytes of these signed parts, in order.
fn values<'a>(
    parts: &[Part],
    signature: (&'a str, Form),
    headers: &'a HeaderMap,
) -> Result<Vec<&'a [u8]>, Reason> {
    let each = parts.iter().enumerate();
    each.map(|(index, part)| value(*part, parts.get(index + 1), signature, headers))
        .collect()
}

/// The bytes of one signed part. A value must not hold the text that separates it from the next: `a.b` + `.` + `c` and
/// `a` + `.` + `b.c` would have one signature.
fn value<'a>(
    part: Part,
    next: Option<&Part>,
    (text, form): (&'a str, Form),
    headers: &'a HeaderMap,
) -> Result<&'a [u8], Reason> {
    let value = match part {
        Part::Body => "",
        Part::Text(text) => return Ok(text.as_bytes()),
        Part::Header(name) => single(headers, name)?,
        Part::Element(key) => element(text, form, key)?,
    };
    match next {
        Some(Part::Text(separator)) if value.contains(separator) => Err(Reason::MalformedHeader),
        _ if value.len() > MAX_VALUE => Err(Reason::MalformedHeader),
        _ => Ok(value.as_bytes()),
    }
}

/// The keyed MACs of a set of secrets, made once and kept with them.
pub(crate) struct Keys {
    algorithm: Algorithm,
    form: KeyForm,
    pub(crate) macs: Vec<MacKey>,
}

impl Keys {
    pub(crate) fn of(secrets: &Secrets, scheme: &Scheme) -> Result<Arc<Self>, ConfigError> {
        let kept = secrets
            .prepared()
            .get()
            .and_then(|any| Arc::clone(any).downcast::<Self>().ok());
        if let Some(keys) = kept.filter(|keys| keys.algorithm == scheme.algorithm && keys.form == scheme.key)
        {
            return Ok(keys);
        }
        let macs = secrets
            .iter()
            .map(|secret| Ok(MacKey::new(scheme.algorithm, &key(secret, scheme.key)?)));
        let keys = Arc::new(Self {
            algorithm: scheme.algorithm,
            form: scheme.key,
            macs: macs.collect::<Result<_, _>>()?,
        });
        // Secrets that serve two schemes keep the first one's keys; the other's are made anew.
        let _ = secrets.prepared().set(Arc::<Self>::clone(&keys));
        Ok(keys)
    }
}

fn key(secret: &Secret, form: KeyForm) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
    let text = secret.expose();
    let KeyForm::Base64 { prefix } = form else {
        return Ok(Zeroizing::new(text.to_vec()));
    };
    if secret.is_key() {
        return Ok(Zeroizing::new(text.to_vec()));
    }
    let bare = text.strip_prefix(prefix.as_bytes()).unwrap_or(text);
    let key = KEY_TEXT.decode(bare).map(Zeroizing::new).map_err(|_| {
        let advice =
            format!("the secret is not the Base64 text that this sender shows (`{prefix}…`); copy it whole");
        ConfigError::new(ConfigErrorKind::UndecodableSecret, advice)
    })?;
    if key.is_empty() {
        let advice = format!("nothing stands behind the secret's `{prefix}`; copy the secret whole");
        return Err(ConfigError::new(ConfigErrorKind::EmptySecret, advice));
    }
    Ok(key)
}

fn advise_on(secret: &Secret, sender: &'static str) {
    if SAMPLES.contains(&secret.expose()) {
        telemetry::advise(
            sender,
            "the secret is a well-known sample; anyone can sign with it",
        );
    } else if secret.expose().len() < SHORT {
        telemetry::advise(
            sender,
            "the secret is shorter than 16 bytes and could be guessed from one delivery; use a long random one",
        );
    }
}

/// Stands in for the secrets of a tenant that doesn't exist, so that its delivery costs the same; its verdict is not used.
fn decoy() -> Secrets {
    static DECOY: OnceLock<Secrets> = OnceLock::new();
    let made = || {
        Secret::from_bytes("nobody signs with this")
            .expect("there are bytes")
            .into()
    };
    DECOY.get_or_init(made).clone()
}

/// The longest id that Standard Webhooks and common sense allow.
const MAX_VALUE: usize = 255;
const SHORT: usize = 16;
const SAMPLES: [&[u8]; 6] = [
    b"secret",
    b"mysecret",
    b"changeme",
    b"password",
    b"It's a Secret to Everybody",
    b"whsec_test_secret",
];
