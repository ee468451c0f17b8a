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

use crate::store::{Claim, Held, StoreError, Ticket};
use crate::verified::Key;

use super::expiry::Calendar;
use super::page::Page;
use super::record::{Record, Wish};

/// How many records a page of a full store holds on average. A page costs about 100 bytes beside its records, and each
/// step looks at all of them.
const PAGE: usize = 16;

/// How many due pages a claim tidies at most before it goes on.
const TIDIED_PER_CLAIM: usize = 4;

/// How often a claim makes room before it takes the store for full. More than once is needed only where others take the
/// room that was made.
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
        for _ in 0..ROOM_TRIES {
            if let Some(claim) = self.claim_if_room(wish) {
                return Ok(claim);
            }
            if !self.make_room(wish.now) {
                break;
            }
        }
        Err(StoreError::full())
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

    /// Claims the key; `None` when it is new and there is no room for it.
    fn claim_if_room(&self, wish: Wish<'_>) -> Option<Claim> {
        self.open(self.page_of(wish.key), wish.now, |page| {
            let next_fence = || self.fence.fetch_add(1, Ordering::Relaxed) + 1;
            if let Some(claim) = page.claim(wish, next_fence) {
                return Some(claim);
            }
            let room = |len| (len < self.capacity).then_some(len + 1);
            self.len
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, room)
                .ok()?;
            Some(Claim::Won(page.add(Record::fresh(wish, next_fence()))))
        })
    }

    /// Drops what is over, a few pages at a time.
    fn tidy(&self, now: u64) {
        for _ in 0..TIDIED_PER_CLAIM {
            let due = self.calendar().due(now);
            let Some(number) = due else {
                return;
            };
            self.open(number, now, |page| self.drop_expired(page, now));
        }
    }

    /// Drops one record at least; answers whether that was possible.
    fn make_room(&self, now: u64) -> bool {
        for _ in 0..ROOM_TRIES {
            let dispensable = self.calendar().dispensable(now);
            let Some(number) = dispensable else {
                return false;
            };
            if self.open(number, now, |page| {
                self.drop_expired(page, now) || self.evict(page, now)
            }) {
                return true;
            }
        }
        false
    }

    fn drop_expired(&self, page: &mut Page, now: u64) -> bool {
        let dropped = page.drop_expired(now);
        self.len.fetch_sub(dropped, Ordering::Relaxed);
        dropped > 0
    }

    fn evict(&self, page: &mut Page, now: u64) -> bool {
        let evicted = page.evict(now);
        if evicted {
            self.len.fetch_sub(1, Ordering::Relaxed);
            self.evicted_early.fetch_add(1, Ordering::Relaxed);
        }
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
