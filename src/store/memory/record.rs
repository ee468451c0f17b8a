//! The record of an event that nobody has completed, with the steps it can take.

use std::time::Duration;

use crate::store::{Claim, Held, Lease, RecordState, RecordSummary, Retention, Ticket};
use crate::verified::{Fingerprint, Key};

use super::agenda::Turn;
use super::archive::{Done, Win};
use super::digest::Digest;
use super::time::{after, left};

/// What the store knows of an event that is claimed or was released. `expires_at` never lies before the end of a running
/// lease, so that a claim in flight is never over.
#[derive(Debug)]
pub(super) struct Record {
    print: Fingerprint,
    fence: u64,
    lease_until: u64,
    pub(super) expires_at: u64,
    attempts: u32,
    released: bool,
    /// Where the record stands in the agenda.
    pub(super) noted: Option<Turn>,
}

/// How dear a record is to the store, the most dispensable first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    /// Released.
    Settled,
    /// Claimed, its lease over, and nobody has claimed it since.
    Lapsed,
    /// Claimed, its lease running.
    Live,
}

/// What a caller asks for when it claims a key.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish<'a> {
    pub(super) key: &'a Key,
    pub(super) print: &'a Fingerprint,
    pub(super) lease: Lease,
    pub(super) keep: Retention,
    pub(super) now: u64,
}

impl Record {
    /// The record of an event that nobody has claimed before.
    pub(super) fn fresh(wish: Wish<'_>, fence: u64) -> Self {
        let lease_until = after(wish.now, wish.lease.duration());
        Self {
            print: *wish.print,
            fence,
            lease_until,
            expires_at: after(wish.now, wish.keep.duration()).max(lease_until),
            attempts: 1,
            released: false,
            noted: None,
        }
    }

    pub(super) fn ticket(&self, key: &Key) -> Ticket {
        Ticket::new(*key, self.fence, self.attempts)
    }

    pub(super) fn is_over(&self, now: u64) -> bool {
        self.expires_at <= now
    }

    pub(super) fn is_live(&self, now: u64) -> bool {
        self.turn(now).standing == Standing::Live
    }

    /// How dear the record is, and the moment at which that changes although nobody touches it.
    pub(super) fn turn(&self, now: u64) -> Turn {
        let (standing, moment) = match self.released {
            true => (Standing::Settled, self.expires_at),
            false if self.lease_until > now => (Standing::Live, self.lease_until),
            false => (Standing::Lapsed, self.expires_at),
        };
        Turn { standing, moment }
    }

    /// The record as an operator sees it; `None` when it is over.
    pub(super) fn summary(&self, now: u64) -> Option<RecordSummary> {
        let state = match self.turn(now).standing {
            Standing::Settled => RecordState::Released,
            Standing::Lapsed => RecordState::Lapsed,
            Standing::Live => RecordState::Claimed {
                lease_left: Duration::from_nanos(self.lease_until - now),
            },
        };
        let left = left(self.expires_at, now)?;
        Some(RecordSummary::new(state, self.fence, self.attempts, left))
    }

    pub(super) fn claim(&mut self, wish: Wish<'_>, next_fence: impl FnOnce() -> u64) -> Claim {
        let attempts = match self.is_over(wish.now) {
            true => 1,
            false if self.print != *wish.print => return Claim::Conflict,
            false if self.is_live(wish.now) => {
                let retry_after = Duration::from_nanos(self.lease_until - wish.now);
                return Claim::InFlight { retry_after };
            }
            false => self.attempts.saturating_add(1),
        };
        *self = Self {
            attempts,
            noted: self.noted,
            ..Self::fresh(wish, next_fence())
        };
        Claim::Won(self.ticket(wish.key))
    }

    pub(super) fn renew(&mut self, ticket: &Ticket, lease: Lease, now: u64) -> Held {
        if !self.is_newest(ticket, now) || self.released {
            return Held::Lost;
        }
        self.lease_until = after(now, lease.duration());
        self.expires_at = self.expires_at.max(self.lease_until);
        Held::Yes
    }

    pub(super) fn release(&mut self, ticket: &Ticket, now: u64) -> Held {
        if !self.is_newest(ticket, now) {
            return Held::Lost;
        }
        self.released = true;
        Held::Yes
    }

    /// What is kept of the event once it is completed; `None` when the ticket has lost it.
    pub(super) fn complete(
        &self,
        digest: Digest,
        ticket: &Ticket,
        keep: Retention,
        now: u64,
    ) -> Option<Done> {
        let held = self.is_newest(ticket, now) && !self.released;
        held.then(|| Done {
            digest,
            print: self.print,
            win: Win::new(self.fence, self.attempts),
            expires_at: after(now, keep.duration()),
        })
    }

    fn is_newest(&self, ticket: &Ticket, now: u64) -> bool {
        !self.is_over(now) && self.fence == ticket.fence()
    }
}
