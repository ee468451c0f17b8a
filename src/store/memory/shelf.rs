//! All records of a memory store, kept within its capacity.
//!
//! A record that nobody has completed is open; one that somebody has is in the archive. A step on an event happens under the
//! lock of its row among the open ones, also when it is not there. The order of locks is that row, then the archive or the
//! agenda: neither asks for such a row, and nobody holds two. Nothing here awaits.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use dashmap::{DashMap, Entry, OccupiedEntry};

use crate::store::{Claim, Held, RecordSummary, Retention, StoreError, Ticket};
use crate::verified::Key;

use super::agenda::Agenda;
use super::archive::Archive;
use super::digest::{Digest, Plain, Seed};
use super::record::{Record, Wish};
use super::time::NEVER;

/// How many records a claim drops at most, of those that are over, before it goes on.
const TIDIED_PER_CLAIM: usize = 4;

/// How often a claim looks for a record to drop before it takes the store for full. More than once is needed only where others
/// drop the one that was found.
const ROOM_TRIES: usize = 16;

pub(super) struct Shelf {
    seed: Seed,
    open: DashMap<Digest, Record, Plain>,
    agenda: Agenda,
    archive: Archive,
    capacity: usize,
    len: AtomicUsize,
    /// One for the whole store: fences rise for a key that was forgotten, too.
    fence: AtomicU64,
    evicted_early: AtomicU64,
}

