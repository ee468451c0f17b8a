//! The memory store's own time: a count of nanoseconds that only goes forward.

#[cfg(feature = "test-util")]
use std::sync::Arc;
#[cfg(feature = "test-util")]
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A moment that never comes. No record is due then.
pub(super) const NEVER: u64 = u64::MAX;

/// The moment that lies `length` after `now`. A length that the clock can't count is cut to the last moment it can.
pub(in crate::store) fn after(now: u64, length: Duration) -> u64 {
    now.saturating_add(nanos(length)).min(NEVER - 1)
}

/// What is left until this moment; `None` when it is over.
pub(super) fn left(until: u64, now: u64) -> Option<Duration> {
    let left = until.checked_sub(now).filter(|left| *left > 0);
    left.map(Duration::from_nanos)
}

fn nanos(length: Duration) -> u64 {
    u64::try_from(length.as_nanos()).unwrap_or(NEVER)
}

/// Where the store reads its time.
#[derive(Debug)]
pub(in crate::store) enum Time {
    Monotonic(Instant),
    #[cfg(feature = "test-util")]
    Manual(ManualTime),
}

impl Default for Time {
    fn default() -> Self {
        Self::Monotonic(Instant::now())
    }
}

impl Time {
    pub(in crate::store) fn now(&self) -> u64 {
        match self {
            Self::Monotonic(start) => nanos(start.elapsed()),
            #[cfg(feature = "test-util")]
            Self::Manual(time) => time.0.load(Ordering::SeqCst),
        }
    }
}

/// A store's time that stands still until a test moves it. Clones share one time.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// use std::time::Duration;
/// use tower_webhook::store::{Claim, Lease, ManualTime, MemoryStore, Retention, Store};
/// use tower_webhook::{Fingerprint, Key};
///
/// let time = ManualTime::default();
/// let store = MemoryStore::builder().clock(time.clone()).build()?;
/// let (key, print) = (Key::from_bytes([1; 32]), Fingerprint::from_bytes([1; 16]));
/// let (lease, keep) = (Lease::new(Duration::from_secs(60)), Retention::new(Duration::from_secs(3600)));
///
/// assert!(matches!(store.claim(&key, &print, lease, keep).await?, Claim::Won(_)));
/// time.advance(Duration::from_secs(60));
/// assert!(matches!(store.claim(&key, &print, lease, keep).await?, Claim::Won(_)), "the first lease is over");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[cfg(feature = "test-util")]
#[derive(Debug, Clone, Default)]
pub struct ManualTime(Arc<AtomicU64>);

#[cfg(feature = "test-util")]
impl ManualTime {
    /// Moves the time forward by this length.
    pub fn advance(&self, length: Duration) {
        let moved = |now| Some(after(now, length));
        // The closure never declines, so there is no failure to report.
        let _ = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, moved);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_ends_at_a_moment_that_comes() {
        assert_eq!(after(1, Duration::MAX), NEVER - 1);
        assert_eq!(left(7, 6), Some(Duration::from_nanos(1)));
        assert_eq!((left(7, 7), left(7, 8)), (None, None));
    }
}
