//! The archive: completed events, found by their digest and dropped in the order in which they are over.
//!
//! The order of locks is the index's row, then the log. What the index doesn't point to is no longer a record; it leaves the log
//! when its turn comes.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use dashmap::{DashMap, Entry};

use crate::store::{Claim, Held, RecordState, RecordSummary, Retention, Ticket};
use crate::verified::Fingerprint;

use super::digest::{Digest, Plain, Tag};
use super::log::Log;
use super::time::{NEVER, after, left};

/// Many, so that none is large when it grows: whoever adds the record that makes it grow waits for it.
const SHARDS: usize = 256;

/// What is kept of a completed event.
#[derive(Debug, Clone, Copy)]
pub(super) struct Done {
    pub(super) digest: Digest,
    pub(super) print: Fingerprint,
    pub(super) win: Win,
    pub(super) expires_at: u64,
}

/// The fence of the attempt that completed an event, and its number in the last byte, where 255 stands for all above it. Apart
/// they would take eight bytes more.
#[derive(Debug, Clone, Copy)]
pub(super) struct Win(u64);

#[derive(Debug)]
pub(super) struct Archive {
    /// Where in the log a digest with this tag stands.
    index: DashMap<Tag, u32, Plain>,
    log: Mutex<Log>,
    /// When the first record of the log is over, to be looked at without the lock.
    first_end: AtomicU64,
}

impl Win {
    pub(super) fn new(fence: u64, attempts: u32) -> Self {
        Self(fence << 8 | u64::from(attempts.min(0xFF)))
    }

    fn fence(self) -> u64 {
        self.0 >> 8
    }

    fn attempts(self) -> u32 {
        let [.., attempts] = self.0.to_be_bytes();
        attempts.into()
    }
}

impl Done {
    pub(super) fn is_over(&self, now: u64) -> bool {
        self.expires_at <= now
    }

    /// What a claim of the event comes to.
    pub(super) fn claim(&self, print: &Fingerprint) -> Claim {
        if self.print == *print {
            Claim::Done
        } else {
            Claim::Conflict
        }
    }

    /// The event as an operator sees it; `None` when it is over.
    pub(super) fn summary(&self, now: u64) -> Option<RecordSummary> {
        let left = left(self.expires_at, now)?;
        let (fence, attempts) = (self.win.fence(), self.win.attempts());
        Some(RecordSummary::new(RecordState::Completed, fence, attempts, left))
    }
}

impl Default for Archive {
    fn default() -> Self {
        Self {
            index: DashMap::with_hasher_and_shard_amount(Plain::default(), SHARDS),
            log: Mutex::default(),
            first_end: AtomicU64::new(NEVER),
        }
    }
}

impl Archive {
    pub(super) fn find(&self, digest: &Digest) -> Option<Done> {
        let place = self.index.get(&digest.tag())?;
        self.log()
            .get(*place)
            .filter(|done| done.digest == *digest)
            .copied()
    }

    /// Adds an event that has just been completed. Answers whether that made the store forget another one: it keeps one event
    /// of each tag, and of a million events two have the same tag once in thirty million times.
    pub(super) fn add(&self, done: Done, keep: Retention) -> bool {
        match self.index.entry(done.digest.tag()) {
            Entry::Occupied(mut row) => {
                row.insert(self.push(done, keep));
                true
            }
            Entry::Vacant(row) => {
                row.insert(self.push(done, keep));
                false
            }
        }
    }

    /// Completes an event once more, for a caller whose answer was lost and must hear that its work counts.
    pub(super) fn complete_again(&self, digest: &Digest, ticket: &Ticket, keep: Retention, now: u64) -> Held {
        let Some(mut place) = self.index.get_mut(&digest.tag()) else {
            return Held::Lost;
        };
        let found = self.log().get(*place).copied();
        let known = found.filter(|done| done.digest == *digest && !done.is_over(now));
        let Some(done) = known.filter(|done| done.win.fence() == ticket.fence()) else {
            return Held::Lost;
        };
        let expires_at = after(now, keep.duration());
        *place = self.push(Done { expires_at, ..done }, keep);
        Held::Yes
    }

    /// Forgets an event and hands over what was kept of it.
    pub(super) fn remove(&self, digest: &Digest) -> Option<Done> {
        let found = self.find(digest)?;
        let is_it = |_: &Tag, place: &u32| self.log().get(*place).is_some_and(|done| done.digest == *digest);
        self.index.remove_if(&digest.tag(), is_it).map(|_| found)
    }

    /// Shows each event, in no order; one that is added or dropped meanwhile may be missed.
    pub(super) fn visit(&self, mut look: impl FnMut(&Done)) {
        self.index
            .iter()
            .for_each(|place| self.log().get(*place).into_iter().for_each(&mut look));
    }

    /// When the first event is over; [`NEVER`] when there is none.
    pub(super) fn first_end(&self) -> u64 {
        self.first_end.load(Ordering::Relaxed)
    }

    /// Drops the event that is over first, if that is not after this moment, and answers when it would have been over. What
    /// was forgotten or completed again is no record and goes on the way.
    pub(super) fn drop_first(&self, limit: u64) -> Option<u64> {
        loop {
            let (place, done) = self.pop(limit)?;
            let points_there = |_: &Tag, known: &u32| *known == place;
            if self.index.remove_if(&done.digest.tag(), points_there).is_some() {
                return Some(done.expires_at);
            }
        }
    }

    fn pop(&self, limit: u64) -> Option<(u32, Done)> {
        let mut log = self.log();
        let popped = log.pop(limit);
        let next = log.first_end().unwrap_or(NEVER);
        self.first_end.store(next, Ordering::Relaxed);
        popped
    }

    fn push(&self, done: Done, keep: Retention) -> u32 {
        let mut log = self.log();
        let place = log.push(keep, done);
        self.first_end.fetch_min(done.expires_at, Ordering::Relaxed);
        place
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
