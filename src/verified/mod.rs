//! The proof that a delivery is genuine.
//!
//! A [`Verified`] holds the body's bytes and what was learnt from the delivery. Only the verify room can make one, so
//! whoever is handed one need not ask again. Every id, kind and time on it is a [`Stated`]: a value beside the answer
//! to "does the signature cover it?", which is computed from the sender's description.

mod binding;
mod cuts;
mod key;
mod part;
mod words;

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use sha2::{Digest, Sha256};
use smallvec::SmallVec;
use xxhash_rust::xxh3::{Xxh3Default, xxh3_128};

pub use binding::{Binding, UnsignedBody};
pub(crate) use cuts::Cuts;
pub use key::{Key, ParseKeyError, ParseKeyErrorKind};
pub(crate) use part::{Context, EventLearnt, Origin};
pub(crate) use words::{Word, Words};

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

    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> Stated<U> {
        Stated::new(change(self.value), self.signed)
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
    /// Nothing: every delivery is an event of its own, and a retry of a completed one is run again. For senders whose events
    /// have no id and the same content again and again, such as "something has changed": as duplicates they would be lost.
    EachDelivery,
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
/// It is in the request's extensions once [`VerifyLayer`](crate::VerifyLayer) has let the request pass. Nobody else can make
/// one:
///
/// ```compile_fail,E0423
/// # fn t164_nobody_else_makes_a_proof() {
/// let forged = tower_webhook::Verified(Default::default());
/// # }
/// ```
#[derive(Clone)]
pub struct Verified(Arc<Learnt>);

/// What the verify room learnt of a delivery.
pub(crate) struct Learnt {
    pub(crate) provider: &'static str,
    pub(crate) tenant: Option<Arc<str>>,
    /// The texts of id, kind and content type.
    pub(crate) words: Words,
    pub(crate) id: Option<Stated<Word>>,
    pub(crate) kind: Option<Stated<Word>>,
    pub(crate) timestamp: Option<Stated<SystemTime>>,
    pub(crate) secret_index: usize,
    pub(crate) content_type: Option<Word>,
    pub(crate) body: Bytes,
    pub(crate) binding: Binding,
    pub(crate) policy: Policy,
    /// The values within which ids are unique, each behind its length.
    pub(crate) within: Vec<u8>,
    /// What is signed beside body, time and id, each behind its length.
    pub(crate) signed_beside: Vec<u8>,
    /// The hash of what the signature covers, where that is not the body byte for byte.
    pub(crate) signed: Option<[u8; 32]>,
    /// Where the body holds what a retry may change.
    pub(crate) unstable: Cuts,
    /// Made when it is first asked for: it reads the whole body, and both the key and the claim want it.
    pub(crate) fingerprint: OnceLock<Fingerprint>,
    /// What tells this delivery from every other, where its sender gives nothing that does.
    pub(crate) serial: OnceLock<[u8; 16]>,
    /// The delivery around it, where it is one of several events.
    pub(crate) origin: Option<Arc<Origin>>,
}

/// What the sender's description says about the identity of its events.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Policy {
    pub(crate) identity: Identity,
    pub(crate) retention: Duration,
    /// Whether every delivery has an id, so that one without is not to be trusted.
    pub(crate) id_promised: bool,
    /// The form field that may wrap the document.
    pub(crate) wrapper: Option<&'static str>,
}

impl Verified {
    pub(crate) fn new(learnt: Learnt) -> Self {
        Self(Arc::new(learnt))
    }

