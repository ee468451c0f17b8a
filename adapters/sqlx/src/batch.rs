//! Verbs that wait for the database while it works on others, and then go to it together.
//!
//! A transaction costs a database about the same whether it holds one claim or two hundred: one message each way, and one
//! wait for the disk. So nobody is made to wait for company: a verb that finds the database idle goes at once and
//! alone, and those that come while it is busy share the next transaction.

mod draw;
mod lane;
#[cfg(all(test, feature = "sqlite"))]
mod tests;

#[cfg(feature = "postgres")]
use std::collections::HashSet;
use std::collections::VecDeque;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sqlx::Database;
use tokio::sync::{Notify, oneshot};
#[cfg(feature = "postgres")]
use tower_webhook::Key;
use tower_webhook::store::{Claim, Held, StoreError};

use crate::failure::Failure;
use crate::lent::Lent;
use crate::verb::{Step, Wish};
use draw::{Reply, Waiting};
use lane::work;

/// The verbs that go to the database together. No two steps are of one key, so that their order can't matter.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) wishes: Vec<Wish>,
    pub(crate) steps: Vec<Step>,
}

impl Batch {
    /// Whether somebody claims a key for which somebody else takes a step.
    #[cfg(feature = "postgres")]
    pub(crate) fn shares_a_key(&self) -> bool {
        let claimed: HashSet<Key> = self.wishes.iter().map(|wish| wish.key).collect();
        self.steps.iter().any(|step| claimed.contains(&step.key))
    }
}

/// What a batch came to, in its order. A record that can't be read is the failure of its own claims only.
#[derive(Debug)]
pub(crate) struct Answers {
    pub(crate) claims: Vec<Result<Claim, Failure>>,
    pub(crate) held: Vec<Held>,
}

/// A database that carries out batches, each on one connection.
pub(crate) trait Engine: Send + Sync + 'static {
    type Database: Database;

    /// A connection on which a statement is a transaction of its own.
    fn connect(&self) -> impl Future<Output = sqlx::Result<Lent<Self::Database>>> + Send;

    /// Carries out each verb of the batch, or says why it can't tell.
    fn carry_out(
        &self,
        connection: &mut Lent<Self::Database>,
        batch: &Batch,
    ) -> impl Future<Output = sqlx::Result<Answers>> + Send;
}

/// How batches follow each other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// How many batches may be at the database at once.
    pub(crate) lanes: usize,
    /// How many verbs must wait before a batch goes beside another: with fewer it would only take half of the other's company.
    pub(crate) company: usize,
    /// How many must wait before it is followed by another one there. The connection is given back after the last.
    pub(crate) followers: usize,
    /// Whether claims go together with steps, because one transaction holds both.
    pub(crate) mixes: bool,
    /// Whether the connection is kept a moment for the verb that may come next. Nobody else may need it: handlers that share the
    /// pool would wait.
    pub(crate) rests: bool,
}

/// Gathers verbs into batches for an engine. Clones share the queue.
pub(crate) struct Batcher<E>(Arc<Shared<E>>);

struct Shared<E> {
    engine: E,
    queue: Mutex<Queue>,
    pace: Pace,
    /// Calls the task that rests.
    call: Notify,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Waiting>,
    /// How many tasks are carrying out batches.
    running: usize,
    /// Whether one of them has nothing to do, and waits to be called.
    is_resting: bool,
}

impl<E: Engine> Batcher<E> {
    pub(crate) fn new(engine: E, pace: Pace) -> Self {
        Self(Arc::new(Shared {
            engine,
            queue: Mutex::default(),
            pace,
            call: Notify::new(),
        }))
    }

    pub(crate) fn engine(&self) -> &E {
        &self.0.engine
    }

    #[cfg(feature = "sqlite")]
    pub(crate) fn pace(&self) -> Pace {
        self.0.pace
    }

    pub(crate) async fn claim(&self, wish: Wish) -> Result<Claim, StoreError> {
        self.ask(|reply| Waiting::Claim(wish, reply)).await
    }

    pub(crate) async fn step(&self, step: Step) -> Result<Held, StoreError> {
        self.ask(|reply| Waiting::Step(step, reply)).await
    }

    async fn ask<T>(&self, verb: impl FnOnce(Reply<T>) -> Waiting) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.enqueue(verb(reply))?;
        Ok(answer.await.unwrap_or(Err(Failure::STOPPED))?)
    }

    fn enqueue(&self, verb: Waiting) -> Result<(), Failure> {
        let mut queue = self.0.queue();
        if queue.waiting.len() >= MOST_WAITING {
            queue.waiting.retain(Waiting::is_wanted);
        }
        if queue.waiting.len() >= MOST_WAITING {
            return Err(Failure::CROWDED);
        }
        queue.waiting.push_back(verb);
        let Pace { lanes, company, .. } = self.0.pace;
        if queue.is_resting {
            queue.is_resting = false;
            self.0.call.notify_one();
        } else if queue.running == 0 || (queue.running < lanes && queue.waiting.len() >= company) {
            queue.running += 1;
            tokio::spawn(work(Arc::clone(&self.0)));
        }
        Ok(())
    }
}

impl<E> Clone for Batcher<E> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<E> Shared<E> {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        // A panic between two lines of the queue's own leaves it whole.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Enough that the disk's share of a verb is small, and few enough that the first of a batch does not wait for the last.
pub(crate) const MOST_AT_ONCE: usize = 256;
/// Who waits here is a request that has been read, so there is a limit to what a slow database makes this process hold.
const MOST_WAITING: usize = 16_384;
