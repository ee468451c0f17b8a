//! The claim: who may process an event, decided in one atomic step.
//!
//! A [`Store`] keeps one record for each event it has heard of. Its four verbs and the operator's `forget` are each one
//! atomic step: there is no `get`, so nobody can write check-then-act.
//!
//! ```text
//!            claim                      complete
//!  absent ──────────▶ claimed ─────────────────────────▶ completed ──retention──▶ absent
//!    ▲                 │ ▲ │ renew: the lease runs anew
//!    │ retention       │ │ │ lease over, then claim: a higher fence, one more attempt
//!    └─── released ◀───┘ └─┘
//!            └── claim: claimed, a higher fence, one more attempt
//! ```
//!
//! # Rules that every store keeps
//!
//! 1. Of any number of callers that claim one free key at the same time, exactly one gets [`Claim::Won`].
//! 2. Each win of a key carries a higher fence than the one before, also when the record between was forgotten or its
//!    retention is over: count fences for the whole store, or take them from its clock. Complete, release and renew by a
//!    ticket that is no longer the newest answer [`Held::Lost`] and change nothing.
//! 3. A record outlives release and the end of its lease, so that attempts go on counting; retention ends it. From then on
//!    its ticket is lost and the next claim is attempt 1, whether or not the record has been deleted yet.
//! 4. A claim with another fingerprint answers [`Claim::Conflict`] and changes nothing, in each state.
//! 5. Leases and retention are measured by the store's own clock, never by the caller's.
//! 6. A verb whose answer was lost on the way is safe to call again: the newest ticket that has completed its claim gets
//!    [`Held::Yes`] for completing it once more, one that has released it for releasing it once more. A settled claim is
//!    settled, though: it can't be renewed, nor settled the other way. A call dropped half-way blocks its key for no longer
//!    than the lease.
//!
//! [`contract::check`] proves them for any store, ours and yours.
//!
//! [`Operate`] is for people: it looks at records, counts them and deletes what is over.

#[cfg(feature = "test-util")]
pub mod contract;
mod erased;
mod memory;
mod operate;
mod shared;
mod tiered;

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::time::Duration;

use crate::error::BoxError;
use crate::verified::{Fingerprint, Key};

pub(crate) use erased::Guarded;
#[cfg(feature = "test-util")]
pub use memory::ManualTime;
pub use memory::{MemoryStore, MemoryStoreBuilder};
pub use operate::{Operate, RecordCounts, RecordState, RecordSummary};
pub use shared::AnyStore;
pub use tiered::{TieredStore, TieredStoreBuilder};

/// Keeps the claims. See the [module docs](self) for the rules and [`contract::check`] for their proof.
///
/// An [`Arc`](std::sync::Arc) of a store is the same store; [`AnyStore`] is one without its type.
pub trait Store: Send + Sync + 'static {
    /// Claims a key: whoever wins may process the event until the lease ends.
    ///
    /// `keep` is how long the record lives from this claim on, should nobody complete it.
    ///
    /// # Errors
    ///
    /// When the store can't be reached or can't tell; the delivery is then answered with 503 and tried again.
    fn claim(
        &self,
        key: &Key,
        fingerprint: &Fingerprint,
        lease: Lease,
        keep: Retention,
    ) -> impl Future<Output = Result<Claim, StoreError>> + Send;

    /// Makes the ticket's lease run anew from now, also when it had ended and nobody else has claimed the key since.
    ///
    /// # Errors
    ///
    /// When the store can't be reached or can't tell.
    fn renew(&self, ticket: &Ticket, lease: Lease) -> impl Future<Output = Result<Held, StoreError>> + Send;

    /// Marks the event as done and keeps that mark for the retention, also when the lease had ended and nobody else has
    /// claimed the key since. Calling it again with the same ticket answers [`Held::Yes`] again.
    ///
    /// # Errors
    ///
    /// When the store can't be reached or can't tell.
    fn complete(
        &self,
        ticket: &Ticket,
        keep: Retention,
    ) -> impl Future<Output = Result<Held, StoreError>> + Send;

    /// Gives the claim back, so that the sender's next try runs at once. Calling it again with the same ticket answers
    /// [`Held::Yes`] again until somebody claims the key.
    ///
    /// # Errors
    ///
    /// When the store can't be reached or can't tell.
    fn release(&self, ticket: &Ticket) -> impl Future<Output = Result<Held, StoreError>> + Send;

    /// Forgets the event, so that an operator can have it processed once more. Answers whether there was a record.
    ///
    /// # Errors
    ///
    /// When the store can't be reached or can't tell.
    fn forget(&self, key: &Key) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Whether the records survive this process; said in the log when the layer is built.
    fn durable(&self) -> bool {
        true
    }
}

/// What a claim came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// The event is the caller's to process, until the lease ends.
    Won(Ticket),
    /// Somebody else is at it. `retry_after` is the time their lease still has.
    InFlight {
        /// The time the current lease still has.
        retry_after: Duration,
    },
    /// It was processed before.
    Done,
    /// The key is known with another fingerprint.
    Conflict,
}

/// The right that a won claim gives: it names the key, the fence and the attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    key: Key,
    fence: u64,
    attempt: u32,
}

impl Ticket {
    /// The ticket for a won claim. Stores make these; nobody else needs to.
    #[must_use]
    pub const fn new(key: Key, fence: u64, attempt: u32) -> Self {
        Self { key, fence, attempt }
    }

