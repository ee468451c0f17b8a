//! The store's verbs as the engines see them: what is asked, what a record says, what the answer is.

use std::time::Duration;

use tower_webhook::store::{Claim, Held, Lease, RecordCounts, RecordState, RecordSummary, Retention, Ticket};
use tower_webhook::{Fingerprint, Key};

/// A claim that somebody asks for.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    pub(crate) key: Key,
    pub(crate) print: Fingerprint,
    /// In microseconds, like all lengths of time here.
    pub(crate) lease: i64,
    /// How long the record is kept: never less than the lease, so that a claim in flight is never over.
    pub(crate) keep: i64,
}

impl Wish {
    pub(crate) fn new(key: &Key, print: &Fingerprint, lease: Lease, keep: Retention) -> Self {
        let lease = micros(lease.duration());
        Self {
            key: *key,
            print: *print,
            lease,
            keep: micros(keep.duration()).max(lease),
        }
    }

    /// After how long the record's place in the index of what is to be purged comes: see `purge_at` of the table.
    #[cfg(feature = "mysql")]
    pub(crate) fn purge(&self) -> i64 {
        self.keep + self.keep / 64
    }
}

/// A step that the holder of a ticket asks for. It is taken from the state *claimed*; one that settles is also taken when the
/// record is in that state already, so that it can be repeated.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) key: Key,
    pub(crate) fence: i64,
    pub(crate) to: State,
    /// The new lease or the new retention; nothing when the claim is released.
    pub(crate) span: i64,
}

impl Step {
    pub(crate) fn renew(ticket: &Ticket, lease: Lease) -> Self {
        Self::new(ticket, State::Claimed, lease.duration())
    }

    pub(crate) fn complete(ticket: &Ticket, keep: Retention) -> Self {
        Self::new(ticket, State::Completed, keep.duration())
    }

    pub(crate) fn release(ticket: &Ticket) -> Self {
        Self::new(ticket, State::Released, Duration::ZERO)
    }

    fn new(ticket: &Ticket, to: State, span: Duration) -> Self {
        Self {
            key: *ticket.key(),
            // A fence beyond what a database counts was never given: it finds no record.
            fence: i64::try_from(ticket.fence()).unwrap_or(-1),
            to,
            span: micros(span),
        }
    }
}

/// The state of a record, as the column holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Claimed,
    Completed,
    Released,
}

impl State {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Claimed => "C",
            Self::Completed => "D",
            Self::Released => "R",
        }
    }

    pub(crate) fn read(code: &str) -> Result<Self, sqlx::Error> {
        match code {
            "C" => Ok(Self::Claimed),
            "D" => Ok(Self::Completed),
            "R" => Ok(Self::Released),
            other => Err(sqlx::Error::Decode(format!("the state {other:?}").into())),
        }
    }
}

/// What a database says of a record, at the moment it looked.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) print: Fingerprint,
    pub(crate) state: State,
    pub(crate) fence: i64,
    pub(crate) attempts: i64,
    /// In microseconds; not positive when the lease is over.
    pub(crate) lease_left: i64,
    /// In microseconds; not positive when the retention is over.
    pub(crate) kept_left: i64,
}

impl Seen {
    /// What a claim comes to that did not win; `None` when the key has become free.
    pub(crate) fn answer(&self, wish: &Wish) -> Option<Claim> {
        if self.kept_left <= 0 {
            return None;
        }
        if self.print != wish.print {
            return Some(Claim::Conflict);
        }
        match self.state {
            State::Completed => Some(Claim::Done),
            State::Claimed if self.lease_left > 0 => Some(Claim::InFlight {
                retry_after: duration(self.lease_left),
            }),
            State::Claimed | State::Released => None,
        }
    }

    /// The record as an operator sees it; `None` when it is over.
    pub(crate) fn summary(&self) -> Option<RecordSummary> {
        if self.kept_left <= 0 {
            return None;
        }
        let state = match self.state {
            State::Completed => RecordState::Completed,
            State::Released => RecordState::Released,
            State::Claimed if self.lease_left > 0 => RecordState::Claimed {
                lease_left: duration(self.lease_left),
            },
            State::Claimed => RecordState::Lapsed,
        };
        let (fence, attempts) = (self.fence.unsigned_abs(), count(self.attempts));
        Some(RecordSummary::new(
            state,
            fence,
            attempts,
            duration(self.kept_left),
        ))
    }
}

/// The ticket for a claim that won, from what the columns hold.
pub(crate) fn ticket(key: &Key, fence: i64, attempts: i64) -> Ticket {
    Ticket::new(*key, fence.unsigned_abs(), count(attempts))
}

pub(crate) fn held(is_held: bool) -> Held {
    if is_held { Held::Yes } else { Held::Lost }
}

/// In whole microseconds, of a century at most: no database adds more to its clock.
pub(crate) fn micros(span: Duration) -> i64 {
    i64::try_from(span.min(CENTURY).as_micros()).unwrap_or(i64::MAX)
}

fn duration(micros: i64) -> Duration {
    Duration::from_micros(u64::try_from(micros).unwrap_or(0))
}

fn count(attempts: i64) -> u32 {
    u32::try_from(attempts).unwrap_or(u32::MAX)
}

/// Sums up what a database counted, by the state's code or by what a claim would make of it.
pub(crate) fn count_records(rows: &[(String, i64)]) -> Result<RecordCounts, sqlx::Error> {
    let mut counts = RecordCounts::default();
    for (state, records) in rows {
        let place = match state.as_str() {
            "expired" => &mut counts.expired,
            "lapsed" => &mut counts.lapsed,
            code => match State::read(code)? {
                State::Claimed => &mut counts.claimed,
                State::Completed => &mut counts.completed,
                State::Released => &mut counts.released,
            },
        };
        *place += records.unsigned_abs();
    }
    Ok(counts)
}

/// How many records a purge deletes in one transaction: few enough that nobody waits long for it.
pub(crate) const PURGE_AT_ONCE: i64 = 1000;

const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 3600);
