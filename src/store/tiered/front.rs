//! What a process remembers of its own claims: bounded, and for a short time.
//!
//! Each part has its own lock, and no lock is held while anybody waits. Everything is remembered for the same time, so the
//! oldest entry is the next to go.

use std::collections::hash_map::RandomState;
use std::collections::{HashMap, VecDeque};
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::store::memory::time::after;
use crate::store::{Retention, Ticket};
use crate::verified::{Fingerprint, Key};

pub(super) struct Front {
    parts: Vec<Mutex<Part>>,
    hasher: RandomState,
    remember: Duration,
    /// Turned by each forget: what the store was asked before is not learnt after.
    page: AtomicU64,
    answered: AtomicU64,
}

/// What is known of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// This process has claimed it, under this fence.
    Claimed(u64),
    /// It is completed.
    Done,
}

#[derive(Debug)]
struct Part {
    capacity: usize,
    entries: HashMap<Key, Entry>,
    /// In the order of time; those whose number is not their entry's any more are left over.
    order: VecDeque<(Key, u64)>,
    next: u64,
}

#[derive(Debug)]
struct Entry {
    print: Fingerprint,
    known: Known,
    until: u64,
    number: u64,
}

impl Front {
    pub(super) fn new(capacity: usize, remember: Duration) -> Self {
        let count = PARTS.min(capacity).max(1);
        let part = || {
            Mutex::new(Part {
                capacity: capacity.div_ceil(count),
                entries: HashMap::new(),
                order: VecDeque::new(),
                next: 0,
            })
        };
        Self {
            parts: (0..count).map(|_| part()).collect(),
            hasher: RandomState::new(),
            remember,
            page: AtomicU64::new(0),
            answered: AtomicU64::new(0),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.parts.iter().map(|part| lock(part).entries.len()).sum()
    }

    pub(super) fn answered(&self) -> u64 {
        self.answered.load(Ordering::Relaxed)
    }

    /// Whether this content of the key is known to be done.
    pub(super) fn knows_done(&self, key: &Key, print: &Fingerprint, now: u64) -> bool {
        let part = self.part(key);
        let known = part
            .entries
            .get(key)
            .is_some_and(|entry| entry.known == Known::Done && entry.print == *print && entry.until > now);
        drop(part);
        self.answered.fetch_add(u64::from(known), Ordering::Relaxed);
        known
    }

    /// The page on which something that is asked now may be learnt.
    pub(super) fn page(&self) -> u64 {
        self.page.load(Ordering::SeqCst)
    }

    pub(super) fn learn(
        &self,
        page: u64,
        key: &Key,
        print: &Fingerprint,
        known: Known,
        asked: u64,
        keep: Retention,
    ) {
        let mut part = self.part(key);
        if self.page() == page {
            let until = after(asked, keep.duration().min(self.remember));
            part.put(*key, *print, known, until, asked);
        }
    }

    /// Learns that a claim of this process is completed, if it still knows of the claim.
    pub(super) fn complete(&self, page: u64, ticket: &Ticket, asked: u64, keep: Retention) {
        let mut part = self.part(ticket.key());
        let entry = part.entries.get(ticket.key());
        let print = entry.filter(|entry| entry.known == Known::Claimed(ticket.fence()));
        if let Some(print) = print.map(|entry| entry.print)
            && self.page() == page
        {
            let until = after(asked, keep.duration().min(self.remember));
            part.put(*ticket.key(), print, Known::Done, until, asked);
        }
    }

    pub(super) fn forget(&self, key: &Key) {
        let mut part = self.part(key);
        // Under the part's lock, so that nobody can look at the page before and write after.
        self.page.fetch_add(1, Ordering::SeqCst);
        part.entries.remove(key);
    }

    fn part(&self, key: &Key) -> MutexGuard<'_, Part> {
        // There are few parts, so the remainder is one of their numbers.
        let number = usize::try_from(self.hasher.hash_one(key) % self.parts.len() as u64).unwrap_or(0);
        lock(&self.parts[number])
    }
}

impl Part {
    fn put(&mut self, key: Key, print: Fingerprint, known: Known, until: u64, now: u64) {
        self.next += 1;
        let entry = Entry {
            print,
            known,
            until,
            number: self.next,
        };
        self.order.push_back((key, self.next));
        self.entries.insert(key, entry);
        self.tidy(now);
    }

    /// Drops the oldest while there are too many, and what is over or left over before it.
    fn tidy(&mut self, now: u64) {
        while let Some((key, number)) = self.order.front() {
            let entry = self.entries.get(key).filter(|entry| entry.number == *number);
            let is_needed = entry.is_some_and(|entry| entry.until > now);
            let is_full = self.entries.len() > self.capacity || self.order.len() > 2 * self.capacity;
            if is_needed && !is_full {
                return;
            }
            if entry.is_some() {
                self.entries.remove(key);
            }
            self.order.pop_front();
        }
    }
}

fn lock(part: &Mutex<Part>) -> MutexGuard<'_, Part> {
    part.lock().unwrap_or_else(PoisonError::into_inner)
}

/// So many that threads seldom meet at one.
const PARTS: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_over_takes_no_more_room_than_events_do() {
        let mut part = Part {
            capacity: 3,
            entries: HashMap::new(),
            order: VecDeque::new(),
            next: 0,
        };
        let known = [1, 2, 2, 2, 2, 2, 2].map(|key| {
            let print = Fingerprint::from_bytes([0; 16]);
            part.put(Key::from_bytes([key; 32]), print, Known::Done, 1, 0);
            part.entries.len()
        });
        assert_eq!(known, [1, 2, 2, 2, 2, 2, 1], "the first goes for room");
    }
}
