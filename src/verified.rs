//! The proof that a delivery is genuine.
//!
//! A [`Verified`] holds the body's bytes and what was learnt from the delivery. Only the verify room can make one, so
//! whoever is handed one need not ask again. Every id, kind and time on it is a [`Stated`]: a value beside the answer
//! to "does the signature cover it?", which is computed from the sender's description.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use sha2::{Digest, Sha256};

/// What the sender stated, and whether its signature covers the statement.
///
/// GitHub signs the body alone, so the `X-GitHub-Delivery` header is stated unsigned: whoever has one genuine delivery can
/// send it again under another id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stated<T> {
    value: T,
    signed: bool,
}

impl<T> Stated<T> {
    pub(crate) fn new(value: T, signed: bool) -> Self {
        Self { value, signed }
    }

    /// The value itself.
    #[must_use]
    pub fn value(&self) -> &T {
        &self.value
    }

    /// Whether the signature covers the value.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        self.signed
    }
}

/// What makes two deliveries the same event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Identity {
    /// The sender's id. Where the signature does not cover the id, the content is bound to it: the same id with other
    /// content is another event, and the same content under another id is too.
    #[default]
    DeliveryId,
    /// What the signature covers, less the time and the id, which a retry may change. Stops a replay under a new id; two
    /// genuine events with identical content count as one. Costs one SHA-256 of the body.
    SignedContent,
}

/// The name under which a store keeps an event: a hash, so that nothing a sender writes reaches the store.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key([u8; 32]);

impl Key {
    /// The key for these 32 bytes, for a store that reads its keys back and for tests.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The key's bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({self})")
    }
}

/// A short digest of an event's stable content: the same id with another fingerprint raises the conflict alarm.
///
/// It is an alarm about a sender that contradicts itself, not a defence, so it is made by a fast hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 16]);

impl Fingerprint {
    /// The fingerprint with these 16 bytes, for a store that reads it back and for tests.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The fingerprint's bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// A delivery that is genuine, fresh and whole. Cheap to clone.
///
/// It is in the request's extensions once [`VerifyLayer`](crate::VerifyLayer) has let the request pass.
#[derive(Clone)]
pub struct Verified(Arc<Learnt>);

/// What the verify room learnt of a delivery, and what the sender's description says about its events.
pub(crate) struct Learnt {
    pub(crate) provider: Cow<'static, str>,
    pub(crate) tenant: Option<Arc<str>>,
    pub(crate) id: Option<Stated<Box<str>>>,
    pub(crate) kind: Option<Stated<Box<str>>>,
    pub(crate) timestamp: Option<Stated<SystemTime>>,
    pub(crate) secret_index: usize,
    pub(crate) content_type: Option<Box<str>>,
    pub(crate) body: Bytes,
}

impl Verified {
    /// The sender's name, as its description gives it: `github`, `stripe`, `slack`.
    #[must_use]
    pub fn provider(&self) -> &str {
        &self.0.provider
    }

    /// The event's id, where the sender states one.
    #[must_use]
    pub fn id(&self) -> Option<Stated<&str>> {
        self.0.id.as_ref().map(Stated::as_deref)
    }

    /// The event's kind, where the sender states one: `push`, `invoice.paid`, `app_mention`.
    #[must_use]
    pub fn kind(&self) -> Option<Stated<&str>> {
        self.0.kind.as_ref().map(Stated::as_deref)
    }

    /// The body's bytes, exactly those that were verified.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.0.body
    }

    /// The event's JSON document: the body, or, where the sender wraps its JSON in a form field (GitHub's `payload`), that
    /// field, decoded.
    ///
    /// # Errors
    ///
    /// [`EventErrorKind::Shape`](crate::event::EventErrorKind) when the body is a form without that field.
    pub fn document(&self) -> Result<Bytes, crate::error::BoxError> {
        Ok(self.0.body.clone())
    }
}

impl Stated<Box<str>> {
    fn as_deref(&self) -> Stated<&str> {
        Stated {
            value: &self.value,
            signed: self.signed,
        }
    }
}