    /// The key that was claimed.
    #[must_use]
    pub const fn key(&self) -> &Key {
        &self.key
    }

    /// A number that rises with each win of this key. Hand it on to guard your own writes against a slower holder's.
    #[must_use]
    pub const fn fence(&self) -> u64 {
        self.fence
    }

    /// Which attempt at this event it is, from 1.
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        self.attempt
    }
}

/// Whether a ticket still holds its claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Held {
    /// It does, and the verb was carried out.
    Yes,
    /// It does not: the lease ended and somebody else won, the claim was settled the other way, or the record is gone.
    /// Nothing changed.
    Lost,
}

/// How long a claim is held unless it is renewed.
///
/// It is no [`Retention`]: a claim that is held for as long as an event is remembered would block that event for days once its
/// holder has died.
///
/// ```
/// # use std::time::Duration;
/// # use tower_webhook::store::{Held, Lease, MemoryStore, Store, StoreError, Ticket};
/// # async fn t182_a_claim_is_renewed_by_a_lease(store: MemoryStore, ticket: Ticket) -> Result<Held, StoreError> {
/// store.renew(&ticket, Lease::new(Duration::from_secs(60))).await
/// # }
/// ```
///
/// ```compile_fail,E0308
/// # use std::time::Duration;
/// # use tower_webhook::store::{Held, MemoryStore, Retention, Store, StoreError, Ticket};
/// # async fn t182_a_claim_is_renewed_by_no_retention(store: MemoryStore, ticket: Ticket) -> Result<Held, StoreError> {
/// store.renew(&ticket, Retention::new(Duration::from_secs(60))).await
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lease(Duration);

impl Lease {
    /// A lease of this length.
    #[must_use]
    pub const fn new(length: Duration) -> Self {
        Self(length)
    }

    /// Its length.
    #[must_use]
    pub const fn duration(self) -> Duration {
        self.0
    }
}

/// How long a record is kept. A type of its own, so that it can't be confused with a [`Lease`].
///
/// ```
/// # use std::time::Duration;
/// # use tower_webhook::store::{Held, MemoryStore, Retention, Store, StoreError, Ticket};
/// # async fn t182_an_event_is_completed_for_a_retention(store: MemoryStore, ticket: Ticket) -> Result<Held, StoreError> {
/// store.complete(&ticket, Retention::new(Duration::from_secs(86_400))).await
/// # }
/// ```
///
/// ```compile_fail,E0308
/// # use std::time::Duration;
/// # use tower_webhook::store::{Held, Lease, MemoryStore, Store, StoreError, Ticket};
/// # async fn t182_an_event_is_completed_for_no_lease(store: MemoryStore, ticket: Ticket) -> Result<Held, StoreError> {
/// store.complete(&ticket, Lease::new(Duration::from_secs(86_400))).await
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Retention(Duration);

impl Retention {
    /// A retention of this length.
    #[must_use]
    pub const fn new(length: Duration) -> Self {
        Self(length)
    }

    /// Its length.
    #[must_use]
    pub const fn duration(self) -> Duration {
        self.0
    }
}

/// Why a store could not answer.
///
/// ```
/// use tower_webhook::store::{StoreError, StoreErrorKind};
///
/// let error = StoreError::unavailable("connection refused");
/// assert_eq!(error.kind(), StoreErrorKind::Unavailable);
/// ```
#[derive(Debug)]
pub struct StoreError {
    kind: StoreErrorKind,
    source: Option<BoxError>,
}

/// The kinds of store failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// The store can't be reached, or failed.
    Unavailable,
    /// The store did not answer within the claim timeout.
    TimedOut,
    /// The store has no room left that it may use.
    Full,
    /// A record that the store can't make sense of.
    Corrupt,
    /// The store's code panicked.
    Panicked,
}

impl StoreError {
    /// The store can't be reached, or failed.
    pub fn unavailable(source: impl Into<BoxError>) -> Self {
        Self {
            kind: StoreErrorKind::Unavailable,
            source: Some(source.into()),
        }
    }

    /// The store has no room left: every record it holds is a claim in flight.
    #[must_use]
    pub fn full() -> Self {
        Self {
            kind: StoreErrorKind::Full,
            source: None,
        }
    }

    /// A record that can't be read.
    pub fn corrupt(source: impl Into<BoxError>) -> Self {
        Self {
            kind: StoreErrorKind::Corrupt,
            source: Some(source.into()),
        }
    }

    pub(crate) fn timed_out() -> Self {
        Self {
            kind: StoreErrorKind::TimedOut,
            source: None,
        }
    }

    pub(crate) fn panicked() -> Self {
        Self {
            kind: StoreErrorKind::Panicked,
            source: None,
        }
    }

    /// Which failure it is.
    #[must_use]
    pub fn kind(&self) -> StoreErrorKind {
        self.kind
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            StoreErrorKind::Unavailable => "the claim store is unavailable; check its connection",
            StoreErrorKind::TimedOut => {
                "the claim store did not answer in time; check its load, or raise the claim timeout"
            }
            StoreErrorKind::Full => "the claim store is full of claims in flight; raise its capacity",
            StoreErrorKind::Corrupt => {
                "the claim store holds a record it can't read; look at the record before you forget it"
            }
            StoreErrorKind::Panicked => "the claim store panicked; its own log says where",
        })
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn Error + 'static))
    }
}
