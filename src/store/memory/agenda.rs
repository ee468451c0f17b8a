//! The agenda: which of the records that nobody has completed turns next.

use std::collections::BTreeSet;

use super::digest::Digest;
use super::record::{Record, Standing};
use super::time::NEVER;

/// A record's standing, and the moment at which it changes although nobody touches the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Turn {
    pub(super) standing: Standing,
    pub(super) moment: u64,
}

/// The turns of records that are not completed, sorted. It holds each record once and nothing stale.
#[derive(Debug)]
pub(super) struct Agenda {
    settled: BTreeSet<(u64, Digest)>,
    lapsed: BTreeSet<(u64, Digest)>,
    live: BTreeSet<(u64, Digest)>,
}

impl Default for Agenda {
    fn default() -> Self {
        Self {
            settled: BTreeSet::new(),
            lapsed: BTreeSet::new(),
            // A turn that never comes, so that a quiet store's claims don't make and free the set's memory each time.
            live: BTreeSet::from([(NEVER, Digest::NONE)]),
        }
    }
}

impl Agenda {
    /// Sees to it that the agenda says what holds for the record.
    pub(super) fn note(&mut self, digest: Digest, record: &mut Record, now: u64) {
        let turn = Some(record.turn(now));
        if record.noted != turn {
            self.replace(digest, record.noted, turn);
            record.noted = turn;
        }
    }

    /// Replaces what the agenda says of a record.
    pub(super) fn replace(&mut self, digest: Digest, old: Option<Turn>, new: Option<Turn>) {
        if let Some(turn) = old {
            self.of(turn.standing).remove(&(turn.moment, digest));
        }
        if let Some(turn) = new {
            self.of(turn.standing).insert((turn.moment, digest));
        }
    }

    /// A record that is over, or whose lease has ended unnoticed.
    pub(super) fn due(&self, now: u64) -> Option<Digest> {
        let sets = [&self.settled, &self.lapsed, &self.live];
        sets.into_iter().find_map(|set| first_due(set, now))
    }

    /// When the first released record is over; [`NEVER`] when there is none.
    pub(super) fn first_settled(&self) -> u64 {
        self.settled.first().map_or(NEVER, |(moment, _)| *moment)
    }

    /// The record that the store can spare first; `None` when each is a claim in flight.
    pub(super) fn dispensable(&self, now: u64) -> Option<Digest> {
        let settled_or_lapsed = self.settled.first().or_else(|| self.lapsed.first());
        let digest = settled_or_lapsed.map(|(_, digest)| *digest);
        digest.or_else(|| first_due(&self.live, now))
    }

    fn of(&mut self, standing: Standing) -> &mut BTreeSet<(u64, Digest)> {
        match standing {
            Standing::Settled => &mut self.settled,
            Standing::Lapsed => &mut self.lapsed,
            Standing::Live => &mut self.live,
        }
    }
}

fn first_due(set: &BTreeSet<(u64, Digest)>, now: u64) -> Option<Digest> {
    let (moment, digest) = set.first()?;
    (*moment <= now).then_some(*digest)
}
