//! Builders of a description that few senders need, and what is told from it beside its facts.

use http::Method as Verb;

use super::description::Scheme;
use super::method::{KeyForm, Method};
use super::place::{At, Part, Place};

impl Scheme {
    /// Whether a [`Provider`](super::Provider) of its own checks this sender's deliveries, so that no
    /// [`Sender`](super::Sender) can.
    #[must_use]
    pub const fn is_own(&self) -> bool {
        matches!(self.method, Method::Own(_))
    }

    /// The methods that the sender uses; POST alone by default.
    #[must_use]
    pub const fn methods(self, methods: &'static [Verb]) -> Self {
        Self { methods, ..self }
    }

    /// The key is what the secret's text is in hexadecimal.
    #[must_use]
    pub const fn hex_key(self) -> Self {
        Self {
            key: KeyForm::Hex,
            ..self
        }
    }

    /// Whether this signed part is a field of the event, and not only what marks the delivery: its time or its id.
    pub(super) fn is_of_the_event(&self, part: Part) -> bool {
        let marks = [self.id, self.timestamp.map(|at| at.place)];
        let mut marks = marks.into_iter().flatten().flat_map(Place::each);
        match part {
            Part::Json(pointer) => !marks.any(|at| matches!(at, At::Json(known) if known == pointer)),
            Part::Form(field) => !marks.any(|at| matches!(at, At::Form(known) if known == field)),
            _ => false,
        }
    }
}
