//! Writing into a delivery's body what its sender states there.

use serde_json::Value;

use super::Delivery;
use super::document::{made_at, number_or_text};
use crate::provider::events::Events;
use crate::provider::place::{At, Place, TimestampAt};
use crate::provider::read::is_form_type;

impl Delivery {
    /// Writes id, kind and time into the body where the description has them there, and leaves the rest of it as it is. The body
    /// is a JSON document, or a [`form`](Self::form); one that is neither stays as it is.
    ///
    /// Of places that the description reads one after the other, it is the first that the body already has, or else the first.
    /// Where one delivery may hold several events, the first event is filled in, and made if there is none; a kind of several
    /// parts is cut at its dots. An id that the description has as a number must be one.
    ///
    /// ```
    /// use tower_webhook::provider::senders::{GOCARDLESS, TRELLO};
    /// use tower_webhook::testing::Delivery;
    ///
    /// let delivery = Delivery::new(TRELLO, "{}").id("1").kind("updateCard").fill();
    /// assert_eq!(delivery.body(), r#"{"action":{"id":"1","type":"updateCard"}}"#);
    ///
    /// let delivery = Delivery::new(GOCARDLESS, r#"{"events":[{"created_at":""}]}"#)
    ///     .at(std::time::SystemTime::UNIX_EPOCH)
    ///     .id("EV1")
    ///     .kind("payments.confirmed")
    ///     .fill();
    /// let event = r#"{"action":"confirmed","created_at":"1970-01-01T00:00:00Z","id":"EV1","resource_type":"payments"}"#;
    /// assert_eq!(delivery.body(), &format!(r#"{{"events":[{event}]}}"#));
    /// ```
    pub fn fill(mut self) -> Self {
        if is_form_type(self.content_type.as_bytes()) {
            self.fill_form();
        } else if let Ok(document) = serde_json::from_slice(&self.body) {
            self.fill_document(document);
        }
        self
    }

    fn fill_document(&mut self, mut document: Value) {
        let untouched = document.clone();
        write(&mut document, "", self.scheme.id, &self.id);
        write_time(&mut document, "", self.scheme.timestamp, self);
        let events = self.scheme.events;
        let opened = events
            .iter()
            .find(|each| untouched.pointer(&each.path.replace('*', "0")).is_some());
        let opened = opened.or(events.first());
        // Such a sender's own kind is that of the batch; what was asked for is the event's.
        let is_of_the_batch = opened.is_some_and(|events| !events.kind.is_empty())
            && self.scheme.kind.is_some_and(|kind| held(&untouched, kind));
        if !is_of_the_batch {
            write(&mut document, "", self.scheme.kind, &self.kind);
        }
        if let Some(events) = opened {
            self.fill_event(&mut document, events);
        }
        if document != untouched {
            self.body = document.to_string().into();
        }
    }

    fn fill_event(&self, document: &mut Value, events: &Events) {
        made_at(document, events.path);
        let root = events.path.replace('*', "0");
        write(document, &root, events.id, &self.id);
        write_time(document, &root, events.time, self);
        let parts = self.kind.splitn(events.kind.len(), '.');
        for (place, part) in events.kind.iter().zip(parts) {
            write(document, &root, Some(*place), part);
        }
    }

    fn fill_form(&mut self) {
        let Ok(mut fields) = serde_urlencoded::from_bytes::<Vec<(String, String)>>(&self.body) else {
            return;
        };
        for (place, text) in [(self.scheme.id, &self.id), (self.scheme.kind, &self.kind)] {
            let named = place.into_iter().flat_map(Place::each).filter_map(|at| match at {
                At::Form(field) => Some(field),
                _ => None,
            });
            let position = |wanted: &str| fields.iter().position(|(name, _)| name == wanted);
            let mut named = named.peekable();
            let first = named.peek().copied();
            match (named.find_map(position), first) {
                (Some(index), _) => fields[index].1.clone_from(text),
                (None, Some(field)) => fields.push((field.into(), text.clone())),
                (None, None) => {}
            }
        }
        if let Ok(form) = serde_urlencoded::to_string(fields) {
            self.body = form.into();
        }
    }
}

