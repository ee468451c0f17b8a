//! The layer: what counts as the same event, and what to do with it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use tower_layer::Layer;

use super::outcome::DeadLetter;
use super::service::DedupService;
use crate::error::{ConfigError, ConfigErrorKind};
use crate::rejection::{RefusalClass, Rejection, Statuses};
use crate::store::{Guarded, Lease, Store};
use crate::telemetry;
use crate::verified::{Fingerprint, Identity, Key, KeyStart, Verified};

/// Runs each event once. See the [module docs](super).
#[derive(Clone)]
#[must_use = "a layer does nothing until it is applied"]
pub struct DedupLayer {
    rules: Arc<Rules>,
}

/// What happens to a duplicate while the first attempt is still running.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum InFlight {
    /// 503 with `Retry-After` at once: the sender tries again, and hears 200 only when the event is done.
    #[default]
    Busy,
    /// Wait up to this long for the first attempt to end, then 503. Keep it under the time the sender waits for an answer.
    Wait(Duration),
}

/// What the pipeline needs of the layer.
#[derive(Clone)]
pub(super) struct Rules {
    pub(super) store: Guarded,
    pub(super) scope: Arc<str>,
    /// An endpoint's events begin alike: one scope, one sender.
    key_start: KeyStart,
    pub(super) identity: Option<Identity>,
    pub(super) name_of: Option<Arc<NameOf>>,
    pub(super) in_flight: InFlight,
    pub(super) lease: Lease,
    pub(super) max_attempts: Option<u32>,
    pub(super) fail_open: bool,
    pub(super) statuses: Statuses,
    pub(super) on_reject: Option<Arc<RejectHook>>,
    pub(super) on_conflict: Option<Arc<ConflictHook>>,
    pub(super) on_dead_letter: Option<Arc<DeadLetterHook>>,
}

type NameOf = dyn Fn(&Verified) -> Option<String> + Send + Sync;
type RejectHook = dyn Fn(&Rejection, &Verified) + Send + Sync;
type ConflictHook = dyn Fn(&Verified) + Send + Sync;
type DeadLetterHook = dyn Fn(&DeadLetter) + Send + Sync;

impl Rules {
    /// The event's key, and what must be the same under it; `None` when the delivery lacks what makes a key.
    ///
    /// Deliveries that the user gives one name are one event whatever their content: they are named because it differs.
    pub(super) fn key(&self, delivery: &Verified) -> Option<(Key, Fingerprint)> {
        let named = self.name_of.as_ref().and_then(|name_of| name_of(delivery));
        match named {
            Some(name) => Some((delivery.key_named(&self.scope, &name), NAMED)),
            None => {
                let key = delivery.key_from(&self.key_start, &self.scope, self.identity)?;
                Some((key, delivery.fingerprint()))
            }
        }
    }
}

impl DedupLayer {
    /// A layer over this store, with a lease of 60 seconds and a claim timeout of 2.
    pub fn new(store: impl Store) -> Self {
        if !store.durable() {
            telemetry::inform(
                "store",
                "the claim store forgets on restart: events delivered again after it run again",
            );
        }
        let rules = Rules {
            store: Guarded::new(store, CLAIM_TIMEOUT),
            scope: "".into(),
            key_start: KeyStart::default(),
            identity: None,
            name_of: None,
            in_flight: InFlight::default(),
            lease: Lease::new(LEASE),
            max_attempts: None,
            fail_open: false,
            statuses: Statuses::default(),
            on_reject: None,
            on_conflict: None,
            on_dead_letter: None,
        };
        Self {
            rules: Arc::new(rules),
        }
    }

    /// Keeps this endpoint's events apart from those of others that use the same store. Endpoints of one sender that share
    /// a secret should share a scope too, or a delivery to one can be replayed to the other.
    pub fn scope(self, scope: impl Into<Arc<str>>) -> Self {
        self.with(|rules| rules.scope = scope.into())
    }

    /// What makes two deliveries the same event; by default what the sender's description says.
    pub fn identity(self, identity: Identity) -> Self {
        self.with(|rules| rules.identity = Some(identity))
    }

    /// Names events by something in them, for a sender that announces one change under several ids; `None` falls back to
    /// the identity. Only what the signature covers stops a replay.
    pub fn key_from(self, name_of: impl Fn(&Verified) -> Option<String> + Send + Sync + 'static) -> Self {
        self.with(|rules| rules.name_of = Some(Arc::new(name_of)))
    }

    /// What happens to a duplicate while the first attempt is still running.
    pub fn in_flight(self, in_flight: InFlight) -> Self {
        self.with(|rules| rules.in_flight = in_flight)
    }

