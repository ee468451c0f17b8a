//! Whose handler this thread is running: an error has no other way to say which event it is about.

use std::cell::Cell;

use crate::verified::Key;

/// The event whose handler runs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Running {
    pub(super) provider: &'static str,
    pub(super) key: Key,
}

thread_local! {
    static NOW: Cell<Option<Running>> = const { Cell::new(None) };
}

impl Running {
    /// The event of the handler that calls this; none outside a claim, and none in a task that the handler has spawned.
    pub(super) fn now() -> Option<Self> {
        NOW.get()
    }

    /// Runs one step of the event's handler.
    pub(super) fn during<T>(self, step: impl FnOnce() -> T) -> T {
        let _before = Restore(NOW.replace(Some(self)));
        step()
    }
}

/// Puts back what was running before, also when the step panics.
struct Restore(Option<Running>);

impl Drop for Restore {
    fn drop(&mut self) {
        NOW.set(self.0);
    }
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;

    #[test]
    fn it_is_over_when_the_step_is() {
        let event = |byte| Running {
            provider: "github",
            key: Key::from_bytes([byte; 32]),
        };
        let seen = || Running::now().map(|event| event.key.as_bytes()[0]);
        event(1).during(|| {
            event(2).during(|| assert_eq!(seen(), Some(2)));
            assert_eq!(seen(), Some(1));
            let panicked = catch_unwind(|| event(3).during(|| panic!("as handlers do")));
            assert!(panicked.is_err());
            assert_eq!(seen(), Some(1));
        });
        assert_eq!(seen(), None);
    }
}
