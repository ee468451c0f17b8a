//! Verbs that are under way at the same time, and go to the server together.
//!
//! What a script's call costs the server is more than what it does for one record. So nobody is made to wait for company, and
//! those that come in the same turn of the runtime share a call.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redis::aio::ConnectionLike;
use redis::{ErrorKind, RedisError, ServerErrorKind, Value};
use tokio::sync::oneshot;
use tokio::task::yield_now;
use tower_webhook::store::StoreError;

use crate::script::VERBS;
use crate::store::failed;
use crate::verb::{Verb, add_to, in_groups};

/// Gathers verbs for a server. Clones share the queue.
pub(crate) struct Batcher<C>(Arc<Shared<C>>);

struct Shared<C> {
    connection: C,
    prefix: Arc<str>,
    queue: Mutex<Queue>,
    /// Whether verbs of different records may share a call: not where records lie on different servers.
    may_share: AtomicBool,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Waiting>,
    /// How many tasks are carrying out verbs.
    running: usize,
}

struct Waiting {
    verb: Verb,
    reply: Reply,
}

type Reply = oneshot::Sender<Result<Value, RedisError>>;

impl<C> Batcher<C>
where
    C: ConnectionLike + Clone + Send + Sync + 'static,
{
    pub(crate) fn new(connection: C, prefix: Arc<str>, may_share: bool) -> Self {
        Self(Arc::new(Shared {
            connection,
            prefix,
            queue: Mutex::default(),
            may_share: AtomicBool::new(may_share),
        }))
    }

    /// The same with another prefix, and a queue of its own.
    pub(crate) fn with_prefix(&self, prefix: Arc<str>) -> Self {
        Self::new(self.0.connection.clone(), prefix, self.0.may_share())
    }

    pub(crate) fn connection(&self) -> &C {
        &self.0.connection
    }

    pub(crate) async fn ask(&self, verb: Verb) -> Result<Value, StoreError> {
        if !self.0.may_share() {
            return self.0.ask_alone(&verb).await.map_err(failed);
        }
        let (reply, answer) = oneshot::channel();
        self.enqueue(Waiting { verb, reply })?;
        let stopped = |_| StoreError::unavailable("the runtime that served this verb was shut down");
        answer.await.map_err(stopped)?.map_err(failed)
    }

    fn enqueue(&self, verb: Waiting) -> Result<(), StoreError> {
        let mut queue = self.0.queue();
        if queue.waiting.len() >= MOST_WAITING {
            queue.waiting.retain(Waiting::is_wanted);
        }
        if queue.waiting.len() >= MOST_WAITING {
            return Err(StoreError::unavailable(
                "too many verbs wait for Redis; check its load",
            ));
        }
        queue.waiting.push_back(verb);
        // One call more would take a part of the others' company, unless there is enough for it.
        let needed = if queue.running < LANES_AT_ONCE { 1 } else { COMPANY };
        if queue.running < LANES && queue.waiting.len() >= needed {
            queue.running += 1;
            tokio::spawn(work(Arc::clone(&self.0)));
        }
        Ok(())
    }
}

impl<C> Batcher<C> {
    pub(crate) fn prefix(&self) -> &Arc<str> {
        &self.0.prefix
    }
}

impl<C> Clone for Batcher<C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// Carries out verbs until nobody waits: a task for each busy spell.
async fn work<C>(shared: Arc<Shared<C>>)
where
    C: ConnectionLike + Clone + Send + Sync + 'static,
{
    let mut lane = Lane {
        shared: &shared,
        is_over: false,
    };
    loop {
        // Whoever is about to ask in this turn joins, those too who were just told.
        yield_now().await;
        let Some(mut batch) = lane.next() else { return };
        let (verbs, mut replies): (Vec<Verb>, Vec<Reply>) =
            batch.drain(..).map(|one| (one.verb, one.reply)).unzip();
        let answers = tokio::select! {
            answers = shared.ask_together(&verbs) => answers,
            // A server that has vanished must not hold up those who come next.
            () = abandoned(&mut replies) => continue,
        };
        for (reply, answer) in replies.into_iter().zip(answers) {
            // Who has gone meanwhile is not told; the contract lets a dropped verb be carried out or not.
            let _ = reply.send(answer);
        }
    }
}

