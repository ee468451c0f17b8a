//! The layer: what an endpoint demands of its deliveries.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use http::request::Parts;
use tower_layer::Layer;

use super::service::VerifyService;
use crate::clock::{Clock, SystemClock};
use crate::error::{ConfigError, ConfigErrorKind};
use crate::provider::Provider;
use crate::provider::erased::AnyProvider;
use crate::rejection::{RefusalClass, Rejection, Statuses};
use crate::telemetry;

/// Lets only genuine deliveries pass. See the [module docs](super).
#[derive(Clone)]
#[must_use = "a layer does nothing until it is applied"]
pub struct VerifyLayer {
    demands: Arc<Demands>,
}

/// What the pipeline needs of the layer.
#[derive(Clone)]
pub(super) struct Demands {
    pub(super) provider: Arc<AnyProvider>,
    pub(super) limit: usize,
    pub(super) deadline: Duration,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) statuses: Statuses,
    pub(super) on_reject: Option<Arc<RejectHook>>,
}

pub(super) type RejectHook = dyn Fn(&Rejection, &Parts) + Send + Sync;

impl VerifyLayer {
    /// A layer for the deliveries of this sender: [`github`](crate::github()), [`stripe`](crate::stripe()),
    /// [`slack`](crate::slack()), [`standard_webhooks`](crate::standard_webhooks()), your own
    /// [`Sender`](crate::provider::Sender), or your own [`Provider`].
    ///
    /// # Errors
    ///
    /// Whatever can be known to be wrong now: an unusable secret, a description that contradicts itself, a timestamp that
    /// is not signed, a tolerance or a retention out of bounds.
    pub fn new(provider: impl Provider) -> Result<Self, ConfigError> {
        provider.check()?;
        let scheme = Provider::scheme(&provider);
        let limit = scheme.body_limit;
        match scheme.id {
            Some(place) if !scheme.covers(place) => telemetry::inform(
                scheme.name,
                "the signature does not cover this sender's event ids: each is bound to its content, and a replay under \
                 a new id is stopped by `Identity::SignedContent` only",
            ),
            _ => {}
        }
        if !scheme.binding().covers_the_event() {
            telemetry::advise(
                scheme.name,
                "no signature covers this sender's events: handlers get an `UnsignedBody`; ask the sender's API for the event \
                 before you act on it",
            );
        }
        let demands = Demands {
            provider: Arc::new(AnyProvider::new(provider)),
            limit,
            deadline: DEADLINE,
            clock: Arc::new(SystemClock::default()),
            statuses: Statuses::default(),
            on_reject: None,
        };
        Ok(Self {
            demands: Arc::new(demands),
        })
    }

    /// The longest body, in bytes. By default what the sender's description says; 1 MiB where it says nothing.
    ///
    /// # Errors
    ///
    /// When it is 0.
    pub fn limit(self, bytes: usize) -> Result<Self, ConfigError> {
        if bytes == 0 {
            return Err(ConfigError::new(
                ConfigErrorKind::Limit,
                "a body limit of 0 refuses every delivery; give it in bytes",
            ));
        }
        Ok(self.with(|demands| demands.limit = bytes))
    }

    /// How long the whole body may take to arrive; 10 seconds by default.
    ///
    /// # Errors
    ///
    /// When it is zero.
    pub fn deadline(self, deadline: Duration) -> Result<Self, ConfigError> {
        if deadline.is_zero() {
            return Err(ConfigError::new(
                ConfigErrorKind::Limit,
                "a deadline of 0 refuses every delivery; a few seconds are usual",
            ));
        }
        Ok(self.with(|demands| demands.deadline = deadline))
    }

    /// The clock by which freshness is judged; the machine's by default.
    pub fn clock(self, clock: impl Clock) -> Self {
        self.with(|demands| demands.clock = Arc::new(clock))
    }

    /// Answers a class of refusals with another status, for a sender that takes ours wrongly.
    ///
    /// # Errors
    ///
    /// When the status is not 4xx or 5xx, or is 410, on which senders disable the endpoint.
    pub fn answer(self, class: RefusalClass, status: StatusCode) -> Result<Self, ConfigError> {
        let mut statuses = self.demands.statuses.clone();
        statuses.set(class, status)?;
        Ok(self.with(|demands| demands.statuses = statuses))
    }

    /// Calls this with each refusal and the head of the request, beside the log and the metrics. It must not block.
    pub fn on_reject(self, hook: impl Fn(&Rejection, &Parts) + Send + Sync + 'static) -> Self {
        self.with(|demands| demands.on_reject = Some(Arc::new(hook)))
    }

    fn with(mut self, change: impl FnOnce(&mut Demands)) -> Self {
        change(Arc::make_mut(&mut self.demands));
        self
    }
}

impl<S> Layer<S> for VerifyLayer {
    type Service = VerifyService<S>;

    fn layer(&self, inner: S) -> VerifyService<S> {
        VerifyService::new(inner, Arc::clone(&self.demands))
    }
}

impl fmt::Debug for VerifyLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyLayer")
            .field("provider", &self.demands.provider.scheme().name)
            .field("limit", &self.demands.limit)
            .field("deadline", &self.demands.deadline)
            .finish_non_exhaustive()
    }
}

/// Ten times what a sender's 1 MiB takes on a slow line.
const DEADLINE: Duration = Duration::from_secs(10);