    /// For how long a claim is held when its holder dies; a living one renews it each third.
    ///
    /// # Errors
    ///
    /// When it is under a second or over a day.
    pub fn lease(self, lease: Duration) -> Result<Self, ConfigError> {
        if lease < Duration::from_secs(1) || lease > Duration::from_secs(86_400) {
            return Err(limit(
                "a lease must be between a second and a day; a minute is usual",
            ));
        }
        Ok(self.with(|rules| rules.lease = Lease::new(lease)))
    }

    /// How long the store may take for one verb before the delivery is answered with 503.
    ///
    /// # Errors
    ///
    /// When it is zero.
    pub fn claim_timeout(self, timeout: Duration) -> Result<Self, ConfigError> {
        if timeout.is_zero() {
            return Err(limit(
                "a claim timeout of 0 refuses every delivery; 2 seconds are usual",
            ));
        }
        Ok(self.with(|rules| rules.store = rules.store.with_limit(timeout)))
    }

    /// After so many failed attempts an event is completed as failed: 200 to the sender, the dead-letter hook for you. Without
    /// it the sender's own patience is the bound.
    ///
    /// An attempt is a claim that the store granted. So one counts, too, whose handler never ran, because the store's answer came
    /// after the [claim timeout](Self::claim_timeout) or the process died first: no record tells it from a handler that
    /// takes its process down. Allow more attempts than the failures you mean to bear; with 1, a slow store can end an event
    /// that no handler has seen. Keep what the [hook](Self::on_dead_letter) is given: it has the delivery with its body.
    ///
    /// # Errors
    ///
    /// When it is 0.
    pub fn max_attempts(self, attempts: u32) -> Result<Self, ConfigError> {
        if attempts == 0 {
            return Err(limit("0 attempts would run no event; allow one or more"));
        }
        Ok(self.with(|rules| rules.max_attempts = Some(attempts)))
    }

    /// Runs the handler without a claim when the store can't answer. Every duplicate then runs too: only for a handler that
    /// may run any number of times. The default, 503, loses nothing, since senders try again.
    pub fn danger_fail_open(self) -> Self {
        self.with(|rules| rules.fail_open = true)
    }

    /// Calls this with each refusal and its delivery, beside the log and the metrics. It must not block.
    pub fn on_reject(self, hook: impl Fn(&Rejection, &Verified) + Send + Sync + 'static) -> Self {
        self.with(|rules| rules.on_reject = Some(Arc::new(hook)))
    }

    /// Calls this when a known id comes with other content. The delivery was refused with 422.
    pub fn on_conflict(self, hook: impl Fn(&Verified) + Send + Sync + 'static) -> Self {
        self.with(|rules| rules.on_conflict = Some(Arc::new(hook)))
    }

    /// Calls this with each event that nobody will try again.
    pub fn on_dead_letter(self, hook: impl Fn(&DeadLetter) + Send + Sync + 'static) -> Self {
        self.with(|rules| rules.on_dead_letter = Some(Arc::new(hook)))
    }

    /// Answers a class of refusals with another status.
    ///
    /// # Errors
    ///
    /// When the status is not 4xx or 5xx, or is 410, on which senders disable the endpoint.
    pub fn answer(self, class: RefusalClass, status: StatusCode) -> Result<Self, ConfigError> {
        let mut statuses = self.rules.statuses.clone();
        statuses.set(class, status)?;
        Ok(self.with(|rules| rules.statuses = statuses))
    }

    fn with(mut self, change: impl FnOnce(&mut Rules)) -> Self {
        change(Arc::make_mut(&mut self.rules));
        self
    }
}

impl<S> Layer<S> for DedupLayer {
    type Service = DedupService<S>;

    fn layer(&self, inner: S) -> DedupService<S> {
        DedupService::new(inner, Arc::clone(&self.rules))
    }
}

impl fmt::Debug for DedupLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DedupLayer")
            .field("scope", &self.rules.scope)
            .field("identity", &self.rules.identity)
            .field("in_flight", &self.rules.in_flight)
            .field("lease", &self.rules.lease)
            .finish_non_exhaustive()
    }
}

fn limit(advice: &str) -> ConfigError {
    ConfigError::new(ConfigErrorKind::Limit, advice)
}

/// Long enough for a pause of a machine, short enough for a sender's next try.
const LEASE: Duration = Duration::from_secs(60);
/// Under the 3 seconds in which the most impatient sender wants its answer.
const CLAIM_TIMEOUT: Duration = Duration::from_secs(2);
/// The one fingerprint of all events that the user names.
const NAMED: Fingerprint = Fingerprint::from_bytes([0; 16]);
