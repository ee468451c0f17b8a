//! An event that is a part of a delivery: its own proof, and the way back to the whole.

use std::ops::Range;
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use super::{Cuts, Identity, Learnt, Policy, Stated, UnsignedBody, Verified, Words};

/// The values of an event's parents, by the pointers of the description. Events of one parent share them.
pub(crate) type Context = Arc<[(&'static str, Box<str>)]>;

/// Where an event came from, when it was one of several in a delivery.
pub(crate) struct Origin {
    whole: Verified,
    place: Box<str>,
    context: Context,
}

/// What the split room learnt of one event.
pub(crate) struct EventLearnt {
    pub(crate) id: Option<Stated<Box<str>>>,
    pub(crate) kind: Option<Stated<Box<str>>>,
    pub(crate) time: Option<Stated<SystemTime>>,
    /// The event's bytes in the delivery's body.
    pub(crate) span: Range<usize>,
    /// What keeps the event apart from others with its id or its content, each behind its length.
    pub(crate) within: Vec<u8>,
    /// Where the event's bytes hold what a retry may change.
    pub(crate) unstable: Cuts,
    pub(crate) place: Box<str>,
    pub(crate) context: Context,
}

impl Verified {
    /// The proof of one event in this delivery: the same sender, tenant and secret, the event's own bytes without a copy.
    pub(crate) fn event(&self, event: EventLearnt) -> Self {
        let whole = &*self.0;
        let identity = identity(whole.policy.identity, event.id.is_some());
        let mut words = Words::default();
        let id = event.id.map(|id| id.map(|text| words.add(&text)));
        let kind = match event.kind {
            Some(kind) => Some(kind.map(|text| words.add(&text))),
            None => self.kind().map(|kind| kind.map(|text| words.add(text))),
        };
        let content_type = self.content_type().map(|text| words.add(text));
        Self::new(Learnt {
            provider: whole.provider,
            tenant: whole.tenant.clone(),
            words,
            id,
            kind,
            timestamp: event.time.or(whole.timestamp),
            secret_index: whole.secret_index,
            content_type,
            body: whole.body.slice(event.span),
            binding: whole.binding,
            policy: Policy {
                identity,
                id_promised: false,
                ..whole.policy
            },
            within: [whole.within.as_slice(), &event.within].concat(),
            signed_beside: whole.signed_beside.clone(),
            signed: None,
            unstable: event.unstable,
            fingerprint: OnceLock::new(),
            serial: OnceLock::new(),
            origin: Some(Arc::new(Origin {
                whole: self.clone(),
                place: event.place,
                context: event.context,
            })),
        })
    }

    /// The delivery that the event came in. It is the event itself, unless a [`SplitLayer`](crate::SplitLayer) has opened a
    /// delivery of several.
    #[must_use]
    pub fn whole(&self) -> &Self {
        self.0.origin.as_deref().map_or(self, |origin| &origin.whole)
    }

    /// Where the event stands in the [`whole`](Self::whole) delivery, as a JSON Pointer: `/entry/0/changes/1`. `None` where it
    /// is the whole.
    #[must_use]
    pub fn place(&self) -> Option<&str> {
        self.0.origin.as_deref().map(|origin| &*origin.place)
    }

    /// What the event's parent holds at this pointer, as the sender's description names it: `/entry/*/id`. A text without its
    /// quotes, any other value as it is written; `None` where there is none.
    #[must_use]
    pub fn context(&self, pointer: &str) -> Option<&str> {
        let origin = self.0.origin.as_deref()?;
        let known = origin.context.iter().find(|(known, _)| *known == pointer);
        known.map(|(_, value)| &**value)
    }
}

/// An event's own id names it, and its content where it has none, whatever the delivery is known by; unless the sender's events
/// are the same again and again.
fn identity(of_delivery: Identity, has_id: bool) -> Identity {
    match of_delivery {
        Identity::EachDelivery if !has_id => Identity::EachDelivery,
        _ => Identity::DeliveryId,
    }
}

impl UnsignedBody {
    /// The delivery that the event came in: see [`Verified::whole`].
    #[must_use]
    pub fn whole(&self) -> Self {
        Self(self.0.whole().clone())
    }

    /// Where the event stands in the whole delivery: see [`Verified::place`].
    #[must_use]
    pub fn place(&self) -> Option<&str> {
        self.0.place()
    }

    /// What the event's parent holds at this pointer, which may be anybody's word: see [`Verified::context`].
    #[must_use]
    pub fn context(&self, pointer: &str) -> Option<&str> {
        self.0.context(pointer)
    }
}
