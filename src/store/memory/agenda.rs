//! The agenda: which of the records that nobody has completed turns next.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::digest::Digest;
use super::record::Standing;
use super::time::NEVER;

/// A record's standing, and the moment at which it changes although nobody touches the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Turn {
    pub(super) standing: Standing,
    pub(super) moment: u64,
}

/// The turns of all records that are not completed, sorted. It holds each record once and nothing stale.
#[derive(Debug)]
pub(super) struct Agenda {
    turns: Mutex<Turns>,
    /// The first moment of all and that of the settled ones, to be looked at without the lock.
    first: AtomicU64,
    first_settled: AtomicU64,
}

#[derive(Debug)]
struct Turns {
    settled: BTreeSet<(u64, Digest)>,
    lapsed: BTreeSet<(u64, Digest)>,
    live: BTreeSet<(u64, Digest)>,
}

impl Default for Agenda {
    fn default() -> Self {
        Self {
            turns: Mutex::new(Turns {
                settled: BTreeSet::new(),
                lapsed: BTreeSet::new(),
                // A turn that never comes, so that a quiet store's claims don't make and free the set's memory each time.
                live: BTreeSet::from([(NEVER, Digest::NONE)]),
            }),
            first: AtomicU64::new(NEVER),
            first_settled: AtomicU64::new(NEVER),
        }
    }
}

impl Agenda {
    /// Replaces what the agenda says of a record.
    pub(super) fn replace(&self, digest: Digest, old: Option<Turn>, new: Option<Turn>) {
        let mut turns = self.turns();
        if let Some(turn) = old {
            turns.of(turn.standing).remove(&(turn.moment, digest));
        }
        if let Some(turn) = new {
            turns.of(turn.standing).insert((turn.moment, digest));
        }
        let settled = first_of(&turns.settled);
        let first = settled.min(first_of(&turns.lapsed)).min(first_of(&turns.live));
        self.first.store(first, Ordering::Relaxed);
        self.first_settled.store(settled, Ordering::Relaxed);
    }

    /// A record that is over, or whose lease has ended unnoticed.
    pub(super) fn due(&self, now: u64) -> Option<Digest> {
        if self.first.load(Ordering::Relaxed) > now {
            return None;
        }
        let turns = self.turns();
        let sets = [&turns.settled, &turns.lapsed, &turns.live];
        sets.into_iter().find_map(|set| first_due(set, now))
    }

    /// When the first released record is over; [`NEVER`] when there is none.
    pub(super) fn first_settled(&self) -> u64 {
        self.first_settled.load(Ordering::Relaxed)
    }

    /// The record that the store can spare first; `None` when each is a claim in flight.
    pub(super) fn dispensable(&self, now: u64) -> Option<Digest> {
        let turns = self.turns();
        let settled_or_lapsed = turns.settled.first().or_else(|| turns.lapsed.first());
        let digest = settled_or_lapsed.map(|(_, digest)| *digest);
        digest.or_else(|| first_due(&turns.live, now))
    }

    fn turns(&self) -> MutexGuard<'_, Turns> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turns {
    fn of(&mut self, standing: Standing) -> &mut BTreeSet<(u64, Digest)> {
        match standing {
            Standing::Settled => &mut self.settled,
            Standing::Lapsed => &mut self.lapsed,
            Standing::Live => &mut self.live,
        }
    }
}

/// The first moment; [`NEVER`] when there is none.
fn first_of(set: &BTreeSet<(u64, Digest)>) -> u64 {
    set.first().map_or(NEVER, |(moment, _)| *moment)
}

fn first_due(set: &BTreeSet<(u64, Digest)>, now: u64) -> Option<Digest> {
    let (moment, digest) = set.first()?;
    (*moment <= now).then_some(*digest)
}