/// Writes the text at the place, by pointers from this root. What a header may say is said there.
fn write(document: &mut Value, root: &str, place: Option<Place>, text: &str) {
    let Some(place) = place else { return };
    if place.each().any(|at| matches!(at, At::Header(_))) {
        return;
    }
    let fitting = || {
        place.each().filter_map(|at| match at {
            At::Json(pointer) => Some((pointer, text.into())),
            At::Integer(pointer) => text.parse::<u64>().ok().map(|number| (pointer, number.into())),
            _ => None,
        })
    };
    let there = fitting().find(|(pointer, _)| document.pointer(&format!("{root}{pointer}")).is_some());
    if let Some((pointer, value)) = there.or(fitting().next()) {
        *made_at(document, &format!("{root}{pointer}")) = value;
    }
}

fn write_time(document: &mut Value, root: &str, at: Option<TimestampAt>, delivery: &Delivery) {
    let Some(at) = at else { return };
    if let Some(At::Json(pointer)) = at.place.each().next() {
        let text = at.unit.write(delivery.time);
        *made_at(document, &format!("{root}{pointer}")) = number_or_text(&text);
    }
}

/// Whether the document has anything at this place.
fn held(document: &Value, place: Place) -> bool {
    place.each().any(|at| match at {
        At::Json(pointer) | At::Integer(pointer) => document.pointer(pointer).is_some(),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::Scheme;
    use crate::provider::senders::{FRONT, LINEAR, META, TELEGRAM, TWILIO};

    fn filled(scheme: Scheme, body: &'static str) -> String {
        let delivery = Delivery::new(scheme, body).at(std::time::SystemTime::UNIX_EPOCH);
        let delivery = delivery.id("7").kind("asked").fill();
        String::from_utf8(delivery.body.to_vec()).unwrap()
    }

    #[test]
    fn what_the_body_has_says_which_place_is_meant() {
        assert_eq!(filled(FRONT, "{}"), r#"{"payload":{"id":"7"},"type":"asked"}"#);
        assert_eq!(filled(FRONT, r#"{"id":"1"}"#), r#"{"id":"7","type":"asked"}"#);
    }

    #[test]
    fn numbers_are_numbers() {
        assert_eq!(filled(TELEGRAM, "{}"), r#"{"update_id":7}"#);
        assert_eq!(filled(LINEAR, "{}"), r#"{"type":"asked","webhookTimestamp":0}"#);
        let named = Delivery::new(TELEGRAM, "{}").id("seven").fill();
        assert_eq!(named.body(), "{}");
    }

    #[test]
    fn an_event_s_kind_is_not_the_batch_s() {
        let body = r#"{"object":"page","entry":[{"changes":[{"value":1},{"value":2}]}]}"#;
        let expected = r#"{"entry":[{"changes":[{"field":"asked","value":1},{"value":2}]}],"object":"page"}"#;
        assert_eq!(filled(META, body), expected);
        let without = r#"{"entry":[{"changes":[{"value":1}]}]}"#;
        let expected = r#"{"entry":[{"changes":[{"field":"asked","value":1}]}],"object":"asked"}"#;
        assert_eq!(filled(META, without), expected);
    }

    #[test]
    fn a_form_keeps_its_fields() {
        let delivery = Delivery::new(TWILIO, "From=%2B1&CallStatus=").form();
        assert_eq!(
            delivery.kind("completed").fill().body(),
            "From=%2B1&CallStatus=completed"
        );
        let delivery = Delivery::new(TWILIO, "").form().kind("delivered").fill();
        assert_eq!(delivery.body(), "MessageStatus=delivered");
    }

    #[test]
    fn what_is_no_document_stays_as_it_is() {
        assert_eq!(filled(FRONT, "<xml/>"), "<xml/>");
        assert_eq!(filled(TWILIO, r#"{"a": 1}"#), r#"{"a": 1}"#);
    }
}