/// Ends when nobody waits for these any more.
async fn abandoned(replies: &mut [Reply]) {
    for reply in replies {
        reply.closed().await;
    }
}

impl<C> Shared<C>
where
    C: ConnectionLike + Clone + Send + Sync + 'static,
{
    /// The answer to each of these verbs.
    async fn ask_together(&self, verbs: &[Verb]) -> Vec<Result<Value, RedisError>> {
        let several: Vec<&Verb> = verbs.iter().collect();
        match self.call(&several).await {
            Ok(answers) => answers.into_iter().map(Ok).collect(),
            // Records turn out to be spread over servers. Nothing was done.
            Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::CrossSlot) => {
                self.may_share.store(false, Ordering::Relaxed);
                let mut answers = Vec::with_capacity(verbs.len());
                for verb in verbs {
                    answers.push(self.ask_alone(verb).await);
                }
                answers
            }
            Err(error) => vec![Err(error); verbs.len()],
        }
    }

    async fn ask_alone(&self, verb: &Verb) -> Result<Value, RedisError> {
        let answers = self.call(&[verb]).await?;
        Ok(answers.into_iter().next().unwrap_or(Value::Nil))
    }

    /// One call of the script, and as many answers as there are verbs.
    async fn call(&self, verbs: &[&Verb]) -> Result<Vec<Value>, RedisError> {
        let fill = |command: &mut redis::Cmd| add_to(command, &self.prefix, verbs);
        match VERBS.run(&self.connection, fill).await? {
            Value::Array(answers) if answers.len() == verbs.len() => Ok(answers),
            other => Ok(vec![other; verbs.len()]),
        }
    }
}

impl<C> Shared<C> {
    fn may_share(&self) -> bool {
        self.may_share.load(Ordering::Relaxed)
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        // A panic between two lines of the queue's own leaves it whole.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A task's place among those that run.
struct Lane<'a, C> {
    shared: &'a Shared<C>,
    is_over: bool,
}

impl<C> Lane<'_, C> {
    /// The next verbs, in groups. With none, the place is given back under the same lock, so that who comes a moment later
    /// finds it free.
    fn next(&mut self) -> Option<Vec<Waiting>> {
        let mut queue = self.shared.queue();
        let mut batch = Vec::new();
        while batch.len() < MOST_AT_ONCE
            && let Some(one) = queue.waiting.pop_front()
        {
            if one.is_wanted() {
                batch.push(one);
            }
        }
        if batch.is_empty() {
            queue.running -= 1;
            self.is_over = true;
            return None;
        }
        drop(queue);
        in_groups(&mut batch, |one| &one.verb);
        Some(batch)
    }
}

impl<C> Drop for Lane<'_, C> {
    /// A task that is stopped half-way, with its runtime, gives its place back as well. Those who wait are told, since
    /// nobody else would begin on them.
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        let mut queue = self.shared.queue();
        queue.running -= 1;
        if queue.running == 0 {
            queue.waiting.clear();
        }
    }
}

impl Waiting {
    /// Whether somebody still waits for the answer.
    fn is_wanted(&self) -> bool {
        !self.reply.is_closed()
    }
}

/// While the server works on one call, the next is made and the last is read.
const LANES: usize = 8;
const LANES_AT_ONCE: usize = 2;
const COMPANY: usize = 16;
/// Few enough that the script is over before anybody else on the server notices: a fifth of a millisecond.
const MOST_AT_ONCE: usize = 64;
/// Who waits here is a request that has been read, so there is a limit to what a slow server makes this process hold.
const MOST_WAITING: usize = 16_384;

#[cfg(test)]
mod tests;
