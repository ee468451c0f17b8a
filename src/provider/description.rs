//! The description of a sender: a constant that says how it signs.

use std::time::Duration;

use http::Method as Verb;

use super::about::About;
use super::events::Events;
use super::handshake::Handshake;
use super::method::{KeyForm, Method};
use super::place::{At, Part, Place, SignatureAt, TimestampAt, header};
use crate::signature::encoding::Encoding;
use crate::signature::header::Form;
use crate::signature::hmac::Algorithm;
use crate::verified::{Binding, Identity, Policy};

/// How a sender signs, where it says what, and for how long it tries. See the [module docs](super) for an example.
///
/// Built in `const` context; what contradicts itself is refused when a layer is built with it.
#[derive(Debug, Clone, Copy)]
pub struct Scheme {
    pub(crate) name: &'static str,
    pub(crate) docs: &'static str,
    pub(crate) method: Method,
    pub(crate) signature: SignatureAt,
    pub(crate) key: KeyForm,
    pub(crate) content: &'static [Part],
    pub(crate) timestamp: Option<TimestampAt>,
    pub(crate) tolerance: Duration,
    pub(crate) id: Option<Place>,
    pub(crate) id_promised: bool,
    pub(crate) kind: Option<Place>,
    pub(crate) within: &'static [Place],
    pub(crate) live: Option<Place>,
    pub(crate) expected_live: Option<bool>,
    pub(crate) payload: Payload,
    pub(crate) methods: &'static [Verb],
    pub(crate) empty_body: bool,
    pub(crate) body_limit: usize,
    pub(crate) retries: Duration,
    pub(crate) retention: Duration,
    pub(crate) identity: Identity,
    pub(crate) unstable: &'static [&'static str],
    pub(crate) handshakes: &'static [Handshake],
    pub(crate) second: Option<&'static Scheme>,
    pub(crate) about: About,
    pub(crate) events: &'static [Events],
}

/// What bodies a sender sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Payload {
    /// JSON, always: anything else is refused.
    Json,
    /// JSON or a form, by the content type. JSON that stands in this field of a form is the document.
    JsonOrForm {
        /// The form field that wraps the JSON document, such as `payload`.
        field: &'static str,
    },
    /// A form or JSON, by the content type. A field of the form may stand there more than once, unless the description reads it.
    Fields,
    /// Anything; JSON is read where there is JSON.
    Any,
}

impl Scheme {
    /// A sender that signs with HMAC-SHA-256 and a secret whose text is the key. Its name is what logs, metrics and event
    /// keys call it; say next where the [`signature`](Self::signature) stands.
    #[must_use]
    pub const fn hmac_sha256(name: &'static str) -> Self {
        Self {
            name,
            docs: "",
            method: Method::Hmac(Algorithm::Sha256),
            signature: SignatureAt {
                place: header(""),
                form: Form::Whole { prefix: "" },
                encoding: Encoding::Hex,
            },
            key: KeyForm::Text,
            content: &[Part::Body],
            timestamp: None,
            tolerance: Duration::from_secs(300),
            id: None,
            id_promised: false,
            kind: None,
            within: &[],
            live: None,
            expected_live: None,
            payload: Payload::Any,
            methods: POST,
            empty_body: false,
            body_limit: 1 << 20,
            retries: Duration::from_secs(3 * DAY),
            retention: Duration::from_secs(8 * DAY),
            identity: Identity::DeliveryId,
            unstable: &[],
            handshakes: &[],
            second: None,
            about: About::NOTHING,
            events: &[],
        }
    }

    /// As [`hmac_sha256`](Self::hmac_sha256), with SHA-512.
    #[must_use]
    pub const fn hmac_sha512(name: &'static str) -> Self {
        Self {
            method: Method::Hmac(Algorithm::Sha512),
            ..Self::hmac_sha256(name)
        }
    }

    /// As [`hmac_sha256`](Self::hmac_sha256), with SHA-1, for senders that know nothing better.
    #[must_use]
    pub const fn hmac_sha1(name: &'static str) -> Self {
        Self {
            method: Method::Hmac(Algorithm::Sha1),
            ..Self::hmac_sha256(name)
        }
    }

    /// A sender that signs nothing and sends the shared secret itself, where [`signature`](Self::signature) says: a header's
    /// [`token`](Place::token), behind a prefix if there is one. What it sends is an
    /// [`UnsignedBody`](crate::UnsignedBody), never a [`Verified`](crate::Verified).
    #[must_use]
    pub const fn token(name: &'static str) -> Self {
        Self {
            method: Method::Token,
            content: &[],
            ..Self::hmac_sha256(name)
        }
    }

    /// A sender whose deliveries a [`Provider`](super::Provider) of its own checks, by what is named here for tables. Its
    /// `content` says what that check covers.
    #[must_use]
    pub const fn own(name: &'static str, method: &'static str) -> Self {
        Self {
            method: Method::Own(method),
            ..Self::hmac_sha256(name)
        }
    }

    /// The same description for a sender of another name.
    #[must_use]
    pub const fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    /// The page on which the sender says how it signs.
    #[must_use]
    pub const fn docs(self, url: &'static str) -> Self {
        Self { docs: url, ..self }
    }

    /// Where the signature stands: in a header.
    #[must_use]
    pub const fn signature(self, at: SignatureAt) -> Self {
        Self {
            signature: at,
            ..self
        }
    }