    /// The sender's name, as its description gives it: `github`, `stripe`, `slack`.
    #[must_use]
    pub fn provider(&self) -> &'static str {
        self.0.provider
    }

    /// The tenant whose secret signed the delivery, where the secrets are looked up by tenant.
    #[must_use]
    pub fn tenant(&self) -> Option<&str> {
        self.0.tenant.as_deref()
    }

    /// The event's id, where the sender states one.
    #[must_use]
    pub fn id(&self) -> Option<Stated<&str>> {
        self.0.id.as_ref().map(|id| self.0.text(id))
    }

    /// The event's kind, where the sender states one: `push`, `invoice.paid`, `app_mention`.
    #[must_use]
    pub fn kind(&self) -> Option<Stated<&str>> {
        self.0.kind.as_ref().map(|kind| self.0.text(kind))
    }

    /// When the sender signed the delivery, where it says so.
    #[must_use]
    pub fn timestamp(&self) -> Option<Stated<SystemTime>> {
        self.0.timestamp
    }

    /// Which secret matched, by its position from 0: when the old one of a rotation no longer does, it can go.
    #[must_use]
    pub fn secret_index(&self) -> usize {
        self.0.secret_index
    }

    /// The request's content type. No sender signs it.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        let word = self.0.content_type.as_ref()?;
        Some(self.0.words.get(word))
    }

    /// The body's bytes, exactly those that were verified.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.0.body
    }

    /// What the proof is bound to: the body's bytes, or named fields of it.
    #[must_use]
    pub fn binding(&self) -> Binding {
        self.0.binding
    }

    pub(crate) fn policy(&self) -> &Policy {
        &self.0.policy
    }

    /// The event's key within this scope, by this identity or by the sender's own. `None` when the delivery lacks the id that
    /// its sender always gives.
    ///
    /// It is the key that a [`DedupLayer`](crate::DedupLayer) of the same scope and identity claims; its scope is empty
    /// unless it is set. Ask for it where you claim without that layer, or to look an event up in a store.
    ///
    /// ```
    /// use tower_webhook::{Key, Verified};
    ///
    /// fn key(delivery: &Verified) -> Option<Key> {
    ///     delivery.key("", None)
    /// }
    /// ```
    #[must_use]
    pub fn key(&self, scope: &str, identity: Option<Identity>) -> Option<Key> {
        self.key_from(&KeyStart::default(), scope, identity)
    }

    /// As [`key`](Self::key), with a start that is kept for the next event.
    pub(crate) fn key_from(&self, start: &KeyStart, scope: &str, identity: Option<Identity>) -> Option<Key> {
        let learnt = &*self.0;
        let mut text = KeyText::new();
        let mut content = Vec::new();
        match (identity.unwrap_or(learnt.policy.identity), self.id()) {
            (Identity::DeliveryId, Some(id)) => {
                text.push(u8::from(id.signed));
                if !id.signed {
                    text.extend_from_slice(self.fingerprint().as_bytes());
                }
                text.extend_from_slice(id.value.as_bytes());
            }
            (Identity::EachDelivery, _) => {
                text.push(4);
                text.extend_from_slice(learnt.serial.get_or_init(unlike_any_other));
            }
            (Identity::DeliveryId, None) if learnt.policy.id_promised => return None,
            (Identity::DeliveryId | Identity::SignedContent, _) => {
                text.push(if learnt.signed.is_some() { 5 } else { 2 });
                absorb(&mut text, &learnt.signed_beside);
                match &learnt.signed {
                    Some(signed) => content.push(signed.as_slice()),
                    None => content.extend(learnt.unstable.around(&learnt.body)),
                }
            }
        }
        let mut hash = start.hash(self.keyed(scope)).chain_update(&text);
        content.iter().for_each(|piece| hash.update(piece));
        Some(Key::from_bytes(hash.finalize().into()))
    }

    /// The event's key by a name of the user's own.
    pub(crate) fn key_named(&self, scope: &str, name: &str) -> Key {
        let mut text = self.keyed(scope);
        text.push(3);
        text.extend_from_slice(name.as_bytes());
        Key::from_bytes(Sha256::digest(&text).into())
    }

    /// The digest of what stays the same when the sender tries again. A known key with another fingerprint is a conflict: the
    /// sender contradicts itself.
    ///
    /// The first call reads the whole body; later ones, and those of clones, cost nothing.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        *self.0.fingerprint.get_or_init(|| self.0.make_fingerprint())
    }

    /// Everything that keeps events of different origin apart. Each part stands behind its length, so that no two lists of
    /// parts hash alike; zeros fill the hash's last block, so that what follows begins a new one. Of what follows only the
    /// last part has no length before it.
    fn keyed(&self, scope: &str) -> KeyText {
        let mut text = KeyText::from_slice(b"tower-webhook event key 1");
        absorb(&mut text, scope.as_bytes());
        absorb(&mut text, self.0.provider.as_bytes());
        text.push(u8::from(self.0.tenant.is_some()));
        absorb(&mut text, self.tenant().unwrap_or_default().as_bytes());
        absorb(&mut text, &self.0.within);
        text.resize(text.len().next_multiple_of(HASH_BLOCK), 0);
        text
    }
}

/// A piece of what a key is the hash of. Gathered before it is hashed, which takes a hash less time than many small pieces.
type KeyText = SmallVec<[u8; 128]>;

/// What SHA-256 takes at a time, in bytes.
const HASH_BLOCK: usize = 64;

/// What the keys of one scope, sender and tenant begin with, hashed once.
#[derive(Clone, Default)]
pub(crate) struct KeyStart(OnceLock<(KeyText, Sha256)>);

impl KeyStart {
    /// The hash of this beginning, which is kept if it is the first.
    fn hash(&self, text: KeyText) -> Sha256 {
        let made = |text: &KeyText| Sha256::new().chain_update(text);
        let (known, hash) = self.0.get_or_init(|| (text.clone(), made(&text)));
        if *known == text { hash.clone() } else { made(&text) }
    }
}

impl Learnt {
    fn text(&self, stated: &Stated<Word>) -> Stated<&str> {
        Stated::new(self.words.get(&stated.value), stated.signed)
    }

    /// What the signature leaves free is no part of a signed event. Where it covers nothing of the event, all of the body is.
    fn make_fingerprint(&self) -> Fingerprint {
        let signed = self.signed.as_ref().filter(|_| self.binding.covers_the_event());
        if let Some(content) = signed.and_then(|content| content.first_chunk()) {
            return Fingerprint(*content);
        }
        if self.unstable.is_empty() {
            return Fingerprint(xxh3_128(&self.body).to_be_bytes());
        }
        let mut hash = Xxh3Default::new();
        self.unstable
            .around(&self.body)
            .for_each(|piece| hash.update(piece));
        Fingerprint(hash.digest128().to_be_bytes())
    }
}

impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified")
            .field("provider", &self.provider())
            .field("tenant", &self.tenant())
            .field("id", &self.id())
            .field("kind", &self.kind())
            .field("timestamp", &self.timestamp())
            .field("body_bytes", &self.body().len())
            .finish_non_exhaustive()
    }
}

/// Sixteen bytes that no other delivery has, in this process or another: each `RandomState` has keys of its own.
fn unlike_any_other() -> [u8; 16] {
    let state = RandomState::new();
    let halves = [0_u8, 1].map(|half| state.hash_one(half).to_be_bytes());
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&halves[0]);
    bytes[8..].copy_from_slice(&halves[1]);
    bytes
}

fn absorb(text: &mut KeyText, part: &[u8]) {
    text.extend_from_slice(&(part.len() as u64).to_be_bytes());
    text.extend_from_slice(part);
}
