//! The outcomes that the crate counts, and what has panicked, thread by thread.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::panic::{set_hook, take_hook};
use std::sync::Once;

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

thread_local! {
    static OUTCOMES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    static PANICS: Cell<usize> = const { Cell::new(0) };
}

/// Begins anew for this thread. One subscriber serves the whole program.
pub(crate) fn begin() {
    static LISTEN: Once = Once::new();
    LISTEN.call_once(|| {
        let subscriber = tracing_subscriber::registry().with(Listener);
        tracing::subscriber::set_global_default(subscriber).unwrap();
        tracing::callsite::rebuild_interest_cache();
        let before = take_hook();
        set_hook(Box::new(move |panic| {
            PANICS.set(PANICS.get() + 1);
            before(panic);
        }));
    });
    OUTCOMES.take();
    PANICS.set(0);
}

/// What became of the handlers that ran on this thread.
pub(crate) fn outcomes() -> Vec<String> {
    OUTCOMES.with_borrow(Vec::clone)
}

/// How often something panicked on this thread: a runtime bears it, and so would a test that asks for no more than answers.
pub(crate) fn panics() -> usize {
    PANICS.get()
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
