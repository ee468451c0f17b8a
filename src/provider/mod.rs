//! Providers: who sends, and how they sign.
//!
//! A sender is a constant, its [`Scheme`]: where the signature stands, what it covers, where id, kind and time are found,
//! and for how long a delivery is tried again. The verifier, the test signer and the start-up checks all read that one
//! constant, and whether an id is signed is computed from it.
//!
//! ```
//! use tower_webhook::provider::{Part::{Body, Header, Text}, Scheme, Sender, header, json};
//! use tower_webhook::{Secret, VerifyLayer};
//!
//! const ACME: Scheme = Scheme::hmac_sha256("acme")
//!     .signature(header("x-acme-signature").prefix("sha256=").hex())
//!     .content(&[Header("x-acme-time"), Text("."), Body])
//!     .timestamp(header("x-acme-time").unix_seconds())
//!     .id(header("x-acme-id"))
//!     .kind(json("/type"));
//!
//! assert!(ACME.covers(json("/type")));
//! assert!(!ACME.covers(header("x-acme-id"))); // so each event's key is bound to its content
//!
//! let layer = VerifyLayer::new(Sender::new(ACME, Secret::new("the secret shared with Acme")?))?;
//! # Ok::<(), tower_webhook::ConfigError>(())
//! ```
//!
//! What a description can't say is written as a [`Provider`]: begin on the head, update with each piece of the body, finish.

pub(crate) mod about;
mod builders;
#[cfg(feature = "x509-cert")]
pub(crate) mod certificate;
mod check;
pub(crate) mod description;
pub(crate) mod erased;
pub(crate) mod events;
mod facts;
pub(crate) mod followup;
pub(crate) mod form;
mod github;
pub(crate) mod handshake;
pub(crate) mod json;
#[cfg(feature = "jsonwebtoken")]
pub mod jwt;
pub(crate) mod key_ring;
pub(crate) mod keys;
mod lint;
#[cfg(feature = "sfv")]
mod message_signatures;
pub(crate) mod method;
pub(crate) mod own;
#[cfg(feature = "crc32fast")]
mod paypal;
pub(crate) mod place;
pub(crate) mod public_url;
pub(crate) mod read;
mod second;
pub(crate) mod sender;
pub mod senders;
mod slack;
#[cfg(feature = "x509-cert")]
mod sns;
mod standard_webhooks;
mod stripe;
mod timestamp;

use std::future::{Future, ready};
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use http::request::Parts;
use sha2::{Digest, Sha256};

use crate::error::{BoxError, ConfigError};
use crate::key_source::{KeyError, KeyErrorKind};
use crate::rejection::Reason;

use followup::Followup;

pub use about::{Source, Vectors};
pub use description::{Payload, Scheme};
pub use events::{Events, each};
pub use facts::Facts;
pub use github::{GITHUB, GITHUB_SHA1, github};
pub use handshake::{Answer, Handshake, NewSecret};
#[cfg(feature = "sfv")]
pub use message_signatures::{MessageSignatures, SignatureKey};
#[cfg(feature = "crc32fast")]
pub use paypal::PayPal;
pub use place::{Part, Place, SignatureAt, TimestampAt, element, first_of, form, header, integer, json};
pub use sender::Sender;
pub use slack::{SLACK, slack};
#[cfg(feature = "x509-cert")]
pub use sns::{Confirmation, ConfirmationKind, Sns};
pub use standard_webhooks::{STANDARD_WEBHOOKS, standard_webhooks};
pub use stripe::{STRIPE, stripe};

