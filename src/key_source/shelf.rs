//! What is kept of each URL, and whether its key is to be fetched now.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::KeyUrl;
use super::error::KeyError;

pub(super) type Outcome<T> = Result<Arc<T>, KeyError>;

/// What whoever asks is content with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Want {
    /// A key that still counts.
    Any,
    /// A key that was fetched in the last minute.
    Newer,
}

/// What is to be done for whoever asks.
pub(super) enum Next<T> {
    Known(Outcome<T>),
    Wait(watch::Receiver<Option<Outcome<T>>>),
    Fetch(
        watch::Sender<Option<Outcome<T>>>,
        watch::Receiver<Option<Outcome<T>>>,
    ),
}

pub(super) struct Shelf<T> {
    keep: Duration,
    slots: HashMap<Arc<str>, Slot<T>>,
    /// When URLs that had no key were tried, within the last minute.
    tried: VecDeque<Instant>,
}

struct Slot<T> {
    key: Option<(Arc<T>, Instant)>,
    failure: Option<(KeyError, Instant)>,
    flight: Option<watch::Receiver<Option<Outcome<T>>>>,
}

impl<T> Shelf<T> {
    pub(super) fn new(keep: Duration) -> Self {
        Self {
            keep,
            slots: HashMap::new(),
            tried: VecDeque::new(),
        }
    }

    /// What whoever asks is to do. A URL that is known needs no turn among those that nobody has seen.
    pub(super) fn ask(&mut self, url: &KeyUrl, known: bool, want: Want, now: Instant) -> Next<T> {
        let mut known = known;
        if let Some(slot) = self.slots.get(url.as_str()) {
            known |= slot.key.is_some();
            let key = slot.counting(self.keep, now);
            let needed = if want == Want::Any { self.keep } else { RENEW };
            if let Some(key) = slot.counting(needed.min(self.keep), now) {
                return Next::Known(Ok(key));
            }
            if let Some(flight) = &slot.flight {
                return Next::Wait(flight.clone());
            }
            if let Some((failure, _)) = slot.failure.as_ref().filter(|(_, at)| now < *at + RETRY) {
                return Next::Known(key.ok_or_else(|| failure.clone()));
            }
        }
        if !known && !self.may_try(now) {
            return Next::Known(Err(KeyError::unavailable(
                "too many URLs of keys that nobody knows were named in this minute; this one waits",
            )));
        }
        self.make_room(now);
        let (tell, landing) = watch::channel(None);
        self.slots.entry(url.text()).or_default().flight = Some(landing.clone());
        Next::Fetch(tell, landing)
    }

    /// Keeps what a fetch came to. A failure leaves a key that still counts where it is.
    pub(super) fn settle(&mut self, url: &KeyUrl, result: Result<T, KeyError>, now: Instant) -> Outcome<T> {
        let keep = self.keep;
        let slot = self.slots.entry(url.text()).or_default();
        slot.flight = None;
        match result {
            Ok(key) => {
                let key = Arc::new(key);
                slot.failure = None;
                slot.key = Some((Arc::clone(&key), now));
                Ok(key)
            }
            Err(failure) => {
                slot.failure = Some((failure.clone(), now));
                slot.counting(keep, now).ok_or(failure)
            }
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether one more URL that has no key may be tried, and notes that it is.
    fn may_try(&mut self, now: Instant) -> bool {
        while self.tried.front().is_some_and(|at| now >= *at + MINUTE) {
            self.tried.pop_front();
        }
        let may = self.tried.len() < MAX_TRIED;
        if may {
            self.tried.push_back(now);
        }
        may
    }

    /// Forgets failures that are over; of too many keys, the one fetched longest ago.
    fn make_room(&mut self, now: Instant) {
        self.slots.retain(|_, slot| {
            slot.key.is_some()
                || slot.flight.is_some()
                || slot.failure.as_ref().is_some_and(|(_, at)| now < *at + RETRY)
        });
        if self.slots.len() < MAX_KEPT {
            return;
        }
        let idle = self.slots.iter().filter(|(_, slot)| slot.flight.is_none());
        let oldest = idle.min_by_key(|(_, slot)| slot.key.as_ref().map(|(_, at)| *at));
        if let Some(url) = oldest.map(|(url, _)| url.clone()) {
            self.slots.remove(&url);
        }
    }
}

impl<T> Slot<T> {
    /// The key, if it was fetched less than this long ago.
    fn counting(&self, keep: Duration, now: Instant) -> Option<Arc<T>> {
        let (key, at) = self.key.as_ref()?;
        (now.duration_since(*at) < keep).then(|| Arc::clone(key))
    }
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self {
            key: None,
            failure: None,
            flight: None,
        }
    }
}

/// A failure counts for so long: a host that is down is asked six times a minute for a key, not for each delivery.
const RETRY: Duration = Duration::from_secs(10);
/// A key that was fetched so lately is new enough: whoever names keys that don't exist causes one fetch a minute.
const RENEW: Duration = MINUTE;
const MINUTE: Duration = Duration::from_secs(60);
/// URLs without a key that are tried in a minute. A sender has one or two; an outsider can name any number.
pub(super) const MAX_TRIED: usize = 16;
/// Keys that are kept. No sender has as many at a time.
pub(super) const MAX_KEPT: usize = 256;
