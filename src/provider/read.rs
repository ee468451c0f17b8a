//! Reading what a genuine delivery states, by its sender's description.

use std::borrow::Cow;
use std::time::SystemTime;

use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use smallvec::{SmallVec, smallvec};

use super::description::{Payload, Scheme};
use super::handshake::{Call, Handshake};
use super::place::{At, Place};
use super::{form, json};
use crate::rejection::Reason;
use crate::signature::header::{element, single};
use crate::verified::{Cuts, Stated};

/// A delivery as its places see it: head, document and form fields. Made once the signature is known to be good.
pub(crate) struct Reader<'a> {
    scheme: &'a Scheme,
    headers: &'a HeaderMap,
    /// The description's pointers into the document.
    pointers: Pointers,
    document: Option<Cow<'a, [u8]>>,
    fields: form::Fields<'a>,
}

type Pointers = SmallVec<[&'static str; 4]>;

/// What the document holds at the description's pointers.
pub(crate) struct Facts<'r> {
    reader: &'r Reader<'r>,
    values: json::Picked<'r>,
}

/// A handshake that a delivery is, and the challenge in it.
type Greeted<'r> = (Handshake, Option<Cow<'r, str>>);

impl<'a> Reader<'a> {
    /// Opens the body as far as the description looks into it.
    pub(crate) fn open(scheme: &'a Scheme, headers: &'a HeaderMap, body: &'a Bytes) -> Result<Self, Reason> {
        let mut reader = Self {
            scheme,
            headers,
            pointers: Pointers::new(),
            document: None,
            fields: Vec::new(),
        };
        if body.is_empty() && !scheme.empty_body {
            return Err(Reason::MalformedBody);
        }
        let mut looks_inside = false;
        for at in scheme.places() {
            match at {
                At::Json(pointer) | At::Integer(pointer) => reader.pointers.push(pointer),
                At::Form(_) => looks_inside = true,
                At::Header(_) | At::Element(_) | At::FirstOf(_) => {}
            }
        }
        if !looks_inside && reader.pointers.is_empty() {
            return Ok(reader);
        }
        match scheme.payload {
            Payload::JsonOrForm { field } if is_form(headers) => {
                reader.fields = form::fields(body).map_err(|_| Reason::MalformedBody)?;
                let wrapped = reader.fields.iter().position(|(name, _)| name == field);
                reader.document = wrapped.map(|index| match reader.fields.swap_remove(index).1 {
                    Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
                    Cow::Owned(text) => Cow::Owned(text.into_bytes()),
                });
            }
            Payload::Fields if is_form(headers) => {
                reader.fields = form::pairs(body).map_err(|_| Reason::MalformedBody)?;
                if scheme.places().any(|at| reader.holds_twice(at)) {
                    return Err(Reason::MalformedBody);
                }
            }
            _ => reader.document = Some(Cow::Borrowed(body)),
        }
        Ok(reader)
    }

    fn holds_twice(&self, at: At) -> bool {
        matches!(at, At::Form(field) if self.fields.iter().filter(|(name, _)| name == field).count() > 1)
    }

    /// Reads the document once, for every pointer of the description.
    pub(crate) fn facts(&self) -> Result<Facts<'_>, Reason> {
        let nothing = || smallvec![None; self.pointers.len()];
        let values = match (&self.document, self.pointers.is_empty()) {
            (Some(document), false) => match json::pick(document, &self.pointers) {
                Ok(values) => values,
                Err(_) if self.scheme.payload == Payload::Any => nothing(),
                Err(_) => return Err(Reason::MalformedBody),
            },
            _ => nothing(),
        };
        Ok(Facts { reader: self, values })
    }
}

