//! A sender that signs by HMAC: a description and the secrets to check it with.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use http::request::Parts;
use subtle::{Choice, ConditionallySelectable};

use super::description::Scheme;
use super::keys::{Keys, advise_on, decoy};
use super::place::Part;
use super::{Check, Proof, Provider, Refusal};
use crate::error::ConfigError;
use crate::rejection::Reason;
use crate::secret::{ErasedSource, SecretSource, Secrets};
use crate::signature::encoding::Decoded;
use crate::signature::header::{Form, element, signatures, single};
use crate::signature::hmac::{MacKey, RunningMac};

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

/// The longest id that Standard Webhooks and common sense allow.
const MAX_VALUE: usize = 255;
