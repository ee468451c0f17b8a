//! Signing a delivery by its sender's description.

mod captured;
mod document;
mod fill;
mod handshake;

use std::time::SystemTime;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Request};

use super::Signs;
use super::keys::Signer;
use crate::error::{ConfigError, ConfigErrorKind};
use crate::provider::Scheme;
use crate::provider::place::{At, Part, Place};
use crate::provider::sender::split;
use crate::secret::Secrets;
use crate::signature::header::Form;
use crate::signature::scattered::Scatter;
use handshake::Asked;

pub use captured::stated_time;

/// A delivery to be signed.
///
/// Id and kind are put where the description has them in the head; what it has in the body is yours to write there, or
/// [`fill`](Self::fill)'s.
#[derive(Debug, Clone)]
#[must_use = "a delivery does nothing until it is signed"]
pub struct Delivery {
    scheme: Scheme,
    body: Bytes,
    time: SystemTime,
    id: String,
    kind: String,
    uri: String,
    url: String,
    content_type: &'static str,
    asked: Option<Asked>,
    /// The head of a request that was captured, which is kept as it is.
    captured: Option<Box<Parts>>,
}

impl Delivery {
    /// A delivery of this sender with this body: JSON by its content type, sent now, with the id `test_1`.
    pub fn new(scheme: Scheme, body: impl Into<Bytes>) -> Self {
        Self {
            scheme,
            body: body.into(),
            time: SystemTime::now(),
            id: "test_1".into(),
            kind: "test".into(),
            uri: "/".into(),
            url: String::new(),
            content_type: "application/json",
            asked: None,
            captured: None,
        }
    }

    /// Sent at this time.
    pub fn at(mut self, time: SystemTime) -> Self {
        self.time = time;
        self
    }

