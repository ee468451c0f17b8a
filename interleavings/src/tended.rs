//! A lease as its holder knows it, and what the renewal beside a handler must have done by any moment.

use std::time::Duration;

use tokio::time::Instant;
use tower_webhook::store::{Held, StoreError};

pub const LEASE: Duration = Duration::from_secs(60);
const THIRD: Duration = Duration::from_secs(20);
/// After a renewal that failed.
const QUARTER: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(crate) struct Tended {
    /// When the lease ends, as far as its holder can know.
    pub(crate) ends: Instant,
    renewal: Renewal,
    /// How long the store may take for an answer.
    limit: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Renewal {
    /// The handler has not had to wait.
    Unborn,
    SleepsUntil(Instant),
    Asks {
        since: Instant,
        /// When the time limit began, which is made only for a store that has to be waited for.
        waits: Option<Instant>,
    },
    /// Nothing is left to do from this moment on but to tell the handler.
    LostAt(Instant),
}

impl Tended {
    pub(crate) fn new(asked: Instant, limit: Duration) -> Self {
        Self {
            ends: asked + LEASE,
            renewal: Renewal::Unborn,
            limit,
        }
    }

    /// The handler has to wait, so that its renewal is looked at next.
    pub(crate) fn handler_waits(&mut self) {
        if self.renewal == Renewal::Unborn {
            self.sleeps(THIRD);
        }
    }

    /// What has been done by the end of a step that was begun then.
    pub(crate) fn check(&self, stepped: Instant, is_told: bool) {
        match self.renewal {
            Renewal::Unborn => panic!("a handler that waits has a renewal"),
            Renewal::SleepsUntil(due) => {
                assert!(stepped < due, "no renewal when it was due");
                assert!(!is_told, "told of a loss while it sleeps");
            }
            Renewal::Asks { since, waits } => {
                let waits = waits.expect("what is not waited for is answered");
                assert!(stepped < waits + self.limit, "waits beyond the limit");
                assert!(
                    since >= self.ends || stepped < self.ends,
                    "waits beyond the lease"
                );
                assert!(!is_told, "told of a loss while it asks");
            }
            Renewal::LostAt(at) if is_told => assert!(Instant::now() >= at, "told too early"),
            Renewal::LostAt(at) => assert!(stepped < at, "not told of its loss"),
        }
    }

    pub(crate) fn asks(&mut self) {
        let Renewal::SleepsUntil(due) = self.renewal else {
            panic!("asked for a renewal in {:?}", self.renewal);
        };
        assert!(Instant::now() >= due, "a renewal before it is due");
        self.renewal = Renewal::Asks {
            since: Instant::now(),
            waits: None,
        };
    }

    /// The store has no answer yet.
    pub(crate) fn store_waits(&mut self) {
        if let Renewal::Asks { waits, .. } = &mut self.renewal {
            waits.get_or_insert_with(Instant::now);
        }
    }

    /// What the holder is told; `None` when it waits for it no longer, as it does not when its handler is over.
    pub(crate) fn answered(&mut self, answer: Option<&Result<Held, StoreError>>, is_over: bool) {
        let Renewal::Asks { since, waits } = self.renewal else {
            panic!("an answer in {:?}", self.renewal);
        };
        let now = Instant::now();
        match answer {
            Some(Ok(Held::Yes)) => {
                self.ends = since + LEASE;
                self.sleeps(THIRD);
            }
            Some(Ok(Held::Lost)) => self.renewal = Renewal::LostAt(now),
            Some(Err(_)) | None => {
                let is_beyond = waits.is_some_and(|waits| now >= waits + self.limit);
                let is_late = is_beyond || since < self.ends && now >= self.ends;
                let may_end = answer.is_some() || is_over || is_late;
                assert!(may_end, "a renewal was given up too early");
                if now + QUARTER >= self.ends {
                    self.renewal = Renewal::LostAt(self.ends);
                } else {
                    self.sleeps(QUARTER);
                }
            }
        }
    }

    fn sleeps(&mut self, length: Duration) {
        self.renewal = Renewal::SleepsUntil((Instant::now() + length).min(self.ends));
    }
}