impl Shelf {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            seed: Seed::random(),
            open: DashMap::with_hasher_and_shard_amount(Plain::default(), SHARDS),
            agenda: Agenda::default(),
            archive: Archive::default(),
            capacity,
            len: AtomicUsize::new(0),
            fence: AtomicU64::new(0),
            evicted_early: AtomicU64::new(0),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.len.load(Ordering::Relaxed)
    }

    pub(super) fn capacity(&self) -> usize {
        self.capacity
    }

    pub(super) fn evicted_early(&self) -> u64 {
        self.evicted_early.load(Ordering::Relaxed)
    }

    pub(super) fn claim(&self, wish: Wish<'_>) -> Result<Claim, StoreError> {
        self.tidy(wish.now);
        let has_room = || self.take_room() || self.make_room_from_archive(wish.now);
        if let Some(claim) = self.claim_with(wish, has_room) {
            return Ok(claim);
        }
        if !self.make_room(wish.now) {
            return Err(StoreError::full());
        }
        let mut unused = 1;
        let claim = self.claim_with(wish, || {
            unused = 0;
            true
        });
        // There is some when somebody else has claimed the key meanwhile.
        self.len.fetch_sub(unused, Ordering::Relaxed);
        claim.ok_or_else(StoreError::full)
    }

    /// Takes a step with the record of a claim that is not completed; the ticket is lost when there is none.
    pub(super) fn step(&self, ticket: &Ticket, now: u64, step: impl FnOnce(&mut Record) -> Held) -> Held {
        let digest = self.seed.digest(ticket.key());
        let Some(mut record) = self.open.get_mut(&digest) else {
            return Held::Lost;
        };
        let held = step(&mut record);
        self.note(digest, &mut record, now);
        held
    }

    pub(super) fn complete(&self, ticket: &Ticket, keep: Retention, now: u64) -> Held {
        let digest = self.seed.digest(ticket.key());
        let Entry::Occupied(row) = self.open.entry(digest) else {
            return self.archive.complete_again(&digest, ticket, keep, now);
        };
        let Some(done) = row.get().complete(digest, ticket, keep, now) else {
            return Held::Lost;
        };
        if self.archive.add(done, keep) {
            self.len.fetch_sub(1, Ordering::Relaxed);
            self.evicted_early.fetch_add(1, Ordering::Relaxed);
        }
        self.take(row);
        Held::Yes
    }

    pub(super) fn forget(&self, key: &Key, now: u64) -> bool {
        let digest = self.seed.digest(key);
        let over = match self.open.entry(digest) {
            Entry::Occupied(row) => Some(self.take(row).is_over(now)),
            Entry::Vacant(_) => self.archive.remove(&digest).map(|done| done.is_over(now)),
        };
        self.len.fetch_sub(usize::from(over.is_some()), Ordering::Relaxed);
        over == Some(false)
    }

    /// What is known of a key, as an operator sees it.
    pub(super) fn inspect(&self, key: &Key, now: u64) -> Option<RecordSummary> {
        let digest = self.seed.digest(key);
        match self.open.get(&digest) {
            Some(record) => record.summary(now),
            None => self.archive.find(&digest)?.summary(now),
        }
    }

    /// Shows each record, or `None` where it is over, in no order; one that is added or dropped meanwhile may be missed.
    pub(super) fn visit(&self, now: u64, mut look: impl FnMut(Option<RecordSummary>)) {
        self.open.iter().for_each(|record| look(record.summary(now)));
        self.archive.visit(|done| look(done.summary(now)));
    }

    /// Drops each record whose retention is over, and answers how many.
    pub(super) fn purge(&self, now: u64) -> u64 {
        let mut dropped = 0;
        while let Some(step) = self.drop_due(now) {
            dropped += u64::from(step);
        }
        dropped
    }

    /// Claims the key; `None` when it is new and gets no room.
    fn claim_with(&self, wish: Wish<'_>, room: impl FnOnce() -> bool) -> Option<Claim> {
        let next_fence = || self.fence.fetch_add(1, Ordering::Relaxed) + 1;
        let digest = self.seed.digest(wish.key);
        let row = match self.open.entry(digest) {
            Entry::Occupied(mut row) => {
                let claim = row.get_mut().claim(wish, next_fence);
                self.note(digest, row.get_mut(), wish.now);
                return Some(claim);
            }
            Entry::Vacant(row) => row,
        };
        if let Some(done) = self.archive.find(&digest) {
            if !done.is_over(wish.now) {
                return Some(done.claim(wish.print));
            }
            if self.archive.remove(&digest).is_some() {
                self.len.fetch_sub(1, Ordering::Relaxed);
            }
        }
        if !room() {
            return None;
        }
        let mut record = Record::fresh(wish, next_fence());
        self.note(digest, &mut record, wish.now);
        Some(Claim::Won(row.insert(record).ticket(wish.key)))
    }

    /// Takes the room for one record, if there is any.
    fn take_room(&self) -> bool {
        let room = |len| (len < self.capacity).then_some(len + 1);
        self.len
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, room)
            .is_ok()
    }

    /// Drops what is over, a few records at a time.
    fn tidy(&self, now: u64) {
        for _ in 0..TIDIED_PER_CLAIM {
            if self.drop_due(now).is_none() {
                return;
            }
        }
    }

    /// Looks after the record whose turn it is, and answers whether it was dropped; `None` when it is nobody's.
    fn drop_due(&self, now: u64) -> Option<bool> {
        let dropped = if self.archive.first_end() <= now {
            self.archive.drop_first(now)
        } else {
            self.drop_open(self.agenda.due(now)?, now, Record::is_over)
        };
        if dropped.is_some() {
            self.len.fetch_sub(1, Ordering::Relaxed);
        }
        Some(dropped.is_some())
    }

    /// Drops the completed event that is over first, where no open record goes before it, and keeps its room for the caller.
    fn make_room_from_archive(&self, now: u64) -> bool {
        let dropped = match self.agenda.first_settled() < self.archive.first_end() {
            true => None,
            false => self.archive.drop_first(NEVER),
        };
        self.count_early(dropped, now)
    }

    /// Drops one record and keeps its room for the caller: were it free for all, others could take it each time. Answers
    /// whether that was possible. The caller must not hold a row: this may take one.
    fn make_room(&self, now: u64) -> bool {
        (0..ROOM_TRIES).any(|_| self.make_room_from_archive(now) || self.make_room_from_open(now))
    }

    fn make_room_from_open(&self, now: u64) -> bool {
        let dispensable = self.agenda.dispensable(now);
        let is_not_live = |record: &Record, now| !record.is_live(now);
        let dropped = dispensable.and_then(|digest| self.drop_open(digest, now, is_not_live));
        self.count_early(dropped, now)
    }

    /// Counts a record that was dropped although it was not over. Answers whether there was one at all.
    fn count_early(&self, dropped: Option<u64>, now: u64) -> bool {
        if dropped.is_some_and(|end| end > now) {
            self.evicted_early.fetch_add(1, Ordering::Relaxed);
        }
        dropped.is_some()
    }

    /// Drops a record that is open, if it may go; else sees to it that the agenda has it right.
    fn drop_open(&self, digest: Digest, now: u64, may_go: impl Fn(&Record, u64) -> bool) -> Option<u64> {
        let Entry::Occupied(mut row) = self.open.entry(digest) else {
            return None;
        };
        if !may_go(row.get(), now) {
            self.note(digest, row.get_mut(), now);
            return None;
        }
        Some(self.take(row).expires_at)
    }

    /// Takes an open record off the agenda and out of its row, in this order: the row's lock is gone with the record.
    fn take(&self, row: OccupiedEntry<'_, Digest, Record>) -> Record {
        self.agenda.replace(*row.key(), row.get().noted, None);
        row.remove()
    }

    /// Sees to it that the agenda says what holds for the record.
    fn note(&self, digest: Digest, record: &mut Record, now: u64) {
        let turn = Some(record.turn(now));
        if record.noted != turn {
            self.agenda.replace(digest, record.noted, turn);
            record.noted = turn;
        }
    }
}

/// Enough for the threads of any server; few, so that those of a quiet store stay near the processor.
const SHARDS: usize = 64;
