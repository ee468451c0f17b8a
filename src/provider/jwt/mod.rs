//! Senders that show a JSON Web Token (RFC 7519).
//!
//! What is demanded of a token is configured and never read from it: the algorithms, whose it must be, for whom, and when. A
//! token that does not bind the body proves no more than a password does, so its delivery is an
//! [`UnsignedBody`](crate::UnsignedBody).

mod claims;
mod jwks;
#[cfg(feature = "test-util")]
mod made;
mod named;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::Uri;
use http::request::Parts;
use jsonwebtoken::crypto::{CryptoProvider, aws_lc};
use jsonwebtoken::{Algorithm, DecodingKey, decode_header};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::check::check_tolerance;
use super::description::Scheme;
use super::key_ring::{Holder, KeyRing};
use super::{Check, Proof, Provider, Refusal};
use crate::error::{ConfigError, ConfigErrorKind};
use crate::rejection::Reason;
use crate::secret::{SecretSource, Secrets};
use crate::signature::header::single;
use claims::Claims;
use jwks::Published;

pub use named::{MESSAGEBIRD, MONDAY, PLAID, PUBSUB, messagebird, monday, oidc, plaid, pubsub};

/// A sender that shows a JSON Web Token, with what is demanded of it. Made by [`plaid`], [`messagebird`], [`monday`], [`pubsub`]
/// and [`oidc`].
pub struct Jwt {
    scheme: Scheme,
    rules: Rules,
    trust: Trust,
}

/// What is demanded of a token.
struct Rules {
    header: &'static str,
    bearer: Bearer,
    algorithms: &'static [Algorithm],
    /// Claims and the one text that each must hold.
    equal: Vec<(String, String)>,
    issuers: Vec<String>,
    audience: Option<String>,
    time: Time,
    /// The claim that holds the SHA-256 of the body.
    body: Option<BodyHash>,
    /// The claim that holds the SHA-256 of the URL, and the URL.
    url: Option<(&'static str, String)>,
}

/// Whether `Bearer ` stands before the token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bearer {
    Never,
    Perhaps,
    Always,
}

#[derive(Clone, Copy)]
enum Time {
    /// `exp` is there and to come; `nbf`, where it is there, is past.
    Expires,
    /// `iat` is there and no further away than this.
    Issued(Duration),
}

#[derive(Clone, Copy)]
struct BodyHash {
    claim: &'static str,
    /// The claim is missing where the body is empty.
    absent_when_empty: bool,
}

/// Whose keys count.
enum Trust {
    Shared(KeyRing),
    Published(Published),
}

impl Jwt {
    fn new(scheme: Scheme, rules: Rules, trust: Trust) -> Self {
        // One back end is built in; an application that has chosen another keeps its own.
        let _ = CryptoProvider::install_default(&aws_lc::DEFAULT_PROVIDER);
        Self { scheme, rules, trust }
    }

    /// How far a token's `iat` may be from now, either way, where nothing else says how long it counts: Plaid's, for which 5 minutes
    /// are the default. Tokens with an `exp` end by that. Between a second and a day.
    #[must_use]
    pub fn tolerance(mut self, tolerance: Duration) -> Self {
        if let Time::Issued(so_far) = &mut self.rules.time {
            *so_far = tolerance;
        }
        self
    }

    /// A claim must hold this text, such as the `email` of the account that sends.
    #[must_use]
    pub fn claim(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.rules.equal.push((name.into(), value.into()));
        self
    }

    /// The issuer signs with ES256 instead of RS256.
    #[must_use]
    pub fn es256(mut self) -> Self {
        self.rules.algorithms = &[Algorithm::ES256];
        self
    }

    /// How long the sender tries again is assumed; events are remembered for so long.
    #[must_use]
    pub fn retention(mut self, retention: Duration) -> Self {
        self.scheme.retention = retention;
        self
    }

    async fn holder(
        &self,
        head: &Parts,
        token: &str,
        now: Option<SystemTime>,
    ) -> Result<(Claims, Option<usize>, Holder), Refusal> {
        match &self.trust {
            Trust::Shared(ring) => {
                let found = ring.find(head, shared_keys).await?;
                let verified = |key| Claims::verified(token, key, self.rules.algorithms);
                // Each of them is tried, whichever matches.
                let each: Vec<_> = found.keys.iter().map(verified).collect();
                let matched = each.into_iter().enumerate();
                let (index, claims) = matched
                    .filter_map(|(index, one)| Some((index, one?)))
                    .next()
                    .unzip();
                Ok((claims.unwrap_or_default(), index, found.holder))
            }
            Trust::Published(keys) => {
                let header = decode_header(token).map_err(|_| Reason::MalformedHeader)?;
                let kid = header.kid.as_deref().ok_or(Reason::MalformedHeader)?;
                let key = keys.find(kid, now).await?;
                let claims = key.and_then(|key| Claims::verified(token, &key, self.rules.algorithms));
                let index = claims.as_ref().map(|_| 0);
                Ok((claims.unwrap_or_default(), index, Holder::anybody()))
            }
        }
    }
}

