//! A deadline that costs nothing to work that is done at once.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

/// What the work comes to; `None` when it takes longer than this.
///
/// Most bodies have arrived when they are asked for and a store in memory always has its answer, so that a timer, and the
/// reading of the clock that goes with it, is made only for work that has to wait.
pub(crate) async fn within<W: Future>(limit: Duration, work: W) -> Option<W::Output> {
    let mut work = pin!(work);
    match poll_fn(|context| Poll::Ready(work.as_mut().poll(context))).await {
        Poll::Ready(done) => Some(done),
        Poll::Pending => tokio::time::timeout(limit, work).await.ok(),
    }
}
