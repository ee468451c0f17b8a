//! One event's record, with the steps it can take.

use std::time::Duration;

use crate::store::{Claim, Held, Lease, RecordState, RecordSummary, Retention, Ticket};
use crate::verified::{Fingerprint, Key};

use super::time::after;

/// What the store knows of one event. `expires_at` never lies before the end of a running lease, so that a claim in
/// flight is never over.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) key: Key,
    print: Fingerprint,
    fence: u64,
    lease_until: u64,
    expires_at: u64,
    attempts: u32,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Claimed,
    Released,
    Completed,
}

/// How dear a record is to the store, the most dispensable first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    /// Completed or released.
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
            key: *wish.key,
            print: *wish.print,
            fence,
            lease_until,
            expires_at: after(wish.now, wish.keep.duration()).max(lease_until),
            attempts: 1,
            state: State::Claimed,
        }
    }

    pub(super) fn ticket(&self) -> Ticket {
        Ticket::new(self.key, self.fence, self.attempts)
    }

    pub(super) fn is_over(&self, now: u64) -> bool {
        self.expires_at <= now
    }

    pub(super) fn standing(&self, now: u64) -> Standing {
        match self.state {
            State::Completed | State::Released => Standing::Settled,
            State::Claimed if self.lease_until > now => Standing::Live,
            State::Claimed => Standing::Lapsed,
        }
    }

    /// The moment at which the record's standing changes although nobody touches it.
    pub(super) fn turns_at(&self, now: u64) -> u64 {
        match self.standing(now) {
            Standing::Live => self.lease_until,
            Standing::Settled | Standing::Lapsed => self.expires_at,
        }
    }

    /// The record as an operator sees it; `None` when it is over.
    pub(super) fn summary(&self, now: u64) -> Option<RecordSummary> {
        let state = match self.state {
            State::Completed => RecordState::Completed,
            State::Released => RecordState::Released,
            State::Claimed if self.lease_until > now => RecordState::Claimed {
                lease_left: Duration::from_nanos(self.lease_until - now),
            },
            State::Claimed => RecordState::Lapsed,
        };
        let left = self.expires_at.checked_sub(now).filter(|left| *left > 0)?;
        let left = Duration::from_nanos(left);
        Some(RecordSummary::new(state, self.fence, self.attempts, left))
    }

    pub(super) fn claim(&mut self, wish: Wish<'_>, next_fence: impl FnOnce() -> u64) -> Claim {
        if self.is_over(wish.now) {
            *self = Self::fresh(wish, next_fence());
            return Claim::Won(self.ticket());
        }
        if self.print != *wish.print {
            return Claim::Conflict;
        }
        if self.state == State::Completed {
            return Claim::Done;
        }
        if self.standing(wish.now) == Standing::Live {
            let retry_after = Duration::from_nanos(self.lease_until - wish.now);
            return Claim::InFlight { retry_after };
        }
        let attempts = self.attempts.saturating_add(1);
        *self = Self {
            attempts,
            ..Self::fresh(wish, next_fence())
        };
        Claim::Won(self.ticket())
    }

    pub(super) fn renew(&mut self, ticket: &Ticket, lease: Lease, now: u64) -> Held {
        if !self.is_newest(ticket, now) || self.state != State::Claimed {
            return Held::Lost;
        }
        self.lease_until = after(now, lease.duration());
        self.expires_at = self.expires_at.max(self.lease_until);
        Held::Yes
    }

    pub(super) fn complete(&mut self, ticket: &Ticket, keep: Retention, now: u64) -> Held {
        if !self.is_newest(ticket, now) || self.state == State::Released {
            return Held::Lost;
        }
        // Also when it is completed already: the caller whose answer was lost must hear that its work counts.
        self.state = State::Completed;
        self.expires_at = after(now, keep.duration());
        Held::Yes
    }

    pub(super) fn release(&mut self, ticket: &Ticket, now: u64) -> Held {
        if !self.is_newest(ticket, now) || self.state == State::Completed {
            return Held::Lost;
        }
        self.state = State::Released;
        Held::Yes
    }

    fn is_newest(&self, ticket: &Ticket, now: u64) -> bool {
        !self.is_over(now) && self.fence == ticket.fence()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_small() {
        assert!(
            size_of::<Record>() <= 80,
            "each byte here is a megabyte at a million ids"
        );
    }
}
