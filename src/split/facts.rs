//! What one event says of itself.

use std::borrow::Cow;
use std::time::SystemTime;

use super::open::Part;
use crate::provider::Place;
use crate::provider::events::{Events, Opening};
use crate::provider::json;
use crate::provider::place::At;
use crate::rejection::Reason;
use crate::verified::{Cuts, EventLearnt, Stated, Verified};

/// The event's proof, and what is wrong with it where it can't be run.
pub(super) fn learn(whole: &Verified, opening: Opening, part: Part) -> (Verified, Option<Reason>) {
    let mut event = EventLearnt {
        id: None,
        kind: None,
        time: None,
        span: part.span.clone(),
        within: Vec::new(),
        unstable: Cuts::default(),
        place: part.place,
        context: part.context,
    };
    for (_, value) in event.context.iter() {
        absorb(&mut event.within, value);
    }
    let flaw = part.events.and_then(|events| {
        let said = Said::read(events, &whole.body()[part.span], opening.signed);
        said.and_then(|said| said.fill(&mut event)).err()
    });
    (whole.event(event), flaw)
}

/// The event's values at the description's pointers.
struct Said<'a> {
    events: &'static Events,
    document: &'a [u8],
    signed: bool,
    pointers: Vec<&'static str>,
    values: json::Picked<'a>,
}

impl<'a> Said<'a> {
    fn read(events: &'static Events, document: &'a [u8], signed: bool) -> Result<Self, Reason> {
        let pointer = |at| match at {
            At::Json(pointer) => Some(pointer),
            _ => None,
        };
        let pointers: Vec<_> = events
            .places()
            .filter_map(pointer)
            .chain(events.unstable.iter().copied())
            .collect();
        let values = json::pick(document, &pointers).map_err(|_| Reason::MalformedBody)?;
        Ok(Self {
            events,
            document,
            signed,
            pointers,
            values,
        })
    }

    fn fill(&self, event: &mut EventLearnt) -> Result<(), Reason> {
        for place in self.events.within {
            absorb(&mut event.within, self.raw(*place).unwrap_or_default());
        }
        let unstable = self.events.unstable.iter();
        let values = unstable.filter_map(|pointer| self.picked(pointer));
        event.unstable = Cuts::new(values.filter_map(|raw| json::span(self.document, raw)));
        event.time = self.time();
        event.kind = self.kind()?;
        event.id = self.id()?;
        Ok(())
    }

    /// A text or a whole number: what is there must be able to be an id.
    fn id(&self) -> Result<Option<Stated<Box<str>>>, Reason> {
        let Some(raw) = self.events.id.and_then(|place| self.raw(place)) else {
            return Ok(None);
        };
        let number = || {
            raw.bytes()
                .all(|byte| byte == b'-' || byte.is_ascii_digit())
                .then_some(Cow::Borrowed(raw))
        };
        let id = json::string(raw).or_else(number).ok_or(Reason::MalformedId)?;
        if id.trim().is_empty() || id.len() > MAX_TEXT {
            return Err(Reason::MalformedId);
        }
        Ok(Some(self.stated(id.into())))
    }

    /// The parts of the kind that are texts, joined by dots.
    fn kind(&self) -> Result<Option<Stated<Box<str>>>, Reason> {
        let texts = self
            .events
            .kind
            .iter()
            .filter_map(|place| json::string(self.raw(*place)?));
        let kind = texts
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join(".");
        match kind.len() {
            0 => Ok(None),
            1..=MAX_TEXT => Ok(Some(self.stated(kind.into()))),
            _ => Err(Reason::MalformedBody),
        }
    }

    fn time(&self) -> Option<Stated<SystemTime>> {
        let at = self.events.time?;
        let raw = self.raw(at.place)?;
        let text = json::string(raw).unwrap_or(Cow::Borrowed(raw));
        at.unit.parse(&text).map(|time| self.stated(time))
    }

    /// What stands at the first of the place's alternatives that holds anything.
    fn raw(&self, place: Place) -> Option<&'a str> {
        place.each().find_map(|at| match at {
            At::Json(pointer) => self.picked(pointer).filter(|raw| *raw != "null"),
            _ => None,
        })
    }

    fn picked(&self, pointer: &str) -> Option<&'a str> {
        let slot = self.pointers.iter().position(|known| *known == pointer)?;
        self.values[slot]
    }

    fn stated<T>(&self, value: T) -> Stated<T> {
        Stated::new(value, self.signed)
    }
}

fn absorb(bytes: &mut Vec<u8>, value: &str) {
    bytes.extend_from_slice(&(value.len() as u64).to_be_bytes());
    bytes.extend_from_slice(value.as_bytes());
}

/// What a store, a log line and a person can take for an id or a kind.
const MAX_TEXT: usize = 255;
