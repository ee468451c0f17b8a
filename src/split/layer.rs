//! The layer: how many events a delivery may hold, and who hears of what is refused.

use std::fmt;
use std::sync::Arc;

use tower_layer::Layer;

use super::service::SplitService;
use crate::error::{ConfigError, ConfigErrorKind};
use crate::rejection::Rejection;
use crate::verified::Verified;

/// Opens a delivery of several events and runs each by itself. See the [module docs](super).
#[derive(Clone)]
#[must_use = "a layer does nothing until it is applied"]
pub struct SplitLayer {
    rules: Arc<Rules>,
}

/// What the pipeline needs of the layer.
#[derive(Clone)]
pub(super) struct Rules {
    pub(super) limit: usize,
    pub(super) on_reject: Option<Arc<RejectHook>>,
}

type RejectHook = dyn Fn(&Rejection, &Verified) + Send + Sync;

impl SplitLayer {
    /// A layer that opens deliveries of up to 10,000 events.
    pub fn new() -> Self {
        Self {
            rules: Arc::new(Rules {
                limit: LIMIT,
                on_reject: None,
            }),
        }
    }

    /// How many events a delivery may hold. One of more is refused with 413, none of them run.
    ///
    /// # Errors
    ///
    /// When it is 0.
    pub fn limit(self, events: usize) -> Result<Self, ConfigError> {
        if events == 0 {
            return Err(ConfigError::new(
                ConfigErrorKind::Limit,
                "a limit of 0 events refuses every delivery; leave it at 10,000 or give the sender's own",
            ));
        }
        Ok(self.with(|rules| rules.limit = events))
    }

    /// Calls this with each refusal by this layer, beside the log and the metrics: of a delivery that can't be opened, or of
    /// one event, which [`place`](Verified::place) then tells. It must not block.
    pub fn on_reject(self, hook: impl Fn(&Rejection, &Verified) + Send + Sync + 'static) -> Self {
        self.with(|rules| rules.on_reject = Some(Arc::new(hook)))
    }

    fn with(mut self, change: impl FnOnce(&mut Rules)) -> Self {
        change(Arc::make_mut(&mut self.rules));
        self
    }
}

impl Default for SplitLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> Layer<S> for SplitLayer {
    type Service = SplitService<S>;

    fn layer(&self, inner: S) -> SplitService<S> {
        SplitService::new(inner, Arc::clone(&self.rules))
    }
}

impl fmt::Debug for SplitLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SplitLayer")
            .field("limit", &self.rules.limit)
            .finish_non_exhaustive()
    }
}

/// More than any sender puts into a body of a megabyte, and few enough to keep a list of them.
const LIMIT: usize = 10_000;
