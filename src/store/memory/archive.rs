//! The archive: completed events, found by their digest and dropped in the order in which they are over.
//!
//! What the index doesn't point to is no longer a record; it leaves the log when its turn comes.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::store::{Claim, Held, RecordState, RecordSummary, Retention, Ticket};
use crate::verified::Fingerprint;

use super::digest::{Digest, Plain, Tag};
use super::log::Log;
use super::time::{NEVER, after, left};

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
    index: HashMap<Tag, u32, Plain>,
    log: Log,
    /// When the first record of the log is over, so that a claim needn't look for it.
    first_end: u64,
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
            index: HashMap::default(),
            log: Log::default(),
            first_end: NEVER,
        }
    }
}

impl Archive {
    pub(super) fn len(&self) -> usize {
        self.index.len()
    }

    pub(super) fn find(&self, digest: &Digest) -> Option<Done> {
        let done = self.log.get(*self.index.get(&digest.tag())?)?;
        (done.digest == *digest).then_some(*done)
    }

    /// Adds an event that has just been completed. Answers whether that made the store forget another one: it keeps one event
    /// of each tag, and even of a million events two have the same tag no more than once in thirty million times.
    pub(super) fn add(&mut self, done: Done, keep: Retention) -> bool {
        self.first_end = self.first_end.min(done.expires_at);
        let place = self.log.push(keep, done);
        self.index.insert(done.digest.tag(), place).is_some()
    }

    /// Completes an event once more, for a caller whose answer was lost and must hear that its work counts.
    pub(super) fn complete_again(
        &mut self,
        digest: &Digest,
        ticket: &Ticket,
        keep: Retention,
        now: u64,
    ) -> Held {
        let known = self.find(digest).filter(|done| !done.is_over(now));
        let Some(done) = known.filter(|done| done.win.fence() == ticket.fence()) else {
            return Held::Lost;
        };
        let expires_at = after(now, keep.duration());
        self.add(Done { expires_at, ..done }, keep);
        Held::Yes
    }

    /// Forgets an event and hands over what was kept of it.
    pub(super) fn remove(&mut self, digest: &Digest) -> Option<Done> {
        let found = self.find(digest)?;
        self.index.remove(&digest.tag());
        Some(found)
    }

    /// Shows each event, in no order.
    pub(super) fn visit(&self, look: impl FnMut(&Done)) {
        self.index
            .values()
            .filter_map(|place| self.log.get(*place))
            .for_each(look);
    }

    /// Drops the event that is over first, if that is not after this moment, and answers when it would have been over.
    pub(super) fn drop_first(&mut self, limit: u64) -> Option<u64> {
        loop {
            if let dropped @ Some(_) = self.pop(limit)? {
                return dropped;
            }
        }
    }

    /// Takes the entry from the log that is over first, if that is not after this moment, and answers when the event would have
    /// been over: `Some(None)` when it was forgotten or completed again, and is no record.
    pub(super) fn pop(&mut self, limit: u64) -> Option<Option<u64>> {
        if self.first_end > limit {
            return None;
        }
        let (place, done) = self.log.pop(limit)?;
        self.first_end = self.log.first_end().unwrap_or(NEVER);
        let dropped = match self.index.entry(done.digest.tag()) {
            Entry::Occupied(row) if *row.get() == place => {
                row.remove();
                Some(done.expires_at)
            }
            _ => None,
        };
        Some(dropped)
    }
}
