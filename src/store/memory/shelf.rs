//! The shelf: each part of the keys has its ledger here, behind a lock of its own, so that threads with different keys seldom
//! meet.
//!
//! A step on an event happens under the lock of its ledger, and takes no other. Nothing here awaits.

use std::hash::{Hash, Hasher};

use dashmap::DashMap;

use crate::store::RecordSummary;
use crate::verified::Key;

use super::digest::{Digest, Plain, Seed};
use super::ledger::Ledger;

/// So many records to a part at least: the fewer, the less evenly keys fill the parts. With these, the fullest has some
/// 2 % more than its share.
const RECORDS: usize = 15_000;

/// With so many parts, the threads of a large server seldom want the same.
const MOST: usize = 256;

/// How many entries an operator's purge looks after in one part before it goes on to the next, and lets claims come between.
const TIDIED_AT_ONCE: usize = 1000;

pub(super) struct Shelf {
    seed: Seed,
    /// Each is made with the first of its keys.
    ledgers: DashMap<Part, Ledger, Plain>,
    /// A power of two.
    parts: u16,
    capacity: usize,
}

/// The number of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part(u16);

impl Hash for Part {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // The table chooses among its 256 locks by the eight bits below the highest seven, so that no two parts share one: of
        // 64 bits, or of the lower 32 where it has no more.
        state.write_u64(u64::from(self.0) << 49 | u64::from(self.0) << 17);
    }
}

impl Shelf {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            seed: Seed::random(),
            ledgers: DashMap::with_hasher_and_shard_amount(Plain::default(), MOST),
            parts: 1 << (capacity / RECORDS).clamp(1, MOST).ilog2(),
            capacity,
        }
    }

    /// Takes a step in the ledger of a key, which nobody else looks into meanwhile.
    pub(super) fn step<T>(&self, key: &Key, step: impl FnOnce(&mut Ledger, Digest) -> T) -> T {
        let digest = self.seed.digest(key);
        let part = Part(u16::from(digest.part()) % self.parts);
        if let Some(mut ledger) = self.ledgers.get_mut(&part) {
            return step(&mut ledger, digest);
        }
        let new = || Ledger::new(self.share(part));
        step(&mut self.ledgers.entry(part).or_insert_with(new), digest)
    }

    pub(super) fn len(&self) -> usize {
        self.ledgers.iter().map(|ledger| ledger.len()).sum()
    }

    pub(super) fn capacity(&self) -> usize {
        self.capacity
    }

    pub(super) fn evicted_early(&self) -> u64 {
        self.ledgers.iter().map(|ledger| ledger.evicted_early()).sum()
    }

    /// Shows each record, or `None` where it is over, in no order; one that is added or dropped meanwhile may be missed.
    pub(super) fn visit(&self, now: u64, mut look: impl FnMut(Option<RecordSummary>)) {
        self.ledgers
            .iter()
            .for_each(|ledger| ledger.visit(now, &mut look));
    }

    /// Drops each record whose retention is over, and answers how many.
    pub(super) fn purge(&self, now: u64) -> u64 {
        let (mut left, mut sum): (Vec<Part>, u64) = ((0..self.parts).map(Part).collect(), 0);
        while !left.is_empty() {
            left.retain(|part| {
                let tidied = self
                    .ledgers
                    .get_mut(part)
                    .map(|mut ledger| ledger.tidy(TIDIED_AT_ONCE, now));
                let (seen, dropped) = tidied.unwrap_or_default();
                sum += dropped;
                seen == TIDIED_AT_ONCE
            });
        }
        sum
    }

    /// A part's share of the capacity.
    fn share(&self, part: Part) -> usize {
        let (parts, part) = (usize::from(self.parts), usize::from(part.0));
        self.capacity / parts + usize::from(part < self.capacity % parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_share_the_whole_capacity() {
        for capacity in [1, 29_999, 30_001, 100_003, 1_000_000, 10_000_019] {
            let shelf = Shelf::new(capacity);
            let shares: Vec<usize> = (0..shelf.parts).map(|part| shelf.share(Part(part))).collect();
            let (least, most) = (shares.iter().min().unwrap(), shares.iter().max().unwrap());
            assert_eq!(shares.iter().sum::<usize>(), capacity);
            assert!(most - least <= 1 && shares.len() <= MOST);
            assert!(*least >= RECORDS || shares.len() == 1);
        }
    }
}
