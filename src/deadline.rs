//! A deadline that costs nothing to work that is done at once.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use tokio::task::coop::unconstrained;
use tokio::time::sleep;

/// What the work comes to; `None` when it takes longer than this.
///
/// Most bodies have arrived when they are asked for and a store in memory always has its answer, so that a timer, and the
/// reading of the clock that goes with it, is made only for work that has to wait. It has a box of its own, so that nobody
/// else keeps room for it. The work stays where it is pinned.
pub(crate) fn within<W: Future>(
    limit: Duration,
    mut work: Pin<&mut W>,
) -> impl Future<Output = Option<W::Output>> {
    let mut timer = None;
    poll_fn(move |context| {
        if let Poll::Ready(done) = work.as_mut().poll(context) {
            return Poll::Ready(Some(done));
        }
        // Work that has used up the task's budget must not keep the timer from being looked at.
        let timer = timer.get_or_insert_with(|| Box::pin(unconstrained(sleep(limit))));
        timer.as_mut().poll(context).map(|()| None)
    })
}