impl Provider for Jwt {
    type Check = JwtCheck;

    fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    async fn begin(&self, head: &Parts, now: Option<SystemTime>) -> Result<JwtCheck, Refusal> {
        let text = single(&head.headers, self.rules.header)?;
        let token = self.rules.bearer.strip(text).ok_or(Reason::MalformedHeader)?;
        let header = decode_header(token).map_err(|_| Reason::MalformedHeader)?;
        if !self.rules.algorithms.contains(&header.alg) {
            return Err(Reason::UnsupportedVersion.into());
        }
        let (claims, matched, holder) = self.holder(head, token, now).await?;
        let proof = holder.verdict(matched)?;
        claims.check(&self.rules, now)?;
        if let Some((claim, url)) = &self.rules.url {
            let signed = claims.digest(claim)?.ok_or(Reason::BadSignature)?;
            require(
                &Sha256::digest(asked_at(url, &head.uri).as_bytes()).into(),
                &signed,
            )?;
        }
        let body = match self.rules.body {
            Some(rule) => Some((rule, claims.digest(rule.claim)?)),
            None => None,
        };
        Ok(JwtCheck {
            proof,
            body,
            hash: Sha256::new(),
        })
    }

    fn check(&self) -> Result<(), ConfigError> {
        self.scheme.check()?;
        let rules = &self.rules;
        let texts = rules.issuers.iter().chain(&rules.audience);
        let claims = rules.equal.iter().map(|(_, value)| value);
        if texts.chain(claims).any(String::is_empty) {
            let advice = "an issuer, an audience or a claim is empty, which any token could match; say what it must be";
            return Err(ConfigError::new(ConfigErrorKind::Scheme, advice));
        }
        if let Time::Issued(tolerance) = rules.time {
            check_tolerance(tolerance)?;
        }
        match &self.trust {
            Trust::Shared(ring) => ring.check(self.scheme.name, shared_keys),
            Trust::Published(_) => Ok(()),
        }
    }
}

impl fmt::Debug for Jwt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jwt")
            .field("scheme", &self.scheme.name)
            .finish_non_exhaustive()
    }
}

/// The check of one delivery whose token is good: of the body, where the token binds it.
pub struct JwtCheck {
    proof: Proof,
    body: Option<(BodyHash, Option<[u8; 32]>)>,
    hash: Sha256,
}

impl Check for JwtCheck {
    fn update(&mut self, piece: &[u8]) {
        if self.body.is_some() {
            self.hash.update(piece);
        }
    }

    async fn finish(self, body: &Bytes) -> Result<Proof, Refusal> {
        match self.body {
            None => {}
            Some((rule, None)) if rule.absent_when_empty && body.is_empty() => {}
            Some((rule, Some(_))) if rule.absent_when_empty && body.is_empty() => {
                return Err(Reason::BadSignature.into());
            }
            Some((_, Some(signed))) => require(&self.hash.finalize().into(), &signed)?,
            Some((_, None)) => return Err(Reason::BadSignature.into()),
        }
        Ok(self.proof)
    }
}

impl fmt::Debug for JwtCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JwtCheck(..)")
    }
}

impl Bearer {
    fn strip(self, text: &str) -> Option<&str> {
        let bare = text.strip_prefix("Bearer ");
        match self {
            Self::Never => Some(text),
            Self::Perhaps => Some(bare.unwrap_or(text)),
            Self::Always => bare,
        }
    }
}

fn ring(secrets: impl SecretSource) -> Trust {
    Trust::Shared(KeyRing::new(secrets))
}

fn shared_keys(secrets: &Secrets) -> Result<Arc<Vec<DecodingKey>>, ConfigError> {
    let keys = secrets
        .iter()
        .map(|secret| DecodingKey::from_secret(secret.expose()));
    Ok(Arc::new(keys.collect()))
}

/// The endpoint's URL with the request's own query, where it is given without one.
fn asked_at<'a>(url: &'a str, uri: &Uri) -> Cow<'a, str> {
    match uri.query() {
        Some(query) if !url.contains('?') => format!("{url}?{query}").into(),
        _ => url.into(),
    }
}

fn require(made: &[u8; 32], signed: &[u8; 32]) -> Result<(), Refusal> {
    match bool::from(made.ct_eq(signed)) {
        true => Ok(()),
        false => Err(Reason::BadSignature.into()),
    }
}
