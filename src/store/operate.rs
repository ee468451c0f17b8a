//! The operator's verbs: to look at a record, to count them, to delete what is over.

use std::future::Future;
use std::time::Duration;

use super::{Store, StoreError};
use crate::verified::Key;

/// What a person may ask of a store, beside [`forget`](Store::forget).
///
/// It is for the command line, an admin page or a dashboard. A handler must not decide by it: what [`inspect`](Self::inspect)
/// saw may have changed before the next line runs. Whether an event may be processed is answered by
/// [`claim`](Store::claim) alone. No layer calls these verbs.
///
/// [`contract::check_operate`](super::contract::check_operate) proves them for any store.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// use std::time::Duration;
/// use tower_webhook::store::{Lease, MemoryStore, Operate, RecordState, Retention, Store};
/// use tower_webhook::{Fingerprint, Key};
///
/// let store = MemoryStore::default();
/// let (key, print) = (Key::from_bytes([1; 32]), Fingerprint::from_bytes([1; 16]));
/// let (lease, keep) = (Lease::new(Duration::from_secs(60)), Retention::new(Duration::from_secs(3600)));
/// store.claim(&key, &print, lease, keep).await?;
///
/// let record = store.inspect(&key).await?.ok_or("just claimed")?;
/// assert!(matches!(record.state(), RecordState::Claimed { lease_left } if lease_left <= lease.duration()));
/// assert_eq!(record.attempts(), 1);
/// assert_eq!(store.counts().await?.claimed, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Operate: Store {
    /// What the store knows of an event; `None` when it knows nothing, or the retention is over.
    ///
    /// # Errors
    ///
    /// When the store can't be reached, or holds a record that it can't read.
    fn inspect(&self, key: &Key) -> impl Future<Output = Result<Option<RecordSummary>, StoreError>> + Send;

    /// Deletes the records whose retention is over, and answers how many it deleted. Claims in flight stay.
    ///
    /// A store whose engine expires records by itself has nothing to delete and answers 0.
    ///
    /// # Errors
    ///
    /// When the store can't be reached or can't tell.
    fn purge_expired(&self) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// How many records there are, by state. It may read each of them: ask now and then, not each second.
    ///
    /// # Errors
    ///
    /// When the store can't be reached, or holds a record that it can't read.
    fn counts(&self) -> impl Future<Output = Result<RecordCounts, StoreError>> + Send;
}

/// A record as it was when somebody looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordSummary {
    state: RecordState,
    fence: u64,
    attempts: u32,
    retention_left: Duration,
}

/// What state a record is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RecordState {
    /// Somebody is at it.
    Claimed {
        /// The time that the lease still has.
        lease_left: Duration,
    },
    /// Its lease ended before anybody settled it: the holder died, or was too slow. The next claim wins.
    Lapsed,
    /// Given back after a failure. The next claim wins.
    Released,
    /// Done.
    Completed,
}

impl RecordSummary {
    /// What a store saw. Stores make these; nobody else needs to.
    #[must_use]
    pub const fn new(state: RecordState, fence: u64, attempts: u32, retention_left: Duration) -> Self {
        Self {
            state,
            fence,
            attempts,
            retention_left,
        }
    }

    /// The state of the record.
    #[must_use]
    pub const fn state(&self) -> RecordState {
        self.state
    }

    /// The fence of the newest claim.
    #[must_use]
    pub const fn fence(&self) -> u64 {
        self.fence
    }

    /// How many attempts there were, a running one included.
    #[must_use]
    pub const fn attempts(&self) -> u32 {
        self.attempts
    }

    /// The time until the record is forgotten, unless another claim or its completion makes the retention run anew.
    #[must_use]
    pub const fn retention_left(&self) -> Duration {
        self.retention_left
    }
}

/// How many records a store holds, by state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RecordCounts {
    /// Claims in flight.
    pub claimed: u64,
    /// Claims whose lease ended before anybody settled them.
    pub lapsed: u64,
    /// Events that were given back.
    pub released: u64,
    /// Events that are done.
    pub completed: u64,
    /// Records whose retention is over and which nobody has deleted yet: [`Operate::purge_expired`] does.
    pub expired: u64,
}

impl RecordCounts {
    /// Counts one record in this state.
    pub fn add(&mut self, state: RecordState) {
        *match state {
            RecordState::Claimed { .. } => &mut self.claimed,
            RecordState::Lapsed => &mut self.lapsed,
            RecordState::Released => &mut self.released,
            RecordState::Completed => &mut self.completed,
        } += 1;
    }

    /// All records, those included whose retention is over.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.claimed + self.lapsed + self.released + self.completed + self.expired
    }
}
