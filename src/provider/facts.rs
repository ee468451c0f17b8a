//! A description's facts as a person reads them.

use std::fmt::Write;
use std::time::Duration;

use super::about::{Source, Vectors};
use super::description::Scheme;
use super::handshake::Handshake;
#[cfg(feature = "ed25519")]
use super::method::PUBLIC;
use super::method::{KeyForm, Method};
use super::place::{At, Part, Place};
use crate::signature::encoding::Encoding;
use crate::signature::header::Form;
use crate::signature::scattered::Scatter;
use crate::verified::{Binding, Identity};

/// What a [`Scheme`] says, in words: for tables and for the `webhook` command.
///
/// ```
/// let facts = tower_webhook::provider::STRIPE.facts();
/// assert_eq!(facts.content, "{t}.{body}");
/// assert_eq!(facts.id.as_deref(), Some("json:/id"));
/// assert!(facts.id_signed);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Facts {
    /// The sender's name.
    pub name: &'static str,
    /// The page on which the sender says how it signs.
    pub docs: &'static str,
    /// How the sender proves who it is: the MAC's or the signature's algorithm.
    pub algorithm: &'static str,
    /// What that proof is bound to.
    pub binding: Binding,
    /// The header and the form of the signature in it.
    pub signature: String,
    /// How the secret becomes the key.
    pub key: String,
    /// What is signed, with the parts that vary in braces.
    pub content: String,
    /// Where the time stands.
    pub timestamp: Option<String>,
    /// How far the time may be from now, where there is one.
    pub tolerance: Option<Duration>,
    /// Where the event's id stands.
    pub id: Option<String>,
    /// Whether the signature covers the id.
    pub id_signed: bool,
    /// Where the event's kind stands.
    pub kind: Option<String>,
    /// Whether events are known by their content instead of their id.
    pub by_content: bool,
    /// What makes two deliveries the same event: its `id`, its `content`, or nothing, so that `each delivery` is one.
    pub identity: &'static str,
    /// Where a delivery's events stand, for a sender that may put several into one: see [`each`](super::each).
    pub events: Vec<&'static str>,
    /// The handshakes that the layer answers.
    pub handshakes: Vec<String>,
    /// The answer that the sender takes for a success, where it says so.
    pub answer: Option<&'static str>,
    /// How long the sender waits for the answer, where it says so.
    pub deadline: Option<Duration>,
    /// How often and when the sender tries again, where it says so.
    pub tries: Option<&'static str>,
    /// Where the scheme was read.
    pub source: Option<Source>,
    /// What proves the description.
    pub vectors: Vectors,
    /// The longest body in bytes.
    pub body_limit: usize,
    /// For how long the sender tries again; an assumption where `tries` is `None`.
    pub retries: Duration,
    /// For how long events are remembered.
    pub retention: Duration,
}

impl Scheme {
    /// What the description says, in words.
    #[must_use]
    pub fn facts(&self) -> Facts {
        Facts {
            name: self.name,
            docs: self.docs,
            algorithm: self.method.name(),
            binding: self.binding(),
            signature: format!("{}: {}", self.signature.header_name(), self.signature_form()),
            key: self.about.key.map_or_else(|| self.key_form(), Into::into),
            content: self.content_form(),
            timestamp: self.timestamp.map(|at| place(at.place)),
            tolerance: self.timestamp.map(|_| self.tolerance),
            id: self.id.map(place),
            id_signed: self.id.is_some_and(|id| self.covers(id)),
            kind: self.kind.map(place),
            by_content: self.identity_name() == "content",
            identity: self.identity_name(),
            events: self.events.iter().map(|events| events.path).collect(),
            handshakes: self.handshakes.iter().map(Handshake::words).collect(),
            answer: self.about.answer,
            deadline: self.about.deadline,
            tries: self.about.tries,
            source: self.about.source,
            vectors: self.about.vectors,
            body_limit: self.body_limit,
            retries: self.retries,
            retention: self.retention,
        }
    }

