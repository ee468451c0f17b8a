//! Opening a document: where in its bytes the events stand.

use std::fmt;
use std::ops::Range;

use serde::de::{DeserializeSeed, Deserializer, Error as _, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::provider::events::{Events, Opening};
use crate::provider::json;
use crate::rejection::Reason;
use crate::verified::Context;

/// What a document holds.
pub(super) enum Opened {
    /// Nothing that the description opens: the delivery is one event.
    Whole,
    /// Events, or none.
    Parts(Vec<Part>),
}

/// One event in the document.
pub(super) struct Part {
    /// What the description says of it; `None` for a parent that no path of the description leads on from.
    pub(super) events: Option<&'static Events>,
    pub(super) span: Range<usize>,
    pub(super) place: Box<str>,
    pub(super) context: Context,
}

type Flaw = (Reason, &'static str);

/// Finds the events. Memory is bounded by their number, and work by the document's length times the depth of the paths.
pub(super) fn open(body: &[u8], opening: Opening, limit: usize) -> Result<Opened, Flaw> {
    let document = std::str::from_utf8(body).map_err(|_| UNREADABLE)?;
    let mut search = Search {
        body,
        limit,
        parts: Vec::new(),
    };
    let ways: Vec<_> = opening.events.iter().map(Way::new).collect();
    let root = document.trim_matches([' ', '\t', '\n', '\r']);
    Ok(if search.descend(root, "", &ways)? {
        Opened::Parts(search.parts)
    } else {
        Opened::Whole
    })
}

/// A path of the description, gone as far as a node of the document.
#[derive(Clone)]
struct Way {
    events: &'static Events,
    /// What is left of the path behind the node.
    rest: &'static str,
    context: Context,
}

impl Way {
    fn new(events: &'static Events) -> Self {
        Self {
            events,
            rest: events.path,
            context: Context::default(),
        }
    }

    /// The array that the way takes next, as a pointer from the node.
    fn array(&self) -> &'static str {
        self.rest.split_once("/*").map_or("", |(array, _)| array)
    }

    fn beyond(&self) -> &'static str {
        self.rest.split_once("/*").map_or("", |(_, beyond)| beyond)
    }

    /// The way into the array's elements, with what of this node belongs to their context.
    fn on(&self, node: &str) -> Result<Self, Flaw> {
        let gone = &self.events.path[..self.events.path.len() - self.rest.len()];
        let here = |pointer: &'static str| {
            let tail = pointer.strip_prefix(gone)?;
            (!tail.contains("/*")).then_some((pointer, tail))
        };
        let wanted: Vec<_> = self.events.context.iter().copied().filter_map(here).collect();
        let mut context = self.context.clone();
        if !wanted.is_empty() {
            let tails: Vec<_> = wanted.iter().map(|(_, tail)| *tail).collect();
            let values = json::pick(node.as_bytes(), &tails).map_err(|_| UNREADABLE)?;
            let found = wanted.iter().zip(values).filter_map(|((pointer, _), raw)| {
                let text = raw.map(|raw| json::string(raw).unwrap_or(raw.into()))?;
                Some((*pointer, Box::from(text)))
            });
            context = self.context.iter().cloned().chain(found).collect();
        }
        Ok(Self {
            events: self.events,
            rest: self.beyond(),
            context,
        })
    }
}

struct Search<'a> {
    body: &'a [u8],
    limit: usize,
    parts: Vec<Part>,
}

impl<'a> Search<'a> {
    /// Goes down from a node on these ways. `false` when none leads on, so that the node itself is what there is.
    fn descend(&mut self, node: &'a str, place: &str, ways: &[Way]) -> Result<bool, Flaw> {
        let mut arrays: Vec<_> = ways.iter().map(Way::array).collect();
        arrays.sort_unstable();
        arrays.dedup();
        let picked = json::pick(node.as_bytes(), &arrays).map_err(|_| UNREADABLE)?;
        let mut leads_on = false;
        for (array, raw) in arrays.into_iter().zip(picked) {
            let raw = if array.is_empty() { Some(node) } else { raw };
            let Some(raw) = raw.filter(|raw| raw.starts_with('[')) else {
                continue;
            };
            leads_on = true;
            let taken = ways.iter().filter(|way| way.array() == array);
            let on = taken.map(|way| way.on(node)).collect::<Result<Vec<_>, _>>()?;
            for (index, element) in elements(raw, self.limit)?.into_iter().enumerate() {
                let place = format!("{place}{array}/{index}");
                self.element(element, &place, &on)?;
            }
        }
        Ok(leads_on)
    }

    fn element(&mut self, element: &'a str, place: &str, ways: &[Way]) -> Result<(), Flaw> {
        let (way, events) = match ways.iter().find(|way| way.rest.is_empty()) {
            Some(way) => (way, Some(way.events)),
            None if self.descend(element, place, ways)? => return Ok(()),
            None => (&ways[0], None),
        };
        if self.parts.len() == self.limit {
            return Err(TOO_MANY);
        }
        self.parts.push(Part {
            events,
            span: json::span(self.body, element).ok_or(UNREADABLE)?,
            place: place.into(),
            context: way.context.clone(),
        });
        Ok(())
    }
}

/// The raw elements of an array that is known to be JSON.
fn elements(array: &str, limit: usize) -> Result<Vec<&str>, Flaw> {
    let mut reader = serde_json::Deserializer::from_str(array);
    Elements { limit }.deserialize(&mut reader).map_err(|_| TOO_MANY)
}

struct Elements {
    limit: usize,
}

impl<'de> DeserializeSeed<'de> for Elements {
    type Value = Vec<&'de str>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Vec<&'de str>, D::Error> {
        reader.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Elements {
    type Value = Vec<&'de str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<&'de str>, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = seq.next_element::<&'de RawValue>()? {
            if elements.len() == self.limit {
                return Err(A::Error::custom("more elements than the limit"));
            }
            elements.push(element.get());
        }
        Ok(elements)
    }
}

const UNREADABLE: Flaw = (
    Reason::MalformedBody,
    "the delivery is not the JSON that its sender's description promises",
);
const TOO_MANY: Flaw = (
    Reason::BodyTooLarge,
    "the delivery holds more events than the `SplitLayer` takes; raise its `limit` if the sender may do that",
);
