//! A handful of records that share one lock.

use crate::store::{Claim, Held, Ticket};
use crate::verified::Key;

use super::expiry::Plan;
use super::record::{Record, Standing, Wish};

/// How many records a page grows by. Doubling would leave a quarter of the store's memory unused.
const GROWTH: usize = 4;

/// Records in no order: a page is small, so that looking at each is cheap.
#[derive(Debug, Default)]
pub(super) struct Page {
    records: Vec<Record>,
    /// What the calendar knows of this page.
    pub(super) plan: Plan,
}

impl Page {
    /// Claims a key the page knows; `None` when it doesn't.
    pub(super) fn claim(&mut self, wish: Wish<'_>, next_fence: impl FnOnce() -> u64) -> Option<Claim> {
        Some(self.find(wish.key)?.claim(wish, next_fence))
    }

    /// Adds the record of a key the page doesn't know.
    pub(super) fn add(&mut self, record: Record) -> Ticket {
        if self.records.len() == self.records.capacity() {
            self.records.reserve_exact(GROWTH);
        }
        let ticket = record.ticket();
        self.records.push(record);
        ticket
    }

    /// Takes a step with the ticket's record; the ticket is lost when there is none.
    pub(super) fn step(&mut self, ticket: &Ticket, step: impl FnOnce(&mut Record) -> Held) -> Held {
        self.find(ticket.key()).map_or(Held::Lost, step)
    }

    pub(super) fn records(&self) -> impl Iterator<Item = &Record> {
        self.records.iter()
    }

    /// Removes a key's record and hands it over.
    pub(super) fn remove(&mut self, key: &Key) -> Option<Record> {
        let at = self.records.iter().position(|record| record.key == *key)?;
        let removed = self.records.swap_remove(at);
        self.shrink();
        Some(removed)
    }

    /// Drops the records whose retention is over; answers how many.
    pub(super) fn drop_expired(&mut self, now: u64) -> usize {
        let before = self.records.len();
        self.records.retain(|record| !record.is_over(now));
        self.shrink();
        before - self.records.len()
    }

    /// Drops the most dispensable record; answers whether there was one that is not a claim in flight.
    pub(super) fn evict(&mut self, now: u64) -> bool {
        let dispensable = self
            .records
            .iter()
            .filter(|record| record.standing(now) != Standing::Live);
        let first = dispensable.min_by_key(|record| (record.standing(now), record.turns_at(now)));
        let key = first.map(|record| record.key);
        key.and_then(|key| self.remove(&key)).is_some()
    }

    /// When the first record of each standing is due.
    pub(super) fn make_plan(&self, now: u64) -> Plan {
        let mut plan = Plan::default();
        for record in &self.records {
            plan.note(record.standing(now), record.turns_at(now));
        }
        plan
    }

    fn find(&mut self, key: &Key) -> Option<&mut Record> {
        self.records.iter_mut().find(|record| record.key == *key)
    }

    fn shrink(&mut self) {
        if self.records.capacity() - self.records.len() > 2 * GROWTH {
            self.records.shrink_to(self.records.len() + GROWTH);
        }
    }
}
