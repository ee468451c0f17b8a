//! How a memory store is set up.

use crate::error::{ConfigError, ConfigErrorKind};

use super::MemoryStore;
#[cfg(feature = "test-util")]
use super::time::ManualTime;
use super::time::Time;

/// The number of events that a memory store remembers unless it is told otherwise.
pub(super) const DEFAULT_CAPACITY: usize = 1_000_000;

/// Sets up a [`MemoryStore`].
///
/// ```
/// use tower_webhook::store::MemoryStore;
///
/// let store = MemoryStore::builder().capacity(50_000).build()?;
/// assert_eq!(store.capacity(), 50_000);
/// # Ok::<(), tower_webhook::ConfigError>(())
/// ```
#[derive(Debug)]
#[must_use = "a builder makes a store only when it is built"]
pub struct MemoryStoreBuilder {
    capacity: usize,
    time: Time,
}

impl Default for MemoryStoreBuilder {
    fn default() -> Self {
        Self {
            capacity: DEFAULT_CAPACITY,
            time: Time::default(),
        }
    }
}

impl MemoryStoreBuilder {
    /// How many events the store remembers at most; one million by default, which takes about 80 MB once they are completed.
    ///
    /// Choose more than the events that arrive within the retention, or the oldest are forgotten before their time: from some 2 %
    /// below the capacity on, in a store for 30,000 or more.
    pub fn capacity(mut self, records: usize) -> Self {
        self.capacity = records;
        self
    }

    /// Measures leases and retention by a time that a test moves.
    #[cfg(feature = "test-util")]
    pub fn clock(mut self, time: ManualTime) -> Self {
        self.time = Time::Manual(time);
        self
    }

    /// Makes the store. Memory is taken only as events arrive.
    ///
    /// # Errors
    ///
    /// [`ConfigErrorKind::Limit`] when the capacity is zero.
    pub fn build(self) -> Result<MemoryStore, ConfigError> {
        if self.capacity == 0 {
            return Err(ConfigError::new(
                ConfigErrorKind::Limit,
                "a memory store without room refuses each delivery; give it a capacity of at least 1",
            ));
        }
        Ok(MemoryStore::new(self.capacity, self.time))
    }
}
