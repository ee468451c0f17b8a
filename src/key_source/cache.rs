//! Keys that were fetched: kept for a time, and fetched once however many wait for them.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use super::error::KeyError;
use super::shelf::{Next, Outcome, Shelf, Want};
use super::{ErasedKeySource, KeySource, KeyUrl, MAX_DOCUMENT};
use crate::error::BoxError;

/// A [`KeySource`] that is asked seldom, and what its documents have been read as.
///
/// Clones share what is kept. It needs a Tokio runtime with time: a fetch is a task of its own, so that it ends although
/// whoever asked first has hung up.
///
/// ```
/// # use bytes::Bytes;
/// # use tower_webhook::{BoxError, key_source::{KeySource, KeyUrl}};
/// # struct Shipped;
/// # impl KeySource for Shipped {
/// #     async fn fetch(&self, _: &KeyUrl) -> Result<Bytes, BoxError> { Ok(Bytes::from_static(b"key")) }
/// # }
/// use tower_webhook::key_source::{KeyCache, KeyHosts};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), BoxError> {
/// let hosts = KeyHosts::new(["keys.example.com"])?;
/// let keys = KeyCache::new(Shipped, |document| Ok(document.to_vec()));
/// let key = keys.get(&hosts.url("https://keys.example.com/2026.pem")?).await?;
/// assert_eq!(*key, b"key");
/// # Ok(()) }
/// ```
pub struct KeyCache<T> {
    source: Arc<dyn ErasedKeySource>,
    read: Arc<Read<T>>,
    timeout: Duration,
    shelf: Arc<Mutex<Shelf<T>>>,
}

type Read<T> = dyn Fn(&[u8]) -> Result<T, BoxError> + Send + Sync;

impl<T: Send + Sync + 'static> KeyCache<T> {
    /// Keys of this source, each read once by this function, kept for a day.
    pub fn new(
        source: impl KeySource,
        read: impl Fn(&[u8]) -> Result<T, BoxError> + Send + Sync + 'static,
    ) -> Self {
        Self {
            source: Arc::new(source),
            read: Arc::new(read),
            timeout: TIMEOUT,
            shelf: Arc::new(Mutex::new(Shelf::new(KEEP))),
        }
    }

    /// For how long a key counts before it is fetched again; a day by default. What was kept before is forgotten.
    #[must_use]
    pub fn keep(self, keep: Duration) -> Self {
        Self {
            shelf: Arc::new(Mutex::new(Shelf::new(keep))),
            ..self
        }
    }

    /// How long one fetch may take; 5 seconds by default.
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// The key at this URL, from what is kept or fetched now.
    ///
    /// # Errors
    ///
    /// When the source can't answer in time, when what it answers is no key, when that was so a few seconds ago, or when too
    /// many new URLs have been tried in this minute.
    pub async fn get(&self, url: &KeyUrl) -> Result<Arc<T>, KeyError> {
        self.ask(url, Want::Any).await
    }

    /// The key at this URL, fetched again unless that was done in the last minute: for a set of keys that lacks the one which
    /// a delivery names. When the fetch fails, a key that still counts is answered.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub async fn newer(&self, url: &KeyUrl) -> Result<Arc<T>, KeyError> {
        self.ask(url, Want::Newer).await
    }

    async fn ask(&self, url: &KeyUrl, want: Want) -> Result<Arc<T>, KeyError> {
        let known = url.is_configured() || self.source.knows(url);
        let next = self.shelf().ask(url, known, want, Instant::now());
        let mut landing = match next {
            Next::Known(outcome) => return outcome,
            Next::Wait(landing) => landing,
            Next::Fetch(tell, landing) => {
                self.set_off(url.clone(), tell);
                landing
            }
        };
        let landed = landing.wait_for(Option::is_some).await;
        landed
            .ok()
            .and_then(|outcome| outcome.clone())
            .unwrap_or_else(|| Err(broken_off()))
    }

    fn set_off(&self, url: KeyUrl, tell: watch::Sender<Option<Outcome<T>>>) {
        let flight = Flight {
            cache: self.clone(),
            url,
            tell,
            result: Err(broken_off()),
        };
        tokio::spawn(async move {
            let result = flight.fetch().await;
            flight.land(result);
        });
    }

    #[cfg(test)]
    pub(super) fn kept(&self) -> usize {
        self.shelf().len()
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf<T>> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A fetch under way. However it ends, a panic of the source included, whoever waits is told.
struct Flight<T: Send + Sync + 'static> {
    cache: KeyCache<T>,
    url: KeyUrl,
    tell: watch::Sender<Option<Outcome<T>>>,
    result: Result<T, KeyError>,
}

impl<T: Send + Sync + 'static> Flight<T> {
    async fn fetch(&self) -> Result<T, KeyError> {
        let unanswered =
            KeyError::unavailable("the key source does not answer; look at its host and at the way there");
        let document = timeout(self.cache.timeout, self.cache.source.fetch(&self.url)).await;
        let document = document
            .unwrap_or_else(|late| Err(late.into()))
            .map_err(|cause| unanswered.because(cause))?;
        if document.len() > MAX_DOCUMENT {
            return Err(KeyError::unavailable(
                "the key's document is longer than 64 KiB; see what its host answers",
            ));
        }
        let unreadable = KeyError::unavailable("the key's document is no key; see what its host answers");
        (self.cache.read)(&document).map_err(|cause| unreadable.because(cause))
    }

    fn land(mut self, result: Result<T, KeyError>) {
        self.result = result;
    }
}

impl<T: Send + Sync + 'static> Drop for Flight<T> {
    fn drop(&mut self) {
        let result = std::mem::replace(&mut self.result, Err(broken_off()));
        let outcome = self.cache.shelf().settle(&self.url, result, Instant::now());
        self.tell.send_replace(Some(outcome));
    }
}

fn broken_off() -> KeyError {
    KeyError::unavailable("the fetch of a key was broken off; see whether the key source panics")
}

impl<T> Clone for KeyCache<T> {
    fn clone(&self) -> Self {
        Self {
            source: Arc::clone(&self.source),
            read: Arc::clone(&self.read),
            timeout: self.timeout,
            shelf: Arc::clone(&self.shelf),
        }
    }
}

impl<T> fmt::Debug for KeyCache<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyCache")
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// A certificate's URL names one certificate for ever; a set of keys is asked for again when it lacks one.
const KEEP: Duration = Duration::from_secs(86_400);
/// Half of what most senders wait for an answer.
const TIMEOUT: Duration = Duration::from_secs(5);
