//! A time that goes on only when it is moved, in one step that nothing comes between.
//!
//! All tasks of an execution run on one thread, so each execution has the time of its own thread.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::future::{Future, poll_fn};
use std::ops::{Add, Sub};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
pub use std::time::Duration;

#[derive(Default)]
struct Clock {
    now: Duration,
    slept: u64,
    sleepers: BTreeMap<u64, (Instant, Waker)>,
}

std::thread_local! {
    static CLOCK: RefCell<Clock> = RefCell::default();
}

/// Begins a time in which nobody sleeps.
pub fn begin() {
    CLOCK.take();
}

/// Moves the time and wakes those whose time has come.
pub fn advance(length: Duration) {
    let due: Vec<_> = CLOCK.with_borrow_mut(|clock| {
        clock.now += length;
        let now = Instant(clock.now);
        let sleepers = clock.sleepers.values();
        let due = sleepers.filter(|(until, _)| *until <= now);
        due.map(|(_, waker)| waker.clone()).collect()
    });
    due.iter().for_each(Waker::wake_by_ref);
}

/// How long it is until the next sleeper's time comes, if anybody sleeps.
pub fn until_the_next() -> Option<Duration> {
    CLOCK.with_borrow(|clock| {
        let now = Instant(clock.now);
        let left = clock.sleepers.values().map(|(until, _)| *until - now);
        left.filter(|left| !left.is_zero()).min()
    })
}

/// A moment, counted from the time's beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(Duration);

impl Instant {
    pub fn now() -> Self {
        Self(CLOCK.with_borrow(|clock| clock.now))
    }

    pub fn elapsed(&self) -> Duration {
        Self::now() - *self
    }

    pub fn duration_since(&self, earlier: Self) -> Duration {
        *self - earlier
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    fn add(self, length: Duration) -> Self {
        Self(self.0 + length)
    }
}

impl Sub for Instant {
    type Output = Duration;

    fn sub(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

pub fn sleep(length: Duration) -> Sleep {
    sleep_until(Instant::now() + length)
}

pub fn sleep_until(until: Instant) -> Sleep {
    let number = CLOCK.with_borrow_mut(|clock| {
        clock.slept += 1;
        clock.slept
    });
    Sleep { until, number }
}

#[derive(Debug)]
pub struct Sleep {
    until: Instant,
    number: u64,
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if Instant::now() >= self.until {
            return Poll::Ready(());
        }
        let sleeper = (self.until, context.waker().clone());
        CLOCK.with_borrow_mut(|clock| clock.sleepers.insert(self.number, sleeper));
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        CLOCK.with_borrow_mut(|clock| clock.sleepers.remove(&self.number));
    }
}

/// What the work comes to until then. It is looked at first, as `tokio` does.
pub async fn timeout_at<F: Future>(until: Instant, work: F) -> Result<F::Output, Elapsed> {
    let (mut work, mut end) = (pin!(work), pin!(sleep_until(until)));
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Ok(done)),
        Poll::Pending => end.as_mut().poll(context).map(|()| Err(Elapsed)),
    })
    .await
}

pub fn timeout<F: Future>(length: Duration, work: F) -> impl Future<Output = Result<F::Output, Elapsed>> {
    timeout_at(Instant::now() + length, work)
}

#[derive(Debug)]
pub struct Elapsed;

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the time is over")
    }
}

impl Error for Elapsed {}
