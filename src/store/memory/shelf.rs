//! All pages of a memory store, kept within its capacity.
//!
//! Each key belongs to one page, and a step on a record happens under its page's lock. The order of locks is page, then
//! calendar: the calendar is changed only by whoever holds the page it is changed for, nobody asks for a page while
//! holding the calendar, and nobody holds two pages. Nothing here awaits.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use dashmap::DashMap;

use crate::store::{Claim, Held, RecordSummary, StoreError, Ticket};
use crate::verified::Key;

use super::expiry::Calendar;
use super::page::Page;
use super::record::{Record, Wish};

/// How many records a page of a full store holds on average. A page costs about 100 bytes beside its records, and each
/// step looks at all of them.
const PAGE: usize = 16;

/// How many due pages a claim tidies at most before it goes on.
const TIDIED_PER_CLAIM: usize = 4;

/// How often a claim looks for a record to drop before it takes the store for full. More than once is needed only where others
/// drop the one that was found.
const ROOM_TRIES: usize = 16;

pub(super) struct Shelf {
    pages: DashMap<u64, Page>,
    page_count: u64,
    /// Keyed at random, so that no choice of ids can crowd one page.
    hasher: RandomState,
    calendar: Mutex<Calendar>,
    capacity: usize,
    len: AtomicUsize,
    /// One for the whole store: fences rise for a key that was forgotten, too.
    fence: AtomicU64,
    evicted_early: AtomicU64,
}

impl Shelf {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            pages: DashMap::new(),
            page_count: u64::try_from(capacity.div_ceil(PAGE)).unwrap_or(u64::MAX).max(1),
            hasher: RandomState::new(),
            calendar: Mutex::default(),
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
        if let Some(claim) = self.claim_with(wish, || self.take_room()) {
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

    pub(super) fn step(&self, ticket: &Ticket, now: u64, step: impl FnOnce(&mut Record) -> Held) -> Held {
        self.open(self.page_of(ticket.key()), now, |page| page.step(ticket, step))
    }

    pub(super) fn forget(&self, key: &Key, now: u64) -> bool {
        self.open(self.page_of(key), now, |page| {
            let Some(forgotten) = page.remove(key) else {
                return false;
            };
            self.len.fetch_sub(1, Ordering::Relaxed);
            !forgotten.is_over(now)
        })
    }

    /// What is known of a key, as an operator sees it.
    pub(super) fn inspect(&self, key: &Key, now: u64) -> Option<RecordSummary> {
        let page = self.pages.get(&self.page_of(key))?;
        page.records().find(|record| record.key == *key)?.summary(now)
    }

    /// Shows each record, in no order; a record that is added or dropped meanwhile may be missed.
    pub(super) fn visit(&self, mut look: impl FnMut(&Record)) {
        self.pages
            .iter()
            .for_each(|page| page.records().for_each(&mut look));
    }

    /// Drops each record whose retention is over, and answers how many.
    pub(super) fn purge(&self, now: u64) -> u64 {
        let numbers: Vec<u64> = self.pages.iter().map(|page| *page.key()).collect();
        let dropped = numbers.into_iter().map(|number| {
            let dropped = self.open(number, now, |page| page.drop_expired(now));
            self.len.fetch_sub(dropped, Ordering::Relaxed);
            dropped as u64
        });
        dropped.sum()
    }

    /// Claims the key; `None` when it is new and gets no room.
    fn claim_with(&self, wish: Wish<'_>, room: impl FnOnce() -> bool) -> Option<Claim> {
        self.open(self.page_of(wish.key), wish.now, |page| {
            let next_fence = || self.fence.fetch_add(1, Ordering::Relaxed) + 1;
            if let Some(claim) = page.claim(wish, next_fence) {
                return Some(claim);
            }
            room().then(|| Claim::Won(page.add(Record::fresh(wish, next_fence()))))
        })
    }

    /// Takes the room for one record, if there is any.
    fn take_room(&self) -> bool {
        let room = |len| (len < self.capacity).then_some(len + 1);
        self.len
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, room)
            .is_ok()
    }

    /// Drops what is over, a few pages at a time.
    fn tidy(&self, now: u64) {
        for _ in 0..TIDIED_PER_CLAIM {
            let due = self.calendar().due(now);
            let Some(number) = due else {
                return;
            };
            self.open(number, now, |page| {
                self.len.fetch_sub(page.drop_expired(now), Ordering::Relaxed);
            });
        }
    }

    /// Drops one record at least and takes its room for the caller: were it free for all, others could take it each time. Answers
    /// whether that was possible.
    fn make_room(&self, now: u64) -> bool {
        for _ in 0..ROOM_TRIES {
            let dispensable = self.calendar().dispensable(now);
            let Some(number) = dispensable else {
                return false;
            };
            let dropped = self.open(number, now, |page| match page.drop_expired(now) {
                0 => self.evict(page, now),
                expired => expired,
            });
            if dropped > 0 {
                self.len.fetch_sub(dropped - 1, Ordering::Relaxed);
                return true;
            }
        }
        false
    }

    fn evict(&self, page: &mut Page, now: u64) -> usize {
        let evicted = usize::from(page.evict(now));
        self.evicted_early.fetch_add(evicted as u64, Ordering::Relaxed);
        evicted
    }

    /// Works on a page under its lock, then tells the calendar when the page is due.
    fn open<T>(&self, number: u64, now: u64, work: impl FnOnce(&mut Page) -> T) -> T {
        let mut page = self.pages.entry(number).or_default();
        let done = work(&mut page);
        let plan = page.make_plan(now);
        if plan != page.plan {
            self.calendar().replace(number, page.plan, plan);
            page.plan = plan;
        }
        done
    }

    fn page_of(&self, key: &Key) -> u64 {
        self.hasher.hash_one(key) % self.page_count
    }

    fn calendar(&self) -> MutexGuard<'_, Calendar> {
        self.calendar.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