/// A sender's way of signing that no [`Scheme`] can say.
///
/// The scheme still tells everything else: the name, where id, kind and time are found, the limit and the retention. The
/// layer does the rest: bounds, deadlines, freshness, answers.
pub trait Provider: Send + Sync + 'static {
    /// The verification of one delivery.
    type Check: Check;

    /// The sender's facts. Its `content` must name what your check covers: it decides what counts as signed.
    fn scheme(&self) -> &Scheme;

    /// Reads the head. No piece of the body is read before this has answered.
    ///
    /// `now` is the layer's time, or `None` while its clock can't be believed. The layer judges the time that the scheme's
    /// `timestamp` names; `now` is for what says otherwise until when it counts: a certificate, a token.
    ///
    /// # Errors
    ///
    /// A [`Refusal`] with the reason: the delivery ends here.
    fn begin(
        &self,
        head: &Parts,
        now: Option<SystemTime>,
    ) -> impl Future<Output = Result<Self::Check, Refusal>> + Send;

    /// Answers a request that comes before any signature and proves who owns the endpoint; `None` for every other. What it
    /// answers never reaches a handler. By default those of the scheme's handshakes are answered that need no secret.
    ///
    /// # Errors
    ///
    /// A [`Refusal`] of a handshake that is not the sender's.
    fn greet(&self, head: &Parts) -> impl Future<Output = Result<Option<Answer>, Refusal>> + Send {
        ready(self.scheme().greet(head))
    }

    /// Finds what can be known to be wrong before the first delivery.
    ///
    /// # Errors
    ///
    /// What is wrong, with a sentence that says what to do.
    fn check(&self) -> Result<(), ConfigError> {
        self.scheme().check()
    }
}

/// A verification under way: every byte of the body goes through it, once and in order.
pub trait Check: Send + 'static {
    /// The next piece of the body.
    fn update(&mut self, piece: &[u8]);

    /// The verdict, when the body is whole: these are the bytes that [`update`](Self::update) was shown. Compare in constant
    /// time.
    ///
    /// # Errors
    ///
    /// [`Reason::BadSignature`] in a [`Refusal`] when nothing matches.
    fn finish(self, body: &Bytes) -> impl Future<Output = Result<Proof, Refusal>> + Send;
}

/// What a check has proven: whose delivery it is, and by which secret.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Proof {
    /// The tenant whose secret matched, where there are tenants.
    pub tenant: Option<Arc<str>>,
    /// The position of the secret that matched, from 0.
    pub secret_index: usize,
    pub(crate) signed: Option<[u8; 32]>,
    /// What ends the delivery, once it is found fresh: it is no event then.
    pub(crate) followup: Option<Followup>,
}

impl Proof {
    /// Proof by the secret at this position.
    #[must_use]
    pub fn new(secret_index: usize) -> Self {
        Self {
            tenant: None,
            secret_index,
            signed: None,
            followup: None,
        }
    }

    /// For a delivery that is a handshake and no event: once its time has been found good, this is run and its answer sent. It
    /// never reaches a handler.
    #[must_use]
    pub fn handshake<F>(mut self, work: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Answer, Refusal>> + Send + 'static,
    {
        self.followup = Some(Followup::new(work));
        self
    }

    /// What the signature covers, where that is not the body byte for byte: the text that the sender made of a form, the fields
    /// that it signs. An event known by its content is then known by this, so that whatever the signature leaves free makes no
    /// new event.
    #[must_use]
    pub fn signed(mut self, content: &[u8]) -> Self {
        self.signed = Some(Sha256::digest(content).into());
        self
    }
}

/// A refusal by a provider: the reason, and what caused it where something did.
#[derive(Debug)]
pub struct Refusal {
    pub(crate) reason: Reason,
    pub(crate) cause: Option<BoxError>,
}

impl Refusal {
    /// A refusal for this reason.
    #[must_use]
    pub fn new(reason: Reason) -> Self {
        Self { reason, cause: None }
    }

    /// The same with its cause, for the log. It must not hold a secret.
    #[must_use]
    pub fn because(mut self, cause: impl Into<BoxError>) -> Self {
        self.cause = Some(cause.into());
        self
    }
}

impl From<KeyError> for Refusal {
    fn from(error: KeyError) -> Self {
        let reason = match error.kind() {
            KeyErrorKind::Foreign => Reason::ForeignKeyUrl,
            KeyErrorKind::Unavailable => Reason::SecretsUnavailable,
        };
        Self::new(reason).because(error)
    }
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        Self::new(reason)
    }
}
