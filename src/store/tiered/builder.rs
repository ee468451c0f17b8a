//! How the front of a tiered store is set up.

use std::time::Duration;

use crate::error::{ConfigError, ConfigErrorKind};
use crate::store::Store;
#[cfg(feature = "test-util")]
use crate::store::memory::time::ManualTime;
use crate::store::memory::time::Time;

use super::TieredStore;
use super::front::Front;

/// Sets up a [`TieredStore`].
///
/// ```
/// use std::time::Duration;
/// use tower_webhook::store::{MemoryStore, TieredStore};
///
/// let database = MemoryStore::default(); // any other store
/// let store = TieredStore::builder(database)
///     .capacity(10_000)
///     .remember(Duration::from_secs(5))
///     .build()?;
/// # Ok::<(), tower_webhook::ConfigError>(())
/// ```
#[derive(Debug)]
#[must_use = "a builder makes a store only when it is built"]
pub struct TieredStoreBuilder<S> {
    store: S,
    capacity: usize,
    remember: Duration,
    time: Time,
}

impl<S: Store> TieredStoreBuilder<S> {
    pub(super) fn new(store: S) -> Self {
        Self {
            store,
            capacity: CAPACITY,
            remember: REMEMBER,
            time: Time::default(),
        }
    }

    /// How many events the front remembers at most, 100,000 unless you choose another number. It forgets the oldest first, and
    /// then the store answers.
    pub fn capacity(mut self, events: usize) -> Self {
        self.capacity = events;
        self
    }

    /// For how long the front answers by itself after it has learnt that an event is done, 10 seconds unless you choose another
    /// time. So long, too, may a [forget](Store::forget) in another process go unnoticed.
    pub fn remember(mut self, time: Duration) -> Self {
        self.remember = time;
        self
    }

    /// Measures by a time that a test moves.
    #[cfg(feature = "test-util")]
    pub fn clock(mut self, time: ManualTime) -> Self {
        self.time = Time::Manual(time);
        self
    }

    /// Makes the store. Memory is taken only as events arrive.
    ///
    /// # Errors
    ///
    /// [`ConfigErrorKind::Limit`] when the front has no room, or would remember for nothing or for more than an hour.
    pub fn build(self) -> Result<TieredStore<S>, ConfigError> {
        if self.capacity == 0 || self.remember.is_zero() || self.remember > LONGEST {
            return Err(ConfigError::new(
                ConfigErrorKind::Limit,
                "a front has room for at least 1 event and remembers it for up to an hour; without one, use the store itself",
            ));
        }
        Ok(self.make())
    }

    pub(super) fn make(self) -> TieredStore<S> {
        TieredStore::with(self.store, Front::new(self.capacity, self.remember), self.time)
    }
}

const CAPACITY: usize = 100_000;
const REMEMBER: Duration = Duration::from_secs(10);
const LONGEST: Duration = Duration::from_secs(3600);
