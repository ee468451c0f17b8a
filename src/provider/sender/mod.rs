//! A described sender: a description and the secrets to check it with.

mod content;
#[cfg(feature = "p256")]
mod ecdsa;
#[cfg(feature = "ed25519")]
mod ed25519;
mod mac;
mod shown;
mod token;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::HeaderMap;
use http::request::Parts;
use smallvec::SmallVec;

use super::description::Scheme;
use super::handshake::Settings;
use super::key_ring::{Found, Holder, KeyRing};
use super::keys::{KeyList, Keys, decoy};
use super::place::Part;
use super::{Answer, Check, Proof, Provider, Refusal};
use crate::error::{ConfigError, ConfigErrorKind};
use crate::rejection::Reason;
use crate::secret::{SecretSource, Secrets};
use content::Source;
#[cfg(feature = "p256")]
use ecdsa::EcdsaCheck;
#[cfg(feature = "ed25519")]
use ed25519::{Ed25519Check, MixedCheck};
use mac::MacCheck;
use shown::Shown;
use token::TokenCheck;

pub(crate) use content::split;

/// A described sender with its secrets: what [`VerifyLayer::new`](crate::VerifyLayer::new) takes.
pub struct Sender {
    pub(in crate::provider) scheme: Scheme,
    /// The same sender with its other headers.
    second: Option<Box<Scheme>>,
    ring: KeyRing,
    url: Option<Box<str>>,
    /// What the application says about handshakes.
    pub(in crate::provider) greeting: Settings,
}

impl Sender {
    /// The sender of this description, with one secret, several, or a source that looks them up.
    pub fn new(scheme: Scheme, secrets: impl SecretSource) -> Self {
        Self {
            scheme,
            second: scheme.second_whole().map(Box::new),
            ring: KeyRing::new(secrets),
            url: None,
            greeting: Settings::default(),
        }
    }

    /// The endpoint's public URL, letter for letter as the sender was given it, for senders that sign it. It is never read from
    /// a request: `Host` and `X-Forwarded-*` are whoever's words who sends them.
    #[must_use]
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into().into_boxed_str());
        self
    }

    /// How far a delivery's time may be from now, either way. Between a second and a day.
    #[must_use]
    pub fn tolerance(mut self, tolerance: Duration) -> Self {
        self.change(|scheme| scheme.tolerance = tolerance);
        self
    }

    /// For how long events are remembered. Not shorter than the sender's retries.
    #[must_use]
    pub fn retention(mut self, retention: Duration) -> Self {
        self.change(|scheme| scheme.retention = retention);
        self
    }

    /// Refuses events of the other mode with 400: test events on a live endpoint, live ones on a test endpoint.
    #[must_use]
    pub fn expect_live(mut self, live: bool) -> Self {
        self.change(|scheme| scheme.expected_live = Some(live));
        self
    }

    fn change(&mut self, change: impl Fn(&mut Scheme)) {
        change(&mut self.scheme);
        self.second.as_deref_mut().into_iter().for_each(change);
    }

    /// The description by which a request with these headers is read.
    pub(crate) fn scheme_for(&self, headers: &HeaderMap) -> &Scheme {
        match &self.second {
            Some(second) if self.scheme.is_of_the_second(second, headers) => second,
            _ => &self.scheme,
        }
    }

    pub(in crate::provider) fn ring(&self) -> &KeyRing {
        &self.ring
    }

    /// The keys for this request. `asymmetric`: it shows a signature for a public key, where the sender knows both kinds.
    pub(in crate::provider) async fn keys(
        &self,
        head: &Parts,
        asymmetric: bool,
    ) -> Result<Found<Keys>, Refusal> {
        let stand_in = || decoy(&self.scheme, asymmetric);
        self.ring.find_or(head, stand_in, self.made()).await
    }

    fn made(&self) -> impl Fn(&Secrets) -> Result<Arc<Keys>, ConfigError> + Send {
        |secrets| Keys::of(secrets, &self.scheme)
    }

    /// As [`begin`](Provider::begin), where the secrets are the same for every request and there is nothing to wait for; `None`
    /// where they have to be looked up.
    pub(in crate::provider) fn begin_now(&self, head: &Parts) -> Result<Option<SenderCheck>, Refusal> {
        let Some(found) = self.ring.known(self.made()) else {
            return Ok(None);
        };
        self.presented(head)?.against(found?).map(Some)
    }

    /// What a request's head presents, well formed or refused.
    fn presented<'a>(&'a self, head: &'a Parts) -> Result<Presented<'a>, Refusal> {
        let scheme = self.scheme_for(&head.headers);
        let (text, shown) = Shown::read(scheme, &head.headers)?;
        let source = Source {
            head,
            signature: (text, scheme.signature.form),
            url: self.url.as_deref().unwrap_or_default(),
        };
        let (before, after) = split(scheme.content);
        Ok(Presented {
            shown,
            before: source.values(before)?,
            rest: source.values(after)?.concat(),
        })
    }
}

impl Scheme {
    /// The sender of this description, as [`Sender::new`].
    pub fn with(self, secrets: impl SecretSource) -> Sender {
        Sender::new(self, secrets)
    }
}

impl Provider for Sender {
    type Check = SenderCheck;

    fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    async fn begin(&self, head: &Parts, _: Option<SystemTime>) -> Result<SenderCheck, Refusal> {
        let presented = self.presented(head)?;
        let found = self.keys(head, presented.shown.is_asymmetric()).await?;
        presented.against(found)
    }

    async fn greet(&self, head: &Parts) -> Result<Option<Answer>, Refusal> {
        if !self.scheme.may_greet(head) {
            return Ok(None);
        }
        // Boxed, so that every delivery's future doesn't keep room for what few of them are.
        Box::pin(self.welcome(head)).await
    }

    fn check(&self) -> Result<(), ConfigError> {
        self.scheme.check()?;
        if self.url.is_none() && self.scheme.content.contains(&Part::Url) {
            let advice = format!(
                "{} signs the endpoint's URL; say `.public_url(…)` as the sender was given it",
                self.scheme.name
            );
            return Err(ConfigError::new(ConfigErrorKind::PublicUrl, advice));
        }
        self.ring.check(self.scheme.name, self.made())?;
        self.lint()
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

/// What a delivery's head presents for its proof.
struct Presented<'a> {
    shown: Shown,
    /// What is signed before the body, and behind it.
    before: SmallVec<[&'a [u8]; 4]>,
    rest: Vec<u8>,
}

impl Presented<'_> {
    /// The check of it with these keys.
    fn against(self, found: Found<Keys>) -> Result<SenderCheck, Refusal> {
        let keys = &found.keys.list;
        Ok(SenderCheck {
            unmatched: self.shown.unmatched(keys),
            step: Step::new(keys, self.shown, &self.before, self.rest)?,
            holder: found.holder,
        })
    }
}

/// The check of one delivery of a described sender.
pub struct SenderCheck {
    step: Step,
    holder: Holder,
    /// Why it is refused when nothing matches.
    unmatched: Reason,
}

#[allow(
    clippy::large_enum_variant,
    reason = "nearly every delivery has the large one, and a box costs more than room"
)]
enum Step {
    Mac(MacCheck),
    #[cfg(feature = "ed25519")]
    Ed25519(Ed25519Check),
    #[cfg(feature = "ed25519")]
    Mixed(Box<MixedCheck>),
    #[cfg(feature = "p256")]
    EcdsaP256(EcdsaCheck),
    Token(TokenCheck),
}

impl Step {
    fn new(keys: &KeyList, shown: Shown, before: &[&[u8]], rest: Vec<u8>) -> Result<Self, Reason> {
        match (keys, shown) {
            (KeyList::Macs(keys), Shown::Signatures(shown)) => {
                Ok(Self::Mac(MacCheck::new(keys, shown, before, rest)))
            }
            #[cfg(feature = "ed25519")]
            (KeyList::Macs(keys), Shown::Either(shown)) => {
                Ok(Self::Mac(MacCheck::new(keys, shown, before, rest)))
            }
            #[cfg(feature = "ed25519")]
            (KeyList::Ed25519(keys), Shown::Signatures(shown) | Shown::Either(shown)) => {
                Ed25519Check::new(keys, &shown, before, rest).map(Self::Ed25519)
            }
            #[cfg(feature = "ed25519")]
            (KeyList::Mixed(keys), Shown::Either(shown)) => {
                MixedCheck::new(keys, shown, before, rest).map(|check| Self::Mixed(Box::new(check)))
            }
            #[cfg(feature = "p256")]
            (KeyList::EcdsaP256(keys), Shown::Ecdsa(shown)) => {
                EcdsaCheck::new(keys, shown, before, rest).map(Self::EcdsaP256)
            }
            (KeyList::Tokens(keys), Shown::Token(shown)) => Ok(Self::Token(TokenCheck::new(keys, shown))),
            // Both are made by the description's one method, so that no other pair can arise.
            _ => Err(Reason::BadSignature),
        }
    }
}

impl Check for SenderCheck {
    fn update(&mut self, piece: &[u8]) {
        match &mut self.step {
            Step::Mac(check) => check.update(piece),
            #[cfg(feature = "ed25519")]
            Step::Ed25519(_) => {}
            #[cfg(feature = "ed25519")]
            Step::Mixed(check) => check.macs.update(piece),
            #[cfg(feature = "p256")]
            Step::EcdsaP256(check) => check.update(piece),
            Step::Token(_) => {}
        }
    }

    async fn finish(self, body: &Bytes) -> Result<Proof, Refusal> {
        self.verdict(body)
    }
}

impl SenderCheck {
    /// As [`finish`](Check::finish): this check has nothing to wait for.
    pub(in crate::provider) fn verdict(self, body: &Bytes) -> Result<Proof, Refusal> {
        let _ = body; // Only some features' checks look at it.
        let matched = match self.step {
            Step::Mac(check) => check.finish(),
            #[cfg(feature = "ed25519")]
            Step::Ed25519(check) => check.finish(body),
            #[cfg(feature = "ed25519")]
            Step::Mixed(check) => check.finish(body),
            #[cfg(feature = "p256")]
            Step::EcdsaP256(check) => check.finish(),
            Step::Token(check) => check.finish(),
        };
        self.holder.verdict_or(matched, self.unmatched)
    }
}

impl fmt::Debug for SenderCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SenderCheck(..)")
    }
}
