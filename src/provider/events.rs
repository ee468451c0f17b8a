//! Where one delivery holds several events, and what each of them says of itself.

use super::description::Scheme;
use super::place::{At, Part, Place, TimestampAt};
use crate::error::{ConfigError, ConfigErrorKind};

/// The events that stand in one array of a delivery, for a [`SplitLayer`](crate::SplitLayer) to open. Made by [`each`].
///
/// Places within an event are JSON Pointers from the event's own root; only [`json()`](super::json) and
/// [`first_of()`](super::first_of) of it can say them.
///
/// ```
/// use tower_webhook::provider::{Scheme, each, header, json};
///
/// const ACME: Scheme = Scheme::hmac_sha256("acme")
///     .signature(header("x-acme-signature").hex())
///     .events(&[each("/accounts/*/events/*")
///         .id(json("/id"))
///         .kind(&[json("/type")])
///         .context(&["/accounts/*/id"])]);
/// assert!(ACME.check().is_ok());
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Events {
    pub(crate) path: &'static str,
    pub(crate) id: Option<Place>,
    pub(crate) kind: &'static [Place],
    pub(crate) time: Option<TimestampAt>,
    pub(crate) within: &'static [Place],
    pub(crate) context: &'static [&'static str],
    pub(crate) unstable: &'static [&'static str],
}

/// Each element of the array at this path: a JSON Pointer in which `*` stands for every element of an array, and which ends
/// with one. `/events/*` are the elements of the array in the field `events`, `/*` those of a document that is an array, and
/// `/entry/*/changes/*` those of the arrays in an array's elements.
#[must_use]
pub const fn each(path: &'static str) -> Events {
    Events {
        path,
        id: None,
        kind: &[],
        time: None,
        within: &[],
        context: &[],
        unstable: &[],
    }
}

impl Events {
    /// Where an event's id stands, a text or a whole number; an event without is known by its content.
    #[must_use]
    pub const fn id(self, place: Place) -> Self {
        Self {
            id: Some(place),
            ..self
        }
    }

    /// Where an event's kind stands; several parts are joined by a dot: `payments.confirmed`. An event without has the
    /// delivery's.
    #[must_use]
    pub const fn kind(self, parts: &'static [Place]) -> Self {
        Self { kind: parts, ..self }
    }

    /// Where an event says when it happened; one without has the delivery's time.
    #[must_use]
    pub const fn time(self, at: TimestampAt) -> Self {
        Self {
            time: Some(at),
            ..self
        }
    }

    /// The values of an event within which its id is unique: they become part of its key.
    #[must_use]
    pub const fn within(self, places: &'static [Place]) -> Self {
        Self {
            within: places,
            ..self
        }
    }

    /// What of its parents an event needs, such as their id: pointers from the delivery's root, in which each `*` is the
    /// element that the event stands in. A handler reads them with [`Verified::context`](crate::Verified::context), and they are
    /// part of the event's key: the same content under another parent is another event.
    #[must_use]
    pub const fn context(self, pointers: &'static [&'static str]) -> Self {
        Self {
            context: pointers,
            ..self
        }
    }

    /// Values of an event that a retry of it may change, such as the count of tries, by pointers from the event's root. They raise
    /// no conflict.
    #[must_use]
    pub const fn unstable(self, pointers: &'static [&'static str]) -> Self {
        Self {
            unstable: pointers,
            ..self
        }
    }

    /// Every place that is read from an event.
    pub(crate) fn places(&self) -> impl Iterator<Item = At> + use<> {
        let time = self.time.map(|at| at.place);
        let single = [self.id, time].into_iter().flatten();
        single
            .chain(self.kind.iter().copied())
            .chain(self.within.iter().copied())
            .flat_map(Place::each)
    }
}

/// How a delivery of this request is opened: in the extensions, from the verify room to the split room.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Opening {
    pub(crate) events: &'static [Events],
    /// Whether the signature covers the body, and with it whatever an event says.
    pub(crate) signed: bool,
}

impl Scheme {
    /// The events in one delivery, where the sender puts several into it: a [`SplitLayer`](crate::SplitLayer) opens it. Where no
    /// path leads on, the nearest parent that is there is the event, so that it isn't lost. What else a parent holds beside the
    /// arrays that are named is no event: name each array that the sender may put there. [`Verified::whole`](crate::Verified::whole)
    /// has all of it.
    #[must_use]
    pub const fn events(self, events: &'static [Events]) -> Self {
        Self { events, ..self }
    }

    /// Whether one delivery may hold several events.
    #[must_use]
    pub const fn holds_several(&self) -> bool {
        !self.events.is_empty()
    }

    /// How a delivery is opened; `None` where it is one event.
    pub(crate) fn opening(&self) -> Option<Opening> {
        (!self.events.is_empty()).then(|| Opening {
            events: self.events,
            signed: self.content.contains(&Part::Body),
        })
    }

    pub(super) fn check_events(&self) -> Result<(), ConfigError> {
        for events in self.events {
            if !(is_pointer(events.path) && events.path.ends_with("/*")) {
                return Err(wrong(format!(
                    "`{}` is no path to events; it begins with `/` and ends with `/*`",
                    events.path
                )));
            }
            if let Some(pointer) = events.context.iter().find(|pointer| !leads(pointer, events.path)) {
                return Err(wrong(format!(
                    "`{pointer}` names no parent of `{}`; it must take the same `*`",
                    events.path
                )));
            }
            let in_event =
                |at: At| matches!(at, At::Json(pointer) if is_pointer(pointer) && !pointer.contains('*'));
            if !events.places().all(in_event) || !events.unstable.iter().copied().all(is_pointer) {
                return Err(wrong(format!(
                    "what an event of `{}` says stands in the event; say `json(\"/…\")`",
                    events.path
                )));
            }
        }
        Ok(())
    }
}

/// Whether the pointer goes to a value of a parent of the path's events: the same way up to its last `*`.
fn leads(pointer: &str, path: &str) -> bool {
    let way = pointer.rfind("/*").map_or("", |last| &pointer[..last + 2]);
    is_pointer(pointer) && path.starts_with(way) && path.len() > way.len() && pointer.len() > way.len()
}

fn is_pointer(pointer: &str) -> bool {
    pointer.starts_with('/')
}

fn wrong(advice: String) -> ConfigError {
    ConfigError::new(ConfigErrorKind::Scheme, advice)
}
