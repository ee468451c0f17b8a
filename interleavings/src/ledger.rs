//! What each attempt at the one event has asked of the store and was told, and what must hold at every step.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::time::Instant;
use tower_webhook::store::{Held, StoreError, Ticket};

use crate::tended::Tended;

/// Clones are the same ledger. Its lock is not one of shuttle's: nothing comes between a step and its entry.
#[derive(Debug, Clone)]
pub struct Ledger {
    book: Arc<Mutex<Book>>,
    /// How long the store may take for an answer.
    limit: Duration,
}

#[derive(Debug, Default)]
struct Book {
    attempts: BTreeMap<u64, Attempt>,
    completed: BTreeSet<u64>,
}

#[derive(Debug)]
struct Attempt {
    lease: Tended,
    handler: Handler,
    settled: Option<Settled>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Handler {
    Unborn,
    Runs,
    Over,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Settled {
    Releasing,
    Completing,
    /// A completion that the store did not take, the first of which is number 0.
    Failed {
        number: u32,
        at: Instant,
    },
    For,
}

/// A verb that settles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Verb {
    Complete,
    Release,
}

impl Ledger {
    pub fn new(limit: Duration) -> Self {
        let book = Arc::default();
        Self { book, limit }
    }

    /// Somebody has won the event, who had asked for it then.
    pub fn wins(&self, ticket: &Ticket, asked: Instant) {
        let (mut book, now) = (self.book(), Instant::now());
        for (fence, other) in &book.attempts {
            assert!(*fence < ticket.fence(), "fences rise");
            assert!(
                other.handler != Handler::Runs || other.lease.ends <= now,
                "a rival won while a holder's lease ran"
            );
        }
        let attempt = Attempt {
            lease: Tended::new(asked, self.limit),
            handler: Handler::Unborn,
            settled: None,
        };
        book.attempts.insert(ticket.fence(), attempt);
    }

    pub fn handler_begins(&self, fence: u64) {
        self.with(fence, |attempt| attempt.handler = Handler::Runs);
    }

    pub fn handler_waits(&self, fence: u64) {
        self.with(fence, |attempt| attempt.lease.handler_waits());
    }

    pub fn handler_ends(&self, fence: u64) {
        self.with(fence, |attempt| attempt.handler = Handler::Over);
    }

    /// What the renewal has done by the end of a step that was begun then.
    pub fn check(&self, fence: u64, stepped: Instant, is_told: bool) {
        self.with(fence, |attempt| attempt.lease.check(stepped, is_told));
    }

    /// A renewal is asked for. Answers whether somebody else has won since.
    pub fn asks_to_renew(&self, fence: u64) -> bool {
        self.with(fence, |attempt| {
            assert_eq!(attempt.settled, None, "renewed beside its settlement");
            attempt.lease.asks();
        });
        self.is_old(fence)
    }

    pub fn renewal_waits(&self, fence: u64) {
        self.with(fence, |attempt| attempt.lease.store_waits());
    }

    /// What the holder is told; `None` when it waits for it no longer.
    pub fn renewal_ends(&self, fence: u64, was_old: bool, answer: Option<&Result<Held, StoreError>>) {
        self.with(fence, |attempt| {
            let is_kept = matches!(answer, Some(Ok(Held::Yes)));
            assert!(!(was_old && is_kept), "what is lost stays lost");
            attempt.lease.answered(answer, attempt.handler == Handler::Over);
        });
    }

    /// A settlement is asked for. Answers whether somebody else has won since.
    pub fn asks_to_settle(&self, fence: u64, verb: Verb) -> bool {
        self.with(fence, |attempt| {
            assert_ne!(attempt.handler, Handler::Runs, "settled beside its handler");
            let settled = match (attempt.settled, verb) {
                (None, Verb::Release) => Settled::Releasing,
                (None, Verb::Complete) => Settled::Completing,
                (Some(Settled::Failed { number, at }), Verb::Complete) => {
                    let due = at + pause(number);
                    assert!(Instant::now() >= due, "completed again too early");
                    assert!(due < attempt.lease.ends, "completed again after the lease");
                    let number = number + 1;
                    Settled::Failed { number, at }
                }
                (settled, _) => panic!("{verb:?} after {settled:?}"),
            };
            attempt.settled = Some(settled);
        });
        self.is_old(fence)
    }

    /// The store has carried it out, whether or not anybody hears of it.
    pub fn is_settled(&self, fence: u64, was_old: bool, verb: Verb) {
        let mut book = self.book();
        assert!(!was_old, "{verb:?} of another's claim");
        if verb == Verb::Complete {
            book.completed.insert(fence);
        }
    }

    pub fn settlement_ends(&self, fence: u64, verb: Verb, answer: Option<&Result<Held, StoreError>>) {
        let at = Instant::now();
        self.with(fence, |attempt| {
            attempt.settled = Some(match (answer, verb, attempt.settled) {
                (Some(Ok(_)), ..) | (_, Verb::Release, _) => Settled::For,
                (_, _, Some(Settled::Failed { number, .. })) => Settled::Failed { number, at },
                _ => Settled::Failed { number: 0, at },
            });
        });
    }

    /// What holds when nothing is under way any more. Answers how many runs count.
    pub fn close(&self) -> usize {
        let book = self.book();
        for attempt in book.attempts.values() {
            let is_settled = attempt.settled.is_some();
            assert_eq!(
                is_settled,
                attempt.handler == Handler::Over,
                "each run is settled"
            );
        }
        book.completed.len()
    }

    /// The library takes a store's panics and a handler's for failures of theirs, so whoever waits for both has to ask.
    pub fn is_broken(&self) -> bool {
        self.book.is_poisoned()
    }

    fn is_old(&self, fence: u64) -> bool {
        let newest = self.book().attempts.keys().next_back().copied();
        newest.is_some_and(|newest| newest > fence)
    }

    fn with<T>(&self, fence: u64, step: impl FnOnce(&mut Attempt) -> T) -> T {
        let mut book = self.book();
        step(book.attempts.get_mut(&fence).expect("it was won"))
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().expect("nobody panics under the lock")
    }
}

/// What goes before the next try after this one.
fn pause(number: u32) -> Duration {
    Duration::from_millis(100 << number.min(9)).min(Duration::from_secs(5))
}
