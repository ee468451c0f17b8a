//! A ledger: all records of one part of the keys, kept within this part's room.
//!
//! A record that nobody has completed is open, and on the agenda; one that somebody has is in the archive.

use std::collections::HashMap;

use crate::store::{Claim, Held, RecordSummary, Retention, StoreError, Ticket};

use super::agenda::Agenda;
use super::archive::Archive;
use super::digest::{Digest, Plain};
use super::record::{Record, Wish};

/// How many records a claim drops at most, of those that are over, before it goes on.
const TIDIED_PER_CLAIM: usize = 4;

/// It shares no cache line, nor the pair of lines that a processor fetches together, with what belongs to another part.
#[repr(align(128))]
pub(super) struct Ledger {
    open: HashMap<Digest, Record, Plain>,
    agenda: Agenda,
    archive: Archive,
    capacity: usize,
    /// The newest of all its keys: fences rise for a key that was forgotten, too.
    fence: u64,
    evicted_early: u64,
}

impl Ledger {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            open: HashMap::default(),
            agenda: Agenda::default(),
            archive: Archive::default(),
            capacity,
            fence: 0,
            evicted_early: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.open.len() + self.archive.len()
    }

    pub(super) fn evicted_early(&self) -> u64 {
        self.evicted_early
    }

    pub(super) fn claim(&mut self, digest: Digest, wish: Wish<'_>) -> Result<Claim, StoreError> {
        self.tidy(TIDIED_PER_CLAIM, wish.now);
        if let Some(record) = self.open.get_mut(&digest) {
            let claim = record.claim(wish, || next_fence(&mut self.fence, wish.now));
            self.agenda.note(digest, record, wish.now);
            return Ok(claim);
        }
        if let Some(done) = self.archive.find(&digest) {
            if !done.is_over(wish.now) {
                return Ok(done.claim(wish.print));
            }
            self.archive.remove(&digest);
        }
        if self.len() >= self.capacity && !self.make_room(wish.now) {
            return Err(StoreError::full());
        }
        let mut record = Record::fresh(wish, next_fence(&mut self.fence, wish.now));
        self.agenda.note(digest, &mut record, wish.now);
        let ticket = record.ticket(wish.key);
        self.open.insert(digest, record);
        Ok(Claim::Won(ticket))
    }

    /// Takes a step with the record of a claim that is not completed; the ticket is lost when there is none.
    pub(super) fn step(&mut self, digest: Digest, now: u64, step: impl FnOnce(&mut Record) -> Held) -> Held {
        let Some(record) = self.open.get_mut(&digest) else {
            return Held::Lost;
        };
        let held = step(record);
        self.agenda.note(digest, record, now);
        held
    }

    pub(super) fn complete(&mut self, digest: Digest, ticket: &Ticket, keep: Retention, now: u64) -> Held {
        let Some(record) = self.open.get(&digest) else {
            return self.archive.complete_again(&digest, ticket, keep, now);
        };
        let Some(done) = record.complete(digest, ticket, keep, now) else {
            return Held::Lost;
        };
        self.take(digest);
        self.evicted_early += u64::from(self.archive.add(done, keep));
        Held::Yes
    }

    /// Answers whether there was a record that was not over.
    pub(super) fn forget(&mut self, digest: Digest, now: u64) -> bool {
        match self.take(digest) {
            Some(record) => !record.is_over(now),
            None => self
                .archive
                .remove(&digest)
                .is_some_and(|done| !done.is_over(now)),
        }
    }

    /// What is known of a key, as an operator sees it.
    pub(super) fn inspect(&self, digest: Digest, now: u64) -> Option<RecordSummary> {
        match self.open.get(&digest) {
            Some(record) => record.summary(now),
            None => self.archive.find(&digest)?.summary(now),
        }
    }

    /// Shows each record, or `None` where it is over, in no order.
    pub(super) fn visit(&self, now: u64, look: &mut impl FnMut(Option<RecordSummary>)) {
        self.open.values().for_each(|record| look(record.summary(now)));
        self.archive.visit(|done| look(done.summary(now)));
    }

    /// Looks after so many entries at most whose turn it is. Answers how many these were, and how many records were dropped.
    pub(super) fn tidy(&mut self, most: usize, now: u64) -> (usize, u64) {
        let (mut seen, mut dropped) = (0, 0);
        while seen < most
            && let Some(step) = self.drop_due(now)
        {
            seen += 1;
            dropped += u64::from(step);
        }
        (seen, dropped)
    }

    /// Looks after the entry whose turn it is, and answers whether a record was dropped; `None` when it is nobody's turn.
    fn drop_due(&mut self, now: u64) -> Option<bool> {
        if let Some(popped) = self.archive.pop(now) {
            return Some(popped.is_some());
        }
        let digest = self.agenda.due(now)?;
        let record = self.open.get_mut(&digest)?;
        let is_over = record.is_over(now);
        match is_over {
            true => drop(self.take(digest)),
            false => self.agenda.note(digest, record, now),
        }
        Some(is_over)
    }

    /// Drops the record that the store can spare first, and answers whether there was one.
    fn make_room(&mut self, now: u64) -> bool {
        let completed = self.archive.drop_first(self.agenda.first_settled());
        let dropped = completed.or_else(|| {
            let digest = self.agenda.dispensable(now)?;
            self.take(digest).map(|record| record.expires_at)
        });
        self.evicted_early += u64::from(dropped.is_some_and(|end| end > now));
        dropped.is_some()
    }

    /// Takes an open record out, and off the agenda.
    fn take(&mut self, digest: Digest) -> Option<Record> {
        let record = self.open.remove(&digest)?;
        self.agenda.replace(digest, record.noted, None);
        Some(record)
    }
}

/// A fence above the one before, and in microseconds of the store's time, so that it rises from one part of the keys to another.
fn next_fence(fence: &mut u64, now: u64) -> u64 {
    *fence = (*fence + 1).max(now / 1000);
    *fence
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::store::Lease;
    use crate::verified::{Fingerprint, Key};

    const KEEP: Retention = Retention::new(Duration::from_secs(60));

    /// The archive finds a record by half of its digest: of two with the same half it keeps the later one, and says so.
    #[test]
    fn an_event_that_another_one_hides_counts_as_dropped_early() {
        let mut ledger = Ledger::new(10);
        let (key, print) = (Key::from_bytes([1; 32]), Fingerprint::from_bytes([1; 16]));
        let wish = Wish {
            key: &key,
            print: &print,
            lease: Lease::new(Duration::from_secs(60)),
            keep: KEEP,
            now: 0,
        };
        let [first, second] = [1, 2].map(|rest| Digest::from_halves(7, rest));
        for digest in [first, second] {
            let Ok(Claim::Won(ticket)) = ledger.claim(digest, wish) else {
                panic!("it is new")
            };
            assert_eq!(ledger.complete(digest, &ticket, KEEP, 0), Held::Yes);
        }
        assert_eq!((ledger.len(), ledger.evicted_early()), (1, 1));
        assert!(matches!(ledger.claim(second, wish), Ok(Claim::Done)));
        assert!(matches!(ledger.claim(first, wish), Ok(Claim::Won(_))));
    }
}
