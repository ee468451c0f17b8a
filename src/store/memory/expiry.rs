//! The calendar: which page of records is due next.

use std::collections::BTreeSet;

use super::record::Standing;
use super::time::NEVER;

/// When a page's first record of each standing is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Plan {
    settled: u64,
    lapsed: u64,
    live: u64,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            settled: NEVER,
            lapsed: NEVER,
            live: NEVER,
        }
    }
}

impl Plan {
    pub(super) fn note(&mut self, standing: Standing, moment: u64) {
        let first = match standing {
            Standing::Settled => &mut self.settled,
            Standing::Lapsed => &mut self.lapsed,
            Standing::Live => &mut self.live,
        };
        *first = moment.min(*first);
    }
}

/// The plans of all pages, sorted. A page stands at most once in each set, so the calendar is small and holds nothing
/// stale, however long the store runs.
#[derive(Debug, Default)]
pub(super) struct Calendar {
    settled: Turns,
    lapsed: Turns,
    live: Turns,
}

impl Calendar {
    /// Replaces what the calendar knows of a page.
    pub(super) fn replace(&mut self, page: u64, old: Plan, new: Plan) {
        self.settled.replace(page, old.settled, new.settled);
        self.lapsed.replace(page, old.lapsed, new.lapsed);
        self.live.replace(page, old.live, new.live);
    }

    /// A page that holds an expired record or a lease that has ended unnoticed.
    pub(super) fn due(&self, now: u64) -> Option<u64> {
        let sets = [&self.settled, &self.lapsed, &self.live];
        sets.into_iter().find_map(|set| set.due(now))
    }

    /// The page with the record that the store can spare first; `None` when each record is a claim in flight.
    pub(super) fn dispensable(&self, now: u64) -> Option<u64> {
        let settled_or_lapsed = self.settled.first().or_else(|| self.lapsed.first());
        settled_or_lapsed.or_else(|| self.live.due(now))
    }
}

/// Pages by the moment at which they are due.
#[derive(Debug, Default)]
struct Turns(BTreeSet<(u64, u64)>);

impl Turns {
    fn replace(&mut self, page: u64, old: u64, new: u64) {
        if old == new {
            return;
        }
        if old != NEVER {
            self.0.remove(&(old, page));
        }
        if new != NEVER {
            self.0.insert((new, page));
        }
    }

    fn first(&self) -> Option<u64> {
        self.0.first().map(|&(_, page)| page)
    }

    fn due(&self, now: u64) -> Option<u64> {
        self.0
            .first()
            .filter(|(moment, _)| *moment <= now)
            .map(|&(_, page)| page)
    }
}
