//! A described sender: a description and the secrets to check it with.

mod content;
mod mac;
mod token;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use http::request::Parts;

use super::description::Scheme;
use super::handshake::Settings;
use super::key_ring::{Found, Holder, KeyRing};
use super::keys::{KeyList, Keys};
use super::method::Method;
use super::place::Part;
use super::{Answer, Check, Proof, Provider, Refusal};
use crate::error::{ConfigError, ConfigErrorKind};
use crate::rejection::Reason;
use crate::secret::{SecretSource, Secrets};
use crate::signature::encoding::Decoded;
use crate::signature::header::{Form, signatures, single};
use crate::signature::scattered::scattered;
use content::Source;
use mac::MacCheck;
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

    /// The description by which a request with these headers is read: the second only where the first's signature is missing.
    pub(crate) fn scheme_for(&self, headers: &HeaderMap) -> &Scheme {
        match &self.second {
            Some(second)
                if !headers.contains_key(self.scheme.signature.header_name())
                    && headers.contains_key(second.signature.header_name()) =>
            {
                second
            }
            _ => &self.scheme,
        }
    }

    pub(in crate::provider) fn ring(&self) -> &KeyRing {
        &self.ring
    }

    pub(in crate::provider) async fn keys(&self, head: &Parts) -> Result<Found<Keys>, Refusal> {
        self.ring.find(head, self.made()).await
    }

    fn made(&self) -> impl Fn(&Secrets) -> Result<Arc<Keys>, ConfigError> + Send {
        |secrets| Keys::of(secrets, &self.scheme)
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

    async fn begin(&self, head: &Parts) -> Result<SenderCheck, Refusal> {
        let scheme = self.scheme_for(&head.headers);
        let at = &scheme.signature;
        let (text, shown) = match (scheme.method, at.form) {
            (Method::Hmac(algorithm), Form::Scattered(scatter)) => {
                let shown = scattered(
                    &head.headers,
                    at.header_name(),
                    scatter,
                    at.encoding,
                    algorithm.len(),
                )?;
                ("", Shown::Signatures(shown))
            }
            _ => {
                let text = single(&head.headers, at.header_name())?;
                (text, Shown::read(scheme, text)?)
            }
        };
        let source = Source {
            head,
            signature: (text, scheme.signature.form),
            url: self.url.as_deref().unwrap_or_default(),
        };
        let (before, after) = split(scheme.content);
        let before = source.values(before)?;
        let rest = source.values(after)?.concat();
        let found = self.keys(head).await?;
        let step = match (&found.keys.list, shown) {
            (KeyList::Macs(keys), Shown::Signatures(shown)) => {
                Step::Mac(MacCheck::new(keys, shown, &before, rest))
            }
            (KeyList::Tokens(keys), Shown::Token(shown)) => Step::Token(TokenCheck::new(keys, shown)),
            // Both are made by the description's one method, so that no other pair can arise.
            _ => return Err(Reason::BadSignature.into()),
        };
        let holder = found.holder;
        Ok(SenderCheck { step, holder })
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
        self.check_greeting()?;
        if self.url.is_none() && self.scheme.content.contains(&Part::Url) {
            let advice = format!(
                "{} signs the endpoint's URL; say `.public_url(…)` as the sender was given it",
                self.scheme.name
            );
            return Err(ConfigError::new(ConfigErrorKind::PublicUrl, advice));
        }
        self.ring.check(self.scheme.name, self.made())
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

/// What a delivery's head shows as its proof, before any key is known.
enum Shown<'a> {
    Signatures(Vec<Decoded>),
    Token(&'a str),
}

impl<'a> Shown<'a> {
    fn read(scheme: &Scheme, text: &'a str) -> Result<Self, Reason> {
        let at = &scheme.signature;
        match (scheme.method, at.form) {
            (Method::Token, Form::Whole { prefix }) => {
                let token = text.strip_prefix(prefix).ok_or(Reason::MalformedHeader)?;
                Ok(Self::Token(token))
            }
            (Method::Hmac(algorithm), form) => {
                signatures(text, form, at.encoding, algorithm.len()).map(Self::Signatures)
            }
            // The start-up check lets no such description pass.
            (Method::Digest | Method::Token | Method::Own(_), _) => Err(Reason::MalformedHeader),
        }
    }
}

/// The check of one delivery of a described sender.
pub struct SenderCheck {
    step: Step,
    holder: Holder,
}

enum Step {
    Mac(MacCheck),
    Token(TokenCheck),
}

impl Check for SenderCheck {
    fn update(&mut self, piece: &[u8]) {
        match &mut self.step {
            Step::Mac(check) => check.update(piece),
            Step::Token(_) => {}
        }
    }

    async fn finish(self, _: &Bytes) -> Result<Proof, Refusal> {
        let matched = match self.step {
            Step::Mac(check) => check.finish(),
            Step::Token(check) => check.finish(),
        };
        self.holder.verdict(matched)
    }
}

impl fmt::Debug for SenderCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SenderCheck(..)")
    }
}
