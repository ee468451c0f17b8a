//! A store of your own: the whole of one, in a `HashMap` behind a lock, and its proof.
//!
//! ```sh
//! cargo run --example custom_store
//! ```
//!
//! A database's store looks the same: each verb is one statement or one transaction, as each is one locked step here. The rules
//! stand in the `store` module's docs; `contract::check` runs a store against all of them and panics with the one that it
//! breaks. For work in one process take the crate's own `MemoryStore`, which is bounded; this map only grows.

use std::collections::HashMap;
use std::error::Error;
use std::future::ready;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tower_webhook::store::{Claim, Held, Lease, Retention, Store, StoreError, Ticket, contract};
use tower_webhook::{DedupLayer, Fingerprint, Key};

/// Clones share the records, as connections to one database do.
#[derive(Clone, Default)]
struct MapStore(Arc<Mutex<Shelf>>);

#[derive(Default)]
struct Shelf {
    records: HashMap<Key, Record>,
    /// Counted for the whole store, so that a key that was forgotten doesn't start again at a fence it has had.
    fences: u64,
}

struct Record {
    fingerprint: Fingerprint,
    fence: u64,
    attempt: u32,
    state: State,
    /// When the retention is over: from then on the record counts as absent, whether it is still there or not.
    ends: Instant,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Claimed { until: Instant },
    Completed,
    Released,
}

impl MapStore {
    /// Runs one step under the lock, with one reading of the store's own clock. No caller's clock ever counts.
    fn step<T>(&self, step: impl FnOnce(&mut Shelf, Instant) -> T) -> T {
        let mut shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        step(&mut shelf, Instant::now())
    }

    /// Runs a step on the ticket's record, if that ticket is still the newest of its key.
    fn held(&self, ticket: &Ticket, step: impl FnOnce(&mut Record, Instant) -> Held) -> Held {
        self.step(|shelf, now| match shelf.records.get_mut(ticket.key()) {
            Some(record) if record.ends > now && record.fence == ticket.fence() => step(record, now),
            _ => Held::Lost,
        })
    }
}

impl Store for MapStore {
    async fn claim(
        &self,
        key: &Key,
        fingerprint: &Fingerprint,
        lease: Lease,
        keep: Retention,
    ) -> Result<Claim, StoreError> {
        Ok(self.step(|shelf, now| {
            let known = shelf.records.get(key).filter(|record| record.ends > now);
            let attempts = match known {
                Some(record) if record.fingerprint != *fingerprint => return Claim::Conflict,
                Some(record) => match record.state {
                    State::Completed => return Claim::Done,
                    State::Claimed { until } if until > now => {
                        return Claim::InFlight {
                            retry_after: until - now,
                        };
                    }
                    // Released, or its holder has died: the next attempt.
                    State::Claimed { .. } | State::Released => record.attempt,
                },
                None => 0,
            };
            shelf.fences += 1;
            let ticket = Ticket::new(*key, shelf.fences, attempts + 1);
            let record = Record {
                fingerprint: *fingerprint,
                fence: ticket.fence(),
                attempt: ticket.attempt(),
                state: State::Claimed {
                    until: now + lease.duration(),
                },
                ends: now + keep.duration(),
            };
            shelf.records.insert(*key, record);
            Claim::Won(ticket)
        }))
    }

    /// A settled claim can't be renewed; one whose lease has ended can, as long as nobody else has claimed the key.
    async fn renew(&self, ticket: &Ticket, lease: Lease) -> Result<Held, StoreError> {
        Ok(self.held(ticket, |record, now| match &mut record.state {
            State::Claimed { until } => {
                *until = now + lease.duration();
                record.ends = record.ends.max(*until);
                Held::Yes
            }
            State::Completed | State::Released => Held::Lost,
        }))
    }

    /// The first answer may have been lost on the way, so completing once more is no error.
    async fn complete(&self, ticket: &Ticket, keep: Retention) -> Result<Held, StoreError> {
        Ok(self.held(ticket, |record, now| match record.state {
            State::Released => Held::Lost,
            State::Completed => Held::Yes,
            State::Claimed { .. } => {
                record.state = State::Completed;
                record.ends = now + keep.duration();
                Held::Yes
            }
        }))
    }

    /// The record stays, so that the attempts go on counting.
    async fn release(&self, ticket: &Ticket) -> Result<Held, StoreError> {
        Ok(self.held(ticket, |record, _| match record.state {
            State::Completed => Held::Lost,
            State::Claimed { .. } | State::Released => {
                record.state = State::Released;
                Held::Yes
            }
        }))
    }

    async fn forget(&self, key: &Key) -> Result<bool, StoreError> {
        Ok(self.step(|shelf, now| {
            let record = shelf.records.remove(key);
            record.is_some_and(|record| record.ends > now)
        }))
    }

    /// Said in the log when a layer is built with it.
    fn durable(&self) -> bool {
        false
    }
}

// Races are part of the proof, so the runtime needs several threads.
#[tokio::main(flavor = "multi_thread", worker_threads = 4)]
async fn main() -> Result<(), Box<dyn Error>> {
    let store = MapStore::default();
    let began = Instant::now();
    contract::check(|| ready(store.clone())).await;
    println!("the store keeps every rule ({:?})", began.elapsed());

    let dedup = DedupLayer::new(store).lease(Duration::from_secs(30))?;
    println!("and serves: {dedup:?}");
    Ok(())
}
