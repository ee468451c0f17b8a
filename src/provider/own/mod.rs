//! Senders whose signature no description can say: a rule each, in front of one provider that does the rest.
//!
//! A [`Rule`] reads the head and hands back a [`Judge`], which is asked once the body is whole. The keys, the tenants and
//! the settings are the same for all of them.

pub(crate) mod adyen;
pub(crate) mod boxed;
pub(crate) mod braintree;
pub(crate) mod contentful;
pub(crate) mod hubspot;
pub(crate) mod mailgun;
pub(crate) mod mandrill;
pub(crate) mod ms_graph;
#[cfg(feature = "test-util")]
mod signing;
pub(crate) mod twilio;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::HeaderMap;
#[cfg(feature = "test-util")]
use http::Request;
use http::request::Parts;
use subtle::{Choice, ConditionallySelectable};

use super::description::Scheme;
use super::key_ring::{Found, KeyRing};
use super::keys::Keys;
use super::method::{KeyForm, Method};
use super::{Answer, Check, Proof, Provider, Refusal};
#[cfg(feature = "test-util")]
use crate::error::BoxError;
use crate::error::ConfigError;
use crate::rejection::Reason;
use crate::secret::{SecretSource, Secrets};
use crate::signature::encoding::Decoded;
use crate::signature::header::single;
use crate::signature::hmac::{Algorithm, MacKey};

/// A sender with a rule of its own, and its secrets: what [`VerifyLayer::new`](crate::VerifyLayer::new) takes.
pub struct Own<R> {
    pub(super) scheme: Scheme,
    pub(super) ring: KeyRing,
    pub(super) rule: R,
}

/// How one sender signs.
pub(crate) trait Rule: Send + Sync + 'static {
    /// By what method its secrets are used, and what their text has to do with the key.
    fn keys(&self) -> (Method, KeyForm);

    /// Finds what can be known to be wrong before the first delivery.
    fn check(&self, _: &Own<Self>) -> Result<(), ConfigError>
    where
        Self: Sized,
    {
        Ok(())
    }

    /// Reads what the head shows as its proof, before any key is known.
    fn read(&self, scheme: &Scheme, head: &Parts) -> Result<Judge, Refusal>;

    /// Signs a request as the sender does, which is sent at this time.
    #[cfg(feature = "test-util")]
    fn sign(&self, _: &Keys, _: SystemTime, _: &mut Request<Bytes>) -> Result<(), BoxError> {
        Err("this sender signs by no key".into())
    }

    /// The same with the secrets themselves, for a sender that shows them.
    #[cfg(feature = "test-util")]
    fn sign_by(
        &self,
        secrets: &Secrets,
        time: SystemTime,
        request: &mut Request<Bytes>,
    ) -> Result<(), BoxError>
    where
        Self: Sized,
    {
        let keys = make(self)(secrets)?;
        self.sign(&keys, time, request)
    }

    /// The challenge, where the request is one that comes before any signature.
    fn challenge<'a>(&self, _: &'a Parts) -> Option<&'a str> {
        None
    }

    /// The answer to that challenge.
    fn answer(&self, _: &Keys, _: &str) -> Result<Answer, Refusal> {
        Err(Reason::Method.into())
    }
}

/// The verdict on a body that is whole.
pub(crate) type Judge = Box<dyn FnOnce(&Keys, &Bytes) -> Result<Verdict, Refusal> + Send>;

/// Which key matched, and what it was that was signed where that is not the body byte for byte.
pub(crate) struct Verdict {
    pub(super) matched: Option<usize>,
    pub(super) signed: Option<Vec<u8>>,
}

impl<R> Own<R> {
    pub(super) fn with(scheme: Scheme, secrets: impl SecretSource, rule: R) -> Self {
        Self {
            scheme,
            ring: KeyRing::new(secrets),
            rule,
        }
    }

    /// The delivery as the sender would sign it with these secrets.
    #[cfg(feature = "test-util")]
    pub(crate) fn sign(
        &self,
        secrets: &Secrets,
        time: SystemTime,
        request: &mut Request<Bytes>,
    ) -> Result<(), BoxError>
    where
        R: Rule,
    {
        self.rule.sign_by(secrets, time, request)
    }

    /// How far a delivery's time may be from now, either way, where the sender signs a time. Between a second and a day.
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
}

impl<R: Rule> Provider for Own<R> {
    type Check = WholeBody;

    fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    async fn begin(&self, head: &Parts, _: Option<SystemTime>) -> Result<WholeBody, Refusal> {
        let judge = self.rule.read(&self.scheme, head)?;
        let found = self.ring.find(head, make(&self.rule)).await?;
        Ok(WholeBody { found, judge })
    }

    async fn greet(&self, head: &Parts) -> Result<Option<Answer>, Refusal> {
        let Some(challenge) = self.rule.challenge(head) else {
            return self.scheme.greet(head);
        };
        let found = self.ring.find(head, make(&self.rule)).await?;
        let answer = self.rule.answer(&found.keys, challenge)?;
        found.holder.verdict(Some(0)).map(|_| Some(answer))
    }

    fn check(&self) -> Result<(), ConfigError> {
        self.scheme.check()?;
        self.rule.check(self)?;
        self.ring.check(self.scheme.name, make(&self.rule))
    }
}

impl<R> fmt::Debug for Own<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Own")
            .field("scheme", &self.scheme.name)
            .field("secrets", &"..")
            .finish_non_exhaustive()
    }
}

/// The check of one delivery: it waits for the whole body.
pub struct WholeBody {
    found: Found<Keys>,
    judge: Judge,
}

impl Check for WholeBody {
    fn update(&mut self, _: &[u8]) {}

    async fn finish(self, body: &Bytes) -> Result<Proof, Refusal> {
        let verdict = (self.judge)(&self.found.keys, body)?;
        let proof = self.found.holder.verdict(verdict.matched)?;
        Ok(match verdict.signed {
            Some(content) => proof.signed(&content),
            None => proof,
        })
    }
}

impl fmt::Debug for WholeBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WholeBody(..)")
    }
}

fn make<R: Rule>(rule: &R) -> impl Fn(&Secrets) -> Result<Arc<Keys>, ConfigError> + Send + use<R> {
    let (method, form) = rule.keys();
    move |secrets| Keys::made(secrets, method, form)
}

/// The one signature in the header that the description names.
pub(super) fn shown(scheme: &Scheme, headers: &HeaderMap, algorithm: Algorithm) -> Result<Decoded, Reason> {
    let at = &scheme.signature;
    let text = single(headers, at.header_name())?;
    let decoded = at.encoding.decode(text.as_bytes(), algorithm.len());
    decoded.ok_or(Reason::MalformedHeader)
}

/// Whether the MAC over these pieces, one behind the other, is one of the signatures.
pub(super) fn is_signed(key: &MacKey, pieces: &[&[u8]], signatures: &[Decoded]) -> Choice {
    let mut mac = key.start();
    pieces.iter().for_each(|piece| mac.update(piece));
    let tag = mac.finish();
    let one = |any, signature: &Decoded| any | tag.matches(signature.as_bytes());
    signatures.iter().fold(Choice::from(0), one)
}

/// The position of the first of these that matches. All are asked, so that the time doesn't tell which it was.
pub(super) fn first(each: impl Iterator<Item = Choice>) -> Option<usize> {
    let (mut any, mut index) = (Choice::from(0), 0_u64);
    for (position, matched) in (0_u64..).zip(each) {
        index.conditional_assign(&position, matched & !any);
        any |= matched;
    }
    bool::from(any).then(|| usize::try_from(index).unwrap_or(usize::MAX))
}
