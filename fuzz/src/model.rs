//! What a claim store must answer: the rules as a model, for a handful of keys.

use std::time::Duration;

use tower_webhook::store::{Claim, Held, StoreErrorKind, Ticket};

/// How many keys there are.
pub const KEYS: usize = 6;

/// A record as the rules describe it.
#[derive(Debug, Clone, Copy)]
struct Record {
    print: bool,
    fence: u64,
    attempts: u32,
    lease_until: u64,
    ends: u64,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Claimed,
    Released,
    Completed,
}

/// What a caller asks for when it claims a key.
#[derive(Debug, Clone, Copy)]
pub struct Wish {
    pub key: usize,
    pub print: bool,
    pub lease: Duration,
    pub keep: Duration,
}

/// The records, the time, and the tickets that were given out.
#[derive(Debug)]
pub struct Model {
    now: u64,
    capacity: usize,
    records: [Option<Record>; KEYS],
    highest_fence: u64,
    tickets: Vec<(usize, Ticket)>,
}

impl Model {
    /// The model of a store with room for so many records.
    pub fn new(capacity: usize) -> Self {
        Self {
            now: 0,
            capacity,
            records: [None; KEYS],
            highest_fence: 0,
            tickets: Vec::new(),
        }
    }

    /// The ticket that this number stands for, with its key; `None` while there is none.
    pub fn ticket(&self, number: u8) -> Option<(usize, Ticket)> {
        let at = usize::from(number).checked_rem(self.tickets.len())?;
        Some(self.tickets[at].clone())
    }

    pub fn pass(&mut self, length: Duration) {
        self.now = self.after(length);
    }

    /// The store says that it is full: each record it has room for is a claim in flight.
    pub fn refused(&self, wish: Wish, kind: StoreErrorKind) {
        let live = (0..KEYS).filter(|key| self.is_live(*key)).count();
        assert_eq!(kind, StoreErrorKind::Full);
        assert!(
            live >= self.capacity && !self.is_live(wish.key),
            "full, with {live} claims in flight"
        );
    }

    pub fn claimed(&mut self, wish: Wish, claim: &Claim) {
        match (claim, self.living(wish.key)) {
            (Claim::Won(ticket), known) => self.won(wish, ticket, known),
            (Claim::InFlight { retry_after }, Some(record)) => {
                assert!(self.is_live(wish.key) && record.print == wish.print);
                assert_eq!(*retry_after, Duration::from_nanos(record.lease_until - self.now));
            }
            (Claim::Done, Some(record)) => {
                assert!(record.state == State::Completed && record.print == wish.print);
            }
            (Claim::Conflict, Some(record)) => assert_ne!(record.print, wish.print),
            (claim, None) => panic!("{claim:?} for an event that nobody claimed"),
        }
    }

    fn won(&mut self, wish: Wish, ticket: &Ticket, known: Option<Record>) {
        let dropped = self.may_be_dropped(wish.key) && ticket.attempt() == 1;
        let known = known.filter(|_| !dropped);
        let free = known.is_none_or(|record| {
            record.print == wish.print && record.state != State::Completed && !self.is_live(wish.key)
        });
        assert!(free, "won what was not free: {known:?}");
        assert_eq!(
            ticket.attempt(),
            known.map_or(0, |record| record.attempts).saturating_add(1)
        );
        assert!(ticket.fence() > self.highest_fence, "a fence came twice");
        self.highest_fence = ticket.fence();
        let lease_until = self.after(wish.lease);
        self.records[wish.key] = Some(Record {
            print: wish.print,
            fence: ticket.fence(),
            attempts: ticket.attempt(),
            lease_until,
            ends: self.after(wish.keep).max(lease_until),
            state: State::Claimed,
        });
        self.tickets.push((wish.key, ticket.clone()));
    }

    pub fn renewed(&mut self, key: usize, ticket: &Ticket, lease: Duration, held: Held) {
        let until = self.after(lease);
        self.settled(key, ticket, held, &[State::Claimed], |record| {
            record.lease_until = until;
            record.ends = record.ends.max(until);
        });
    }

    pub fn completed(&mut self, key: usize, ticket: &Ticket, keep: Duration, held: Held) {
        let ends = self.after(keep);
        self.settled(key, ticket, held, &[State::Claimed, State::Completed], |record| {
            record.state = State::Completed;
            record.ends = ends;
        });
    }

    pub fn released(&mut self, key: usize, ticket: &Ticket, held: Held) {
        self.settled(key, ticket, held, &[State::Claimed, State::Released], |record| {
            record.state = State::Released;
        });
    }

    pub fn forgotten(&mut self, key: usize, known: bool) {
        let dropped = !known && self.may_be_dropped(key);
        assert!(known == self.living(key).is_some() || dropped);
        self.records[key] = None;
    }

    /// What the rules say of a verb by this ticket, compared with what the store said.
    fn settled(
        &mut self,
        key: usize,
        ticket: &Ticket,
        held: Held,
        allowed: &[State],
        change: impl FnOnce(&mut Record),
    ) {
        let newest = self.living(key).filter(|record| record.fence == ticket.fence());
        let expected = newest.is_some_and(|record| allowed.contains(&record.state));
        let dropped = held == Held::Lost && self.may_be_dropped(key);
        assert!(
            (held == Held::Yes) == expected || dropped,
            "{held:?} for {newest:?}"
        );
        match (held, &mut self.records[key]) {
            (Held::Yes, Some(record)) => change(record),
            (Held::Lost, record) if expected => *record = None,
            _ => {}
        }
    }

    fn living(&self, key: usize) -> Option<Record> {
        self.records[key].filter(|record| record.ends > self.now)
    }

    fn is_live(&self, key: usize) -> bool {
        let live = |record: Record| record.state == State::Claimed && record.lease_until > self.now;
        self.living(key).is_some_and(live)
    }

    /// Whether a store that is short of room may have dropped the record early; never a claim in flight.
    fn may_be_dropped(&self, key: usize) -> bool {
        self.capacity < KEYS && !self.is_live(key)
    }

    /// A clock of nanoseconds ends somewhere; no length leads beyond its last moment.
    fn after(&self, length: Duration) -> u64 {
        let nanoseconds = u64::try_from(length.as_nanos()).unwrap_or(u64::MAX);
        self.now.saturating_add(nanoseconds).min(u64::MAX - 1)
    }
}