    fn key_form(&self) -> String {
        match self.key {
            KeyForm::Text => "the secret's text".into(),
            #[cfg(feature = "ed25519")]
            KeyForm::Hex if self.method == Method::Ed25519 => {
                "the public key, decoded from hexadecimal".into()
            }
            KeyForm::Hex => "the secret, decoded from hexadecimal".into(),
            KeyForm::Sha1 => "the SHA-1 of the secret's text".into(),
            #[cfg(feature = "p256")]
            KeyForm::Base64 { .. } if self.method == Method::EcdsaP256 => {
                "the public key (SPKI), decoded from Base64".into()
            }
            #[cfg(feature = "ed25519")]
            KeyForm::Base64OrPublic { prefix } => format!(
                "the secret behind `{prefix}` or the public key behind `{PUBLIC}`, decoded from Base64"
            ),
            KeyForm::Base64 { prefix: "" } => "the secret, decoded from Base64".into(),
            KeyForm::Base64 { prefix } => format!("the secret behind `{prefix}`, decoded from Base64"),
        }
    }

    fn identity_name(&self) -> &'static str {
        match self.identity {
            Identity::EachDelivery => "each delivery",
            Identity::DeliveryId if self.id.is_some() => "id",
            Identity::DeliveryId | Identity::SignedContent => "content",
        }
    }

    fn signature_form(&self) -> String {
        match (self.method, self.signature.form) {
            (Method::Token, Form::Whole { prefix }) => return format!("{prefix}{{token}}"),
            (Method::Own(name), Form::Whole { prefix }) if name.starts_with("JWT") => {
                return format!("{prefix}{{token}}");
            }
            (Method::Basic, Form::Whole { prefix }) => return format!("{prefix}{{base64 of user:password}}"),
            _ => {}
        }
        let encoding = match self.signature.encoding {
            Encoding::Hex => "{hex}",
            Encoding::Base64 => "{base64}",
            Encoding::Base64Url => "{base64url}",
        };
        match self.signature.form {
            Form::Whole { prefix } => format!("{prefix}{encoding}"),
            Form::Pairs { separator, key } => format!("{key}={encoding}{separator}…"),
            Form::Scattered(Scatter::Indexed) => format!("{encoding} in each of …-1, …-2, …"),
            Form::Scattered(Scatter::Repeated { prefix }) => format!("{prefix}{encoding}, …"),
            Form::List {
                separator,
                version,
                ed25519: None,
            } => format!("{version},{encoding}{separator}…"),
            Form::List {
                separator,
                version,
                ed25519: Some(other),
            } => format!("{version},{encoding}{separator}{other},{encoding}{separator}…"),
        }
    }

    fn content_form(&self) -> String {
        self.content.iter().fold(String::new(), |mut text, part| {
            let written = match part {
                Part::Body => write!(text, "{{body}}"),
                Part::Text(fixed) => write!(text, "{fixed}"),
                Part::Header(name) | Part::Element(name) | Part::Form(name) => write!(text, "{{{name}}}"),
                Part::Json(pointer) => write!(text, "{{{pointer}}}"),
                Part::Url => write!(text, "{{url}}"),
                Part::Method => write!(text, "{{method}}"),
                Part::Checksum => write!(text, "{{checksum of body}}"),
            };
            debug_assert!(written.is_ok(), "a String takes any text");
            text
        })
    }
}

pub(super) fn place(place: Place) -> String {
    let names = place.each().map(|at| match at {
        At::Header(name) => format!("header:{name}"),
        At::Element(key) => format!("signature:{key}"),
        At::Json(pointer) | At::Integer(pointer) => format!("json:{pointer}"),
        At::Form(field) => format!("form:{field}"),
        At::FirstOf(_) => String::new(),
    });
    names.collect::<Vec<_>>().join(" or ")
}
