//! The outcomes that the crate counts, thread by thread.

use std::cell::RefCell;
use std::fmt;
use std::sync::Once;

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

thread_local! {
    static OUTCOMES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Begins anew for this thread. One subscriber serves the whole program.
pub(crate) fn begin() {
    static LISTEN: Once = Once::new();
    LISTEN.call_once(|| {
        let subscriber = tracing_subscriber::registry().with(Listener);
        tracing::subscriber::set_global_default(subscriber).unwrap();
        tracing::callsite::rebuild_interest_cache();
    });
    OUTCOMES.take();
}

/// What became of the handlers that ran on this thread.
pub(crate) fn outcomes() -> Vec<String> {
    OUTCOMES.with_borrow(Vec::clone)
}

struct Listener;

impl<S: Subscriber> Layer<S> for Listener {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        event.record(&mut Outcome);
    }
}

/// The field by that name, which is of handlers alone.
struct Outcome;

impl Visit for Outcome {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "outcome" {
            OUTCOMES.with_borrow_mut(|outcomes| outcomes.push(value.to_owned()));
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}
