//! Verbs that wait for the database while it works on others, and then go to it together.
//!
//! A transaction costs a database about the same whether it holds one claim or two hundred: one message each way, and one
//! wait for the disk. So nobody is made to wait for company: a verb that finds the database idle goes at once and
//! alone, and those that come while it is busy share the next transaction.

mod draw;
#[cfg(all(test, feature = "sqlite"))]
mod tests;

#[cfg(feature = "postgres")]
use std::collections::HashSet;
use std::collections::VecDeque;
use std::future::Future;
use std::ops::ControlFlow;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::Database;
use tokio::sync::{Notify, oneshot};
use tokio::task::yield_now;
use tokio::time::{Instant, Sleep, sleep};
#[cfg(feature = "postgres")]
use tower_webhook::Key;
use tower_webhook::store::{Claim, Held, StoreError};

use crate::failure::Failure;
use crate::lent::Lent;
use crate::verb::{Step, Wish};
use draw::{Draw, Reply, Waiting};

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

/// Carries out batches until nobody waits. A task for each busy spell: none is left behind in a runtime that ends, and
/// none has to be started before the first verb.
async fn work<E: Engine>(shared: Arc<Shared<E>>) {
    let mut lane = Lane {
        shared: &shared,
        is_over: false,
    };
    let mut connection = None;
    let mut end = pin!(sleep(HOLD));
    while let Some(mut draw) = lane.next(end.as_mut()).await {
        let answers = tokio::select! {
            answers = serve(&shared.engine, &mut connection, &draw.batch) => answers,
            () = abandoned(&mut draw.claims, &mut draw.held) => Err(Failure::LATE),
            () = sleep(ENOUGH) => Err(Failure::LATE),
        };
        if answers.as_ref().is_err_and(|failure| !failure.is_refusal()) {
            connection = None;
        }
        draw.answer(answers);
        // Whoever was just told may have its next verb ready: then it joins the others instead of going alone behind them.
        yield_now().await;
        if end.deadline() < Instant::now() {
            connection.take().into_iter().for_each(Lent::give_back);
            end.as_mut().reset(Instant::now() + HOLD);
        }
    }
    connection.into_iter().for_each(Lent::give_back);
}

/// Ends a little after the last of them has given up. Then whatever holds the batch up, a lock or a host that has vanished, must
/// not hold up those who come next.
async fn abandoned(claims: &mut [Reply<Claim>], held: &mut [Reply<Held>]) {
    for reply in claims {
        reply.closed().await;
    }
    for reply in held {
        reply.closed().await;
    }
    sleep(GRACE).await;
}

async fn serve<E: Engine>(
    engine: &E,
    connection: &mut Option<Lent<E::Database>>,
    batch: &Batch,
) -> Result<Answers, Failure> {
    let connection = match connection {
        Some(connection) => connection,
        None => connection.insert(engine.connect().await?),
    };
    Ok(engine.carry_out(connection, batch).await?)
}

/// A task's place among those that run.
struct Lane<'a, E> {
    shared: &'a Shared<E>,
    is_over: bool,
}

impl<E> Lane<'_, E> {
    /// The next batch; `None` when there is none, and none has come before the end of the rest.
    async fn next(&mut self, mut end: Pin<&mut Sleep>) -> Option<Draw> {
        let mut may_rest = self.shared.pace.rests;
        loop {
            if let ControlFlow::Break(draw) = self.draw(may_rest) {
                return draw;
            }
            tokio::select! {
                () = self.shared.call.notified() => {}
                () = &mut end => may_rest = false,
            }
        }
    }

    /// What waits. With nothing, or too little to go beside another batch, the place is given back under the same lock, so that who
    /// comes a moment later finds it free; unless there is rest to be had.
    fn draw(&mut self, may_rest: bool) -> ControlFlow<Option<Draw>> {
        let mut queue = self.shared.queue();
        if queue.running == 1 || queue.waiting.len() >= self.shared.pace.followers {
            let draw = Draw::from(&mut queue.waiting, self.shared.pace.mixes);
            queue.is_resting = draw.is_empty() && may_rest;
            if !draw.is_empty() {
                return ControlFlow::Break(Some(draw));
            }
            if may_rest {
                return ControlFlow::Continue(());
            }
        }
        queue.running -= 1;
        self.is_over = true;
        ControlFlow::Break(None)
    }
}

impl<E> Drop for Lane<'_, E> {
    /// A task that is stopped half-way, with its runtime, gives its place back as well. Those who wait are told, since
    /// nobody else would begin on them.
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        let mut queue = self.shared.queue();
        queue.running -= 1;
        queue.is_resting = false;
        if queue.running == 0 {
            queue.waiting.clear();
        }
    }
}

impl<E> Shared<E> {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        // A panic between two lines of the queue's own leaves it whole.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long a batch may take, the wait for a connection included, while anybody waits for it. Who calls says how long that is: a
/// receiver two seconds, unless it is told otherwise. This is for callers that set no limit, which must not hold up a lane for ever.
const ENOUGH: Duration = Duration::from_secs(60);

/// In which a batch that nobody waits for may yet end, since a new connection costs more than a little patience.
const GRACE: Duration = Duration::from_millis(200);

/// A connection is kept from one batch to the next, since a pool asks it each time whether it is alive; but not for long, since
/// handlers may wait for it.
const HOLD: Duration = Duration::from_millis(20);

/// Enough that the disk's share of a verb is small, and few enough that the first of a batch does not wait for the last.
pub(crate) const MOST_AT_ONCE: usize = 256;
/// Who waits here is a request that has been read, so there is a limit to what a slow database makes this process hold.
const MOST_WAITING: usize = 16_384;