impl Facts<'_> {
    /// The event's id. What is there must be a text that can be an id.
    pub(crate) fn id(&self) -> Result<Option<Stated<Cow<'_, str>>>, Reason> {
        let Some(place) = self.reader.scheme.id else {
            return Ok(None);
        };
        let Some(found) = self.text(place).map_err(|_| Reason::MalformedId)? else {
            return Ok(None);
        };
        if found.trim().is_empty() || found.len() > MAX_TEXT {
            return Err(Reason::MalformedId);
        }
        Ok(Some(self.stated(place, found)))
    }

    /// The event's kind, where there is one.
    pub(crate) fn kind(&self) -> Result<Option<Stated<Cow<'_, str>>>, Reason> {
        let Some(place) = self.reader.scheme.kind else {
            return Ok(None);
        };
        let found = match self.text(place) {
            Err(_) if self.reader.scheme.payload == Payload::Any => None,
            found => found?,
        };
        match found {
            Some(kind) if kind.len() > MAX_TEXT => Err(Reason::MalformedBody),
            Some(kind) if !kind.is_empty() => Ok(Some(self.stated(place, kind))),
            _ => Ok(None),
        }
    }

    /// The time that the delivery states in its body.
    pub(crate) fn timestamp(&self) -> Result<Option<Stated<SystemTime>>, Reason> {
        let Some(at) = self.reader.scheme.timestamp else {
            return Ok(None);
        };
        let raw = match at.place.each().find_map(|at| self.raw(at)) {
            Some(raw) => raw,
            None if at.optional => return Ok(None),
            None => return Err(Reason::MalformedTimestamp),
        };
        let text = json::string(&raw).unwrap_or(Cow::Borrowed(&raw));
        let time = at.unit.parse(&text).ok_or(Reason::MalformedTimestamp)?;
        Ok(Some(Stated::new(time, self.reader.scheme.covers(at.place))))
    }

    /// Whether the event is of the mode that the endpoint expects.
    pub(crate) fn check_mode(&self) -> Result<(), Reason> {
        let (Some(place), Some(expected)) = (self.reader.scheme.live, self.reader.scheme.expected_live)
        else {
            return Ok(());
        };
        let stated = place.each().find_map(|at| self.raw(at));
        let wanted = if expected { "true" } else { "false" };
        if stated.as_deref() == Some(wanted) {
            Ok(())
        } else {
            Err(Reason::WrongMode)
        }
    }

    /// The handshake that the delivery is, with its challenge.
    pub(crate) fn handshake(&self) -> Result<Option<Greeted<'_>>, Reason> {
        for handshake in self.reader.scheme.handshakes {
            let Call::Signed {
                when,
                equals,
                challenge,
                unless,
            } = handshake.call
            else {
                continue;
            };
            if !self.holds(when, equals) || unless.is_some_and(|place| self.holds(place, None)) {
                continue;
            }
            let found = challenge.map(|place| self.text(place)?.ok_or(Reason::MalformedBody));
            return Ok(Some((*handshake, found.transpose()?)));
        }
        Ok(None)
    }

    /// Whether a value stands at this place, and whether it is this one: a text, or a number by its digits.
    fn holds(&self, place: Place, wanted: Option<&str>) -> bool {
        let found = place.each().find_map(|at| self.raw(at));
        found.is_some_and(|raw| {
            wanted.is_none_or(|wanted| raw == wanted || json::string(&raw).is_some_and(|text| text == wanted))
        })
    }

    /// The values within which ids are unique, each behind its length.
    pub(crate) fn within(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for place in self.reader.scheme.within {
            let value = place.each().find_map(|at| self.raw(at)).unwrap_or_default();
            bytes.extend_from_slice(&(value.len() as u64).to_be_bytes());
            bytes.extend_from_slice(value.as_bytes());
        }
        bytes
    }

    /// Where the body holds what a retry may change.
    pub(crate) fn unstable(&self) -> Cuts {
        let Some(Cow::Borrowed(document)) = &self.reader.document else {
            return Cuts::default();
        };
        let pointers = self.reader.scheme.unstable.iter();
        let values = pointers.filter_map(|pointer| self.picked(pointer));
        Cuts::new(values.filter_map(|raw| json::span(document, raw)))
    }

    /// The text at the first of the place's alternatives that holds anything; an error when that is no text.
    fn text(&self, place: Place) -> Result<Option<Cow<'_, str>>, Reason> {
        for at in place.each() {
            let found = match at {
                At::Json(pointer) => match self.picked(pointer) {
                    Some(raw) => Some(json::string(raw).ok_or(Reason::MalformedBody)?),
                    None => None,
                },
                At::Integer(pointer) => match self.picked(pointer) {
                    Some(raw) if is_whole(raw) => Some(Cow::Borrowed(raw)),
                    Some(_) => return Err(Reason::MalformedBody),
                    None => None,
                },
                At::Header(name) => match single(self.reader.headers, name) {
                    Err(Reason::MissingHeader) => None,
                    found => Some(Cow::Borrowed(found.map_err(|_| Reason::MalformedBody)?)),
                },
                other => self.raw(other),
            };
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    fn raw(&self, at: At) -> Option<Cow<'_, str>> {
        let reader = self.reader;
        match at {
            At::Header(name) => single(reader.headers, name).ok().map(Cow::Borrowed),
            At::Element(key) => {
                let text = single(reader.headers, reader.scheme.signature.header_name()).ok()?;
                element(text, reader.scheme.signature.form, key)
                    .ok()
                    .map(Cow::Borrowed)
            }
            At::Json(pointer) | At::Integer(pointer) => self.picked(pointer).map(Cow::Borrowed),
            At::Form(field) => reader
                .fields
                .iter()
                .find(|(name, _)| name == field)
                .map(|(_, value)| Cow::Borrowed(&**value)),
            At::FirstOf(_) => None,
        }
    }

    fn picked(&self, pointer: &str) -> Option<&str> {
        let slot = self.reader.pointers.iter().position(|known| *known == pointer)?;
        self.values[slot]
    }

    fn stated<'t>(&self, place: Place, value: Cow<'t, str>) -> Stated<Cow<'t, str>> {
        Stated::new(value, self.reader.scheme.covers(place))
    }
}

impl Scheme {
    /// Every place that the description reads from a genuine delivery.
    fn places(&self) -> impl Iterator<Item = At> + use<> {
        let handshakes = self.handshakes.iter().flat_map(|handshake| match handshake.call {
            Call::Signed {
                when,
                challenge,
                unless,
                ..
            } => [Some(when), challenge, unless],
            _ => [None; 3],
        });
        let unstable = self.unstable.iter().map(|pointer| Place(At::Json(pointer)));
        let timestamp = self.timestamp.map(|at| at.place);
        let single = [self.id, self.kind, self.live, timestamp];
        single
            .into_iter()
            .chain(handshakes)
            .flatten()
            .chain(unstable)
            .chain(self.within.iter().copied())
            .flat_map(Place::each)
    }
}

/// Whether the request says that its body is a form.
pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .is_some_and(|value| is_form_type(value.as_bytes()))
}

/// Whether this content type is a form's.
pub(crate) fn is_form_type(content_type: &[u8]) -> bool {
    let kind = content_type
        .split(|byte| *byte == b';')
        .next()
        .unwrap_or_default();
    kind.trim_ascii()
        .eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
}

/// Whether the JSON value is a number without a fraction or an exponent.
fn is_whole(raw: &str) -> bool {
    let digits = raw.strip_prefix('-').unwrap_or(raw);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// What a store, a log line and a person can take for an id or a kind.
const MAX_TEXT: usize = 255;
