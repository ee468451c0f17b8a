//! The tasks that carry out batches, one after the other, until nobody waits.

use std::ops::ControlFlow;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::yield_now;
use tokio::time::{Instant, Sleep, sleep};

use super::draw::{Draw, Reply};
use super::{Answers, Batch, Claim, Engine, Held, Shared};
use crate::failure::Failure;
use crate::lent::Lent;

/// Carries out batches until nobody waits. A task for each busy spell: none is left behind in a runtime that ends, and
/// none has to be started before the first verb.
pub(super) async fn work<E: Engine>(shared: Arc<Shared<E>>) {
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

/// How long a batch may take, the wait for a connection included, while anybody waits for it. Who calls says how long that is: a
/// receiver two seconds, unless it is told otherwise. This is for callers that set no limit, which must not hold up a lane for ever.
const ENOUGH: Duration = Duration::from_secs(60);

/// In which a batch that nobody waits for may yet end, since a new connection costs more than a little patience.
const GRACE: Duration = Duration::from_millis(200);

/// A connection is kept from one batch to the next, since a pool asks it each time whether it is alive; but not for long, since
/// handlers may wait for it.
const HOLD: Duration = Duration::from_millis(20);
