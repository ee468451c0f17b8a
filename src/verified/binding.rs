//! What the proof of a delivery is bound to, and the type of those whose body nobody has vouched for.

use std::fmt;
use std::time::SystemTime;

use bytes::Bytes;
use http::Extensions;

use super::{Fingerprint, Identity, Key, Stated, Verified};
use crate::rejection::Reason;

/// What the proof of a delivery is bound to; computed from the sender's description, never asserted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Binding {
    /// A signature over the body's bytes.
    Body,
    /// A signature over named fields of the body, which carry the event. The other fields are whoever's who had the delivery in
    /// hand on its way.
    Fields,
    /// A signature over a checksum of the body, for which another body is easily found (PayPal's CRC-32).
    Checksum,
    /// A signature over a time or a number, but over nothing of the event (Mailgun).
    Envelope,
    /// No signature: the sender shows a shared token or a password.
    Bearer,
}

impl Binding {
    /// Whether the event itself is signed, so that a delivery of this kind is a [`Verified`].
    #[must_use]
    pub fn covers_the_event(self) -> bool {
        matches!(self, Self::Body | Self::Fields)
    }

    /// What a person calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::Fields => "fields",
            Self::Checksum => "checksum",
            Self::Envelope => "envelope",
            Self::Bearer => "bearer",
        }
    }
}

/// A delivery whose sender has shown that it knows a secret, but whose body no signature covers.
///
/// It stands in the request's extensions where a [`Verified`] would stand for a sender that signs its events, so that the one
/// can't be taken for the other. Whoever has seen one such delivery, a proxy or a log reader, can make others with any body.
/// Ask the sender's API for the event by its id before you act on it.
#[derive(Clone)]
pub struct UnsignedBody(pub(super) Verified);

impl UnsignedBody {
    /// What the proof is bound to instead of the body.
    #[must_use]
    pub fn binding(&self) -> Binding {
        self.0.binding()
    }

    /// The sender's name, as its description gives it.
    #[must_use]
    pub fn provider(&self) -> &'static str {
        self.0.provider()
    }

    /// The tenant whose secret the sender knows, where the secrets are looked up by tenant.
    #[must_use]
    pub fn tenant(&self) -> Option<&str> {
        self.0.tenant()
    }

    /// The event's id, where the sender states one.
    #[must_use]
    pub fn id(&self) -> Option<Stated<&str>> {
        self.0.id()
    }

    /// The event's kind, where the sender states one.
    #[must_use]
    pub fn kind(&self) -> Option<Stated<&str>> {
        self.0.kind()
    }

    /// When the delivery was sent, where the sender says so.
    #[must_use]
    pub fn timestamp(&self) -> Option<Stated<SystemTime>> {
        self.0.timestamp()
    }

    /// Which secret matched, by its position from 0.
    #[must_use]
    pub fn secret_index(&self) -> usize {
        self.0.secret_index()
    }

    /// The body's bytes, which may be anybody's. Use them to find out what to ask the sender's API about.
    #[must_use]
    pub fn danger_unsigned_body(&self) -> &Bytes {
        self.0.body()
    }

    /// The event's key: see [`Verified::key`]. The id in it may be anybody's word, so the content is a part of the key; where that
    /// repeats, so does the key.
    #[must_use]
    pub fn key(&self, scope: &str, identity: Option<Identity>) -> Option<Key> {
        self.0.key(scope, identity)
    }

    /// The digest of what stays the same when the sender tries again: see [`Verified::fingerprint`].
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        self.0.fingerprint()
    }

    /// The delivery as the event room reads it.
    pub(crate) fn delivery(&self) -> &Verified {
        &self.0
    }
}

impl fmt::Debug for UnsignedBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("UnsignedBody").field(&self.0).finish()
    }
}

impl Verified {
    /// Puts the proof where handlers look for it, as the type that it is.
    pub(crate) fn put_into(self, extensions: &mut Extensions) {
        if self.binding().covers_the_event() {
            extensions.insert(self);
        } else {
            extensions.insert(UnsignedBody(self));
        }
    }

    /// The proof, for code that takes signed events only.
    ///
    /// # Errors
    ///
    /// Why there is none, with what to do about it.
    pub(crate) fn required(extensions: &Extensions) -> Result<&Self, (Reason, &'static str)> {
        if let Some(proof) = extensions.get::<Self>() {
            Ok(proof)
        } else if extensions.get::<UnsignedBody>().is_some() {
            Err((Reason::UnsignedBody, ASK_FOR_UNSIGNED))
        } else {
            Err((
                Reason::LayerMissing,
                "apply a `VerifyLayer` in front of whatever asks for a verified event",
            ))
        }
    }

    /// The proof, or where unsigned events are admitted, what stands in its place.
    ///
    /// # Errors
    ///
    /// As [`required`](Self::required).
    pub(crate) fn admitted(extensions: &Extensions, unsigned: bool) -> Result<&Self, (Reason, &'static str)> {
        match Self::of(extensions) {
            Some(delivery) if unsigned => Ok(delivery),
            _ => Self::required(extensions),
        }
    }

    /// What the verify room learnt of this request, whatever its proof is bound to: for code that reads nothing of the body
    /// that a handler has not asked for.
    pub(crate) fn of(extensions: &Extensions) -> Option<&Self> {
        extensions
            .get::<Self>()
            .or_else(|| extensions.get::<UnsignedBody>().map(UnsignedBody::delivery))
    }
}

const ASK_FOR_UNSIGNED: &str = "this sender's signature does not cover the event: ask for an `UnsignedBody` or an \
    `UnsignedWebhook<E>`, or say `danger_unsigned_bodies()`";
