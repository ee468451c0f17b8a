//! Dropping a call after each number of polls.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use tokio::runtime::{Builder, Runtime};

use crate::log;

/// No call here waits as often.
pub(crate) const DEEPEST: usize = 400;

/// Cuts a call after each number of polls, until it comes to its end. It does so after `waits` of them: as often as there is
/// something to wait for. So a wait that is there no longer, or not yet, is noticed.
pub(crate) fn for_each_cut(waits: usize, mut cut: impl FnMut(usize) -> bool) {
    let polls = (0..DEEPEST).position(|polls| {
        log::begin();
        let is_whole = cut(polls);
        assert_eq!(log::panics(), 0, "something panicked after {polls} polls");
        is_whole
    });
    let polls = polls.expect("the call never came to its end");
    assert_eq!(polls, waits + 1, "once for each wait, and once more");
}

/// Polls a call this often, then drops it; answers what it came to, if it did.
pub(crate) async fn cut<F: Future>(call: F, polls: usize) -> Option<F::Output> {
    let mut call = pin!(Some(Box::pin(call)));
    let mut left = polls;
    poll_fn(|context| {
        let Some(running) = call.as_mut().get_mut() else {
            return Poll::Ready(None);
        };
        if left > 0
            && let Poll::Ready(output) = running.as_mut().poll(context)
        {
            return Poll::Ready(Some(output));
        }
        left = left.saturating_sub(1);
        if left == 0 {
            call.as_mut().set(None);
            return Poll::Ready(None);
        }
        Poll::Pending
    })
    .await
}

/// A runtime of one thread, whose clock goes on when all there is waits for it.
pub(crate) fn on_a_runtime<F: Future>(work: F) -> F::Output {
    let runtime: Runtime = Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(work)
}
