//! A small store with one fault built in.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::task::yield_now;

use tower_webhook::store::{Claim, Held, Lease, Retention, Store, StoreError, Ticket};
use tower_webhook::{Fingerprint, Key};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    TwoWinners,
    StaleTicketAccepted,
    FenceRepeats,
    FenceRestartsAfterRetention,
    AttemptsOutliveRetention,
    AttemptsForgottenOnRelease,
    ConflictIgnored,
    ConflictOverwrites,
    CompletedForgotten,
    LeaseNeverEnds,
    RenewalChangesNothing,
    DroppedClaimBlocks,
    RepeatedCompletionRefused,
    ReleasedAfterCompletion,
    ThirdClaimKeepsOldRetention,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Claimed,
    Released,
    Completed,
}

#[derive(Clone, Copy)]
struct Row {
    print: Fingerprint,
    state: State,
    fence: u64,
    attempts: u32,
    lease_until: Duration,
    expires_at: Duration,
}

#[derive(Clone)]
pub(crate) struct Faulty(Arc<Inner>);

struct Inner {
    fault: Fault,
    now: Mutex<Duration>,
    rows: Mutex<HashMap<Key, Row>>,
    busy: Mutex<HashSet<Key>>,
    fence: AtomicU64,
}

impl Inner {
    fn new(fault: Fault) -> Self {
        Self {
            fault,
            now: Mutex::default(),
            rows: Mutex::default(),
            busy: Mutex::default(),
            fence: AtomicU64::new(0),
        }
    }

    fn now(&self) -> Duration {
        *self.now.lock().unwrap()
    }

    /// The row that a claim writes, or the answer that it gets instead.
    fn decide(
        &self,
        old: Option<Row>,
        print: Fingerprint,
        lease: Lease,
        keep: Retention,
    ) -> Result<Row, Claim> {
        let now = self.now();
        let known = old.filter(|row| row.expires_at > now);
        if let Some(row) = known {
            if row.print != print && self.fault != Fault::ConflictIgnored {
                return Err(Claim::Conflict);
            }
            if row.state == State::Completed {
                return Err(Claim::Done);
            }
            let runs = row.lease_until > now || self.fault == Fault::LeaseNeverEnds;
            if row.state == State::Claimed && runs {
                return Err(Claim::InFlight {
                    retry_after: row.lease_until.saturating_sub(now),
                });
            }
        }
        let counted = if self.fault == Fault::AttemptsOutliveRetention {
            old
        } else {
            known
        };
        let third = known.filter(|row| row.attempts >= 2 && self.fault == Fault::ThirdClaimKeepsOldRetention);
        Ok(Row {
            print,
            state: State::Claimed,
            fence: self.next_fence(known),
            attempts: counted.map_or(0, |row| row.attempts) + 1,
            lease_until: now + lease.duration(),
            expires_at: third.map_or(now + keep.duration(), |row| row.expires_at),
        })
    }

    fn next_fence(&self, known: Option<Row>) -> u64 {
        match (self.fault, known) {
            (Fault::FenceRepeats, Some(row)) => row.fence,
            (Fault::FenceRestartsAfterRetention, row) => row.map_or(0, |row| row.fence) + 1,
            _ => self.fence.fetch_add(1, SeqCst) + 1,
        }
    }

    fn settle(&self, ticket: &Ticket, allowed: &[State], change: impl FnOnce(&mut Row, Duration)) -> Held {
        let (mut rows, now) = (self.rows.lock().unwrap(), self.now());
        let Some(row) = rows.get_mut(ticket.key()).filter(|row| row.expires_at > now) else {
            return Held::Lost;
        };
        let newest = row.fence == ticket.fence() || self.fault == Fault::StaleTicketAccepted;
        if !newest || !allowed.contains(&row.state) {
            return Held::Lost;
        }
        change(row, now);
        Held::Yes
    }
}

impl Faulty {
    pub(crate) fn new(fault: Fault) -> Self {
        Self(Arc::new(Inner::new(fault)))
    }

    pub(crate) fn advance(&self, span: Duration) {
        *self.0.now.lock().unwrap() += span;
    }
}

impl Store for Faulty {
    async fn claim(
        &self,
        key: &Key,
        print: &Fingerprint,
        lease: Lease,
        keep: Retention,
    ) -> Result<Claim, StoreError> {
        let inner = &self.0;
        if inner.fault == Fault::DroppedClaimBlocks {
            if !inner.busy.lock().unwrap().insert(*key) {
                return Ok(Claim::InFlight {
                    retry_after: lease.duration(),
                });
            }
            yield_now().await;
            inner.busy.lock().unwrap().remove(key);
        }
        if inner.fault == Fault::TwoWinners {
            let seen = inner.rows.lock().unwrap().get(key).copied();
            let decided = inner.decide(seen, *print, lease, keep);
            yield_now().await;
            return Ok(write(&mut inner.rows.lock().unwrap(), key, decided));
        }
        let mut rows = inner.rows.lock().unwrap();
        let decided = inner.decide(rows.get(key).copied(), *print, lease, keep);
        if let (Fault::ConflictOverwrites, Err(Claim::Conflict)) = (inner.fault, &decided) {
            rows.entry(*key).and_modify(|row| row.print = *print);
        }
        Ok(write(&mut rows, key, decided))
    }

    async fn renew(&self, ticket: &Ticket, lease: Lease) -> Result<Held, StoreError> {
        let ignored = self.0.fault == Fault::RenewalChangesNothing;
        Ok(self.0.settle(ticket, &[State::Claimed], |row, now| {
            if !ignored {
                row.lease_until = now + lease.duration();
            }
        }))
    }

    async fn complete(&self, ticket: &Ticket, keep: Retention) -> Result<Held, StoreError> {
        let both = [State::Claimed, State::Completed];
        let allowed = if self.0.fault == Fault::RepeatedCompletionRefused {
            &both[..1]
        } else {
            &both
        };
        let forgets = self.0.fault == Fault::CompletedForgotten;
        Ok(self.0.settle(ticket, allowed, |row, now| {
            row.state = State::Completed;
            row.expires_at = if forgets { now } else { now + keep.duration() };
        }))
    }

    async fn release(&self, ticket: &Ticket) -> Result<Held, StoreError> {
        let all = [State::Claimed, State::Released, State::Completed];
        let allowed = if self.0.fault == Fault::ReleasedAfterCompletion {
            &all
        } else {
            &all[..2]
        };
        let forgets = self.0.fault == Fault::AttemptsForgottenOnRelease;
        Ok(self.0.settle(ticket, allowed, |row, _| {
            row.state = State::Released;
            row.attempts = if forgets { 0 } else { row.attempts };
        }))
    }

    async fn forget(&self, key: &Key) -> Result<bool, StoreError> {
        let (mut rows, now) = (self.0.rows.lock().unwrap(), self.0.now());
        Ok(rows.remove(key).is_some_and(|row| row.expires_at > now))
    }
}

fn write(rows: &mut HashMap<Key, Row>, key: &Key, decided: Result<Row, Claim>) -> Claim {
    match decided {
        Err(answer) => answer,
        Ok(row) => {
            rows.insert(*key, row);
            Claim::Won(Ticket::new(*key, row.fence, row.attempts))
        }
    }
}
