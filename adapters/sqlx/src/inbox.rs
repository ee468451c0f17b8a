//! What the inboxes of all engines have in common: which event it is, and what a known one is answered with.

use std::sync::Arc;
use std::time::Duration;

use tower_webhook::dedup::Unclaimed;
use tower_webhook::store::Retention;
use tower_webhook::{Fingerprint, Identity, Key, UnsignedBody, Verified};

use crate::verb::micros;

/// A delivery whose event can be claimed: a [`Verified`], or an [`UnsignedBody`] of a sender that signs no body. Nothing else is one.
///
/// With the second the claim says that this content is processed once, not that it is genuine.
pub trait Claimable: Delivery {}

impl<D: Delivery> Claimable for D {}

/// What an inbox asks of a delivery; out of a user's reach.
pub trait Delivery {
    fn event_key(&self, scope: &str, identity: Option<Identity>) -> Option<Key>;
    fn print(&self) -> Fingerprint;
    fn keep(&self) -> Retention;
}

impl Delivery for Verified {
    fn event_key(&self, scope: &str, identity: Option<Identity>) -> Option<Key> {
        self.key(scope, identity)
    }

    fn print(&self) -> Fingerprint {
        self.fingerprint()
    }

    fn keep(&self) -> Retention {
        self.retention()
    }
}

impl Delivery for UnsignedBody {
    fn event_key(&self, scope: &str, identity: Option<Identity>) -> Option<Key> {
        self.key(scope, identity)
    }

    fn print(&self) -> Fingerprint {
        self.fingerprint()
    }

    fn keep(&self) -> Retention {
        self.retention()
    }
}

/// What a user can choose about an inbox's events.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    pub(crate) scope: Arc<str>,
    pub(crate) identity: Option<Identity>,
    pub(crate) keep: Option<Retention>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            scope: "".into(),
            identity: None,
            keep: None,
        }
    }
}

/// The row that an event has in an inbox.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) key: Key,
    pub(crate) print: Fingerprint,
    /// In microseconds.
    pub(crate) keep: i64,
}

impl Rules {
    pub(crate) fn entry(&self, proof: &impl Claimable) -> Result<Entry, Unclaimed> {
        Ok(Entry {
            key: proof
                .event_key(&self.scope, self.identity)
                .ok_or(Unclaimed::NoId)?,
            print: proof.print(),
            keep: micros(self.keep.unwrap_or_else(|| proof.keep()).duration()),
        })
    }
}

impl Entry {
    /// What an event is answered with that the inbox has with this fingerprint.
    pub(crate) fn known_as(&self, print: &[u8]) -> Unclaimed {
        if print == self.print.as_bytes() {
            Unclaimed::Duplicate
        } else {
            Unclaimed::Conflict
        }
    }
}

/// The answer while another transaction has the event: how long that takes is the other handler's to know.
pub(crate) const IN_FLIGHT: Unclaimed = Unclaimed::InFlight {
    retry_after: Duration::from_secs(1),
};
