//! Tasks, counted, so that a test can wait for those that nobody holds.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::thread::panicking;

use shuttle::future::{self, JoinError};

std::thread_local! {
    static UNDER_WAY: Cell<usize> = const { Cell::new(0) };
    /// What a panic's unwinding has begun. It is handed to shuttle after it: nobody else may run in between, whom the thread would
    /// take for the one that panics.
    static LEFT_BEHIND: RefCell<Vec<Work>> = const { RefCell::new(Vec::new()) };
}

type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// `None` for what a panic has begun.
#[derive(Debug)]
pub struct JoinHandle<T>(Option<future::JoinHandle<Option<T>>>);

pub fn spawn<F>(work: F) -> JoinHandle<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    let counted = Counted::begin();
    let work = async move {
        let _counted = counted;
        unless_it_panics(work).await
    };
    if panicking() {
        LEFT_BEHIND.with_borrow_mut(|left| left.push(Box::pin(async { drop(work.await) })));
        return JoinHandle(None);
    }
    JoinHandle(Some(future::spawn(work)))
}

/// What the work comes to; `None` when it panics with `()`, which means that a test wants it to. `tokio` ends the task whatever
/// the panic is; here any other one ends the test.
pub async fn unless_it_panics<F: Future>(work: F) -> Option<F::Output> {
    let mut work = pin!(work);
    poll_fn(move |context| {
        let step = AssertUnwindSafe(|| work.as_mut().poll(context));
        match catch_unwind(step) {
            Ok(polled) => polled.map(Some),
            Err(panic) if panic.is::<()>() => {
                let left = LEFT_BEHIND.take();
                left.into_iter().for_each(|work| drop(future::spawn(work)));
                Poll::Ready(None)
            }
            Err(panic) => resume_unwind(panic),
        }
    })
    .await
}

impl<T> Future for JoinHandle<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let begun = self.0.as_mut().expect("nobody waits for what a panic has begun");
        let joined = Pin::new(begun).poll(context);
        joined.map(|ended| ended?.ok_or(JoinError::Cancelled))
    }
}

/// How many tasks have not come to their end.
pub fn under_way() -> usize {
    UNDER_WAY.get()
}

struct Counted;

impl Counted {
    fn begin() -> Self {
        UNDER_WAY.set(UNDER_WAY.get() + 1);
        Self
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        UNDER_WAY.set(UNDER_WAY.get() - 1);
    }
}

pub mod coop {
    //! Nobody here has a budget.

    pub async fn consume_budget() {}

    pub fn unconstrained<F>(work: F) -> F {
        work
    }
}