    /// The key is what the secret's text is the Base64 of; this prefix of the text is not part of it.
    #[must_use]
    pub const fn base64_key(self, prefix: &'static str) -> Self {
        Self {
            key: KeyForm::Base64 { prefix },
            ..self
        }
    }

    /// What is signed, in order; for an HMAC the body stands in it once. The body alone by default.
    #[must_use]
    pub const fn content(self, parts: &'static [Part]) -> Self {
        Self {
            content: parts,
            ..self
        }
    }

    /// Where the time stands. It must be part of what is signed.
    #[must_use]
    pub const fn timestamp(self, at: TimestampAt) -> Self {
        Self {
            timestamp: Some(at),
            ..self
        }
    }

    /// How far the time may be from now, either way; 5 minutes by default.
    #[must_use]
    pub const fn tolerance(self, tolerance: Duration) -> Self {
        Self { tolerance, ..self }
    }

    /// Where the event's id stands, which the sender gives with every delivery.
    #[must_use]
    pub const fn id(self, place: Place) -> Self {
        Self {
            id: Some(place),
            id_promised: true,
            ..self
        }
    }

    /// Where the event's id stands when there is one; a delivery without is known by its content.
    #[must_use]
    pub const fn id_if_any(self, place: Place) -> Self {
        Self {
            id: Some(place),
            id_promised: false,
            ..self
        }
    }

    /// Where the event's kind stands.
    #[must_use]
    pub const fn kind(self, place: Place) -> Self {
        Self {
            kind: Some(place),
            ..self
        }
    }

    /// The values within which ids are unique, such as an account: they become part of each event's key.
    #[must_use]
    pub const fn within(self, places: &'static [Place]) -> Self {
        Self {
            within: places,
            ..self
        }
    }

    /// Where the sender says whether the event is live (`true`) or a test's.
    #[must_use]
    pub const fn live(self, place: Place) -> Self {
        Self {
            live: Some(place),
            ..self
        }
    }

    /// What bodies the sender sends; [`Payload::Any`] by default.
    #[must_use]
    pub const fn payload(self, payload: Payload) -> Self {
        Self { payload, ..self }
    }

    /// Lets an empty body pass, for a sender that sends such events.
    #[must_use]
    pub const fn empty_body(self) -> Self {
        Self {
            empty_body: true,
            ..self
        }
    }

    /// The longest body the sender sends, in bytes; 1 MiB by default.
    #[must_use]
    pub const fn body_limit(self, bytes: usize) -> Self {
        Self {
            body_limit: bytes,
            ..self
        }
    }

    /// For how long the sender tries again, and for how long events are remembered; 3 and 8 days by default.
    #[must_use]
    pub const fn retries(self, retries: Duration, retention: Duration) -> Self {
        Self {
            retries,
            retention,
            ..self
        }
    }

    /// What makes two deliveries the same event, where it isn't the sender's id.
    #[must_use]
    pub const fn identity(self, identity: Identity) -> Self {
        Self { identity, ..self }
    }

    /// Values of the JSON document that a retry of the same event may change, such as the count of tries, by their JSON Pointers.
    /// They raise no conflict and are no part of [`Identity::SignedContent`].
    #[must_use]
    pub const fn unstable(self, pointers: &'static [&'static str]) -> Self {
        Self {
            unstable: pointers,
            ..self
        }
    }

    /// The handshakes that the layer answers.
    #[must_use]
    pub const fn handshakes(self, handshakes: &'static [Handshake]) -> Self {
        Self { handshakes, ..self }
    }

    /// The sender's name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The page on which the sender says how it signs; empty for a description without.
    #[must_use]
    pub const fn docs_url(&self) -> &'static str {
        self.docs
    }

    /// What the description says about the identity of the sender's events.
    pub(crate) fn policy(&self) -> Policy {
        let wrapper = match self.payload {
            Payload::JsonOrForm { field } => Some(field),
            Payload::Json | Payload::Fields | Payload::Any => None,
        };
        Policy {
            identity: self.identity,
            retention: self.retention,
            id_promised: self.id_promised,
            wrapper,
        }
    }

    /// Whether the signature covers what stands at this place. For [`first_of()`](super::first_of): each of them.
    #[must_use]
    pub fn covers(&self, place: Place) -> bool {
        place.each().all(|at| match at {
            At::Header(name) => self.content.contains(&Part::Header(name)),
            At::Element(key) => self.content.contains(&Part::Element(key)),
            At::Json(pointer) | At::Integer(pointer) => self.contains_any(Part::Body, Part::Json(pointer)),
            At::Form(field) => self.contains_any(Part::Body, Part::Form(field)),
            At::FirstOf(_) => false,
        })
    }

    fn contains_any(&self, one: Part, other: Part) -> bool {
        self.content.contains(&one) || self.content.contains(&other)
    }

    /// What the proof of a delivery is bound to, computed from the signed content.
    #[must_use]
    pub fn binding(&self) -> Binding {
        let holds = |found: fn(&Part) -> bool| self.content.iter().any(found);
        if holds(|part| matches!(part, Part::Body)) {
            Binding::Body
        } else if self.content.iter().any(|part| self.is_of_the_event(*part)) {
            Binding::Fields
        } else if holds(|part| matches!(part, Part::Checksum)) {
            Binding::Checksum
        } else if self.content.is_empty() {
            Binding::Bearer
        } else {
            Binding::Envelope
        }
    }
}

const POST: &[Verb] = &[Verb::POST];
const DAY: u64 = 86_400;