    /// With this id in the head, where the sender has one there.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = id.into();
        self
    }

    /// With this kind in the head, where the sender has one there.
    pub fn kind(mut self, kind: impl Into<String>) -> Self {
        self.kind = kind.into();
        self
    }

    /// Sent to this path or URL; `/` otherwise.
    pub fn uri(mut self, uri: impl Into<String>) -> Self {
        self.uri = uri.into();
        self
    }

    /// Signed for this public URL of the endpoint, where the sender signs it.
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.url = url.into();
        self
    }

    /// With a form's content type.
    pub fn form(mut self) -> Self {
        self.content_type = "application/x-www-form-urlencoded";
        self
    }

    /// The signed request, by a private key where the sender signs with one: see [`public_key`](super::public_key). With several
    /// secrets it is signed by each, as a sender does while it rotates them; a sender with
    /// room for one signature uses the last.
    ///
    /// # Errors
    ///
    /// When a secret is not in this sender's form, or a value can't stand in a header or a URL.
    pub fn sign(&self, secrets: &(impl Clone + Into<Secrets>)) -> Result<Request<Bytes>, ConfigError> {
        let secrets: Secrets = secrets.clone().into();
        if let Some(request) = self.greeting(&secrets)? {
            return Ok(request);
        }
        let mut request = self.unsigned()?;
        let headers = request.headers_mut();
        let time = self.stated_time();
        let signatures = self.signatures(&secrets, headers, time.as_ref().map(|(_, text)| text.as_str()))?;
        let at = &self.scheme.signature;
        let value = match at.form {
            Form::Whole { prefix } => signatures
                .last()
                .map(|(last, _)| format!("{prefix}{last}"))
                .unwrap_or_default(),
            Form::Pairs { separator, key } => self.pairs(key, &signatures, time.as_ref()).join(separator),
            Form::Scattered(Scatter::Indexed) => {
                for (index, (one, _)) in (1..).zip(&signatures) {
                    insert(headers, &format!("{}-{index}", at.header_name()), one)?;
                }
                String::new()
            }
            Form::Scattered(Scatter::Repeated { prefix }) => {
                let items = signatures.iter().map(|(one, _)| format!("{prefix}{one}"));
                items.collect::<Vec<_>>().join(", ")
            }
            Form::List {
                separator,
                version,
                ed25519,
            } => {
                let version = |other: bool| ed25519.filter(|_| other).unwrap_or(version);
                let items = signatures
                    .iter()
                    .map(|(one, other)| format!("{},{one}", version(*other)));
                items.collect::<Vec<_>>().join(separator)
            }
        };
        if !value.is_empty() {
            insert(headers, at.header_name(), &value)?;
        }
        Ok(request)
    }

    /// The request signed as this provider's sender does, for a provider with code of its own.
    ///
    /// # Errors
    ///
    /// As [`sign`](Self::sign).
    pub fn sign_as(
        &self,
        provider: &impl Signs,
        secrets: &(impl Clone + Into<Secrets>),
    ) -> Result<Request<Bytes>, ConfigError> {
        provider.sign(self, &secrets.clone().into())
    }

    /// The bytes that the sender would send.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// When it is sent.
    #[must_use]
    pub fn time(&self) -> SystemTime {
        self.time
    }

    /// The id that the sender gives the event.
    #[must_use]
    pub fn event_id(&self) -> &str {
        &self.id
    }

    /// When it is sent, as the sender writes it; empty for one that states no time.
    #[must_use]
    pub fn written_time(&self) -> String {
        self.stated_time().map(|(_, text)| text).unwrap_or_default()
    }

    /// The request before it is signed: with its method, its content type, and what the description has in the head.
    ///
    /// # Errors
    ///
    /// When a value can't stand in a header or a URL.
    pub fn unsigned(&self) -> Result<Request<Bytes>, ConfigError> {
        if let Some(head) = &self.captured {
            return self.unsigned_again(head);
        }
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        self.put(&mut headers, self.scheme.id, &self.id)?;
        self.put(&mut headers, self.scheme.kind, &self.kind)?;
        self.put_handshake(&mut headers)?;
        if let Some((place, text)) = &self.stated_time() {
            self.put(&mut headers, Some(*place), text)?;
        }
        for part in self.scheme.content {
            if let Part::Header(name) = part
                && !headers.contains_key(*name)
            {
                insert(&mut headers, name, &self.id)?;
            }
        }
        let mut request = Request::new(self.body.clone());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self
            .uri
            .parse()
            .map_err(|error| unusable("the URI").with_source(error))?;
        *request.headers_mut() = headers;
        Ok(request)
    }

    fn stated_time(&self) -> Option<(Place, String)> {
        let at = self.scheme.timestamp?;
        let text = self.captured_text(at.place.0);
        Some((at.place, text.unwrap_or_else(|| at.unit.write(self.time))))
    }

    fn put(&self, headers: &mut HeaderMap, place: Option<Place>, value: &str) -> Result<(), ConfigError> {
        for at in place.into_iter().flat_map(Place::each) {
            if let At::Header(name) = at {
                insert(headers, name, value)?;
            }
        }
        Ok(())
    }

    fn pairs(&self, key: &str, signatures: &[(String, bool)], time: Option<&(Place, String)>) -> Vec<String> {
        let stated = time.and_then(|(place, text)| match place.0 {
            At::Element(name) => Some(format!("{name}={text}")),
            _ => None,
        });
        let signed = signatures.iter().map(|(one, _)| format!("{key}={one}"));
        stated.into_iter().chain(signed).collect()
    }

    fn signatures(
        &self,
        secrets: &Secrets,
        headers: &HeaderMap,
        time: Option<&str>,
    ) -> Result<Vec<(String, bool)>, ConfigError> {
        let piece = |part: &Part| match part {
            Part::Body => Vec::new(),
            Part::Text(text) => text.as_bytes().to_vec(),
            Part::Header(name) => headers
                .get(*name)
                .map(|value| value.as_bytes().to_vec())
                .unwrap_or_default(),
            Part::Element(_) => time.unwrap_or_default().as_bytes().to_vec(),
            Part::Url => self.url.as_bytes().to_vec(),
            Part::Method => self.method().as_str().as_bytes().to_vec(),
            Part::Json(_) | Part::Form(_) | Part::Checksum => Vec::new(),
        };
        let (before, after) = split(self.scheme.content);
        let pieces = |parts: &[Part]| parts.iter().map(piece).collect::<Vec<_>>().concat();
        let message = [&pieces(before), &self.body[..], &pieces(after)].concat();
        let signed = secrets.iter().map(|secret| {
            let signer = Signer::new(secret, &self.scheme)?;
            Ok(signer.sign(&message, &self.scheme))
        });
        signed.collect()
    }
}

pub(super) fn insert(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), ConfigError> {
    let name = HeaderName::from_bytes(name.as_bytes())
        .map_err(|error| unusable("a header's name").with_source(error))?;
    let value =
        HeaderValue::from_str(value).map_err(|error| unusable("a header's value").with_source(error))?;
    headers.insert(name, value);
    Ok(())
}

fn unusable(what: &str) -> ConfigError {
    ConfigError::new(
        ConfigErrorKind::Scheme,
        format!("{what} can't be sent; use one that HTTP allows"),
    )
}
