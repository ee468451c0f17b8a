//! Producing a sender's handshake the way the sender does.

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Uri};
use serde_json::{Map, Value};

use super::document::{made_at, number_or_text};
use super::{Delivery, insert, unusable};
use crate::error::{ConfigError, ConfigErrorKind};
use crate::provider::Scheme;
use crate::provider::handshake::{Call, Handshake, Verb};
use crate::provider::place::{At, Place};
use crate::secret::Secrets;

/// A handshake to be sent: which, and with what challenge.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    handshake: Option<Handshake>,
    challenge: String,
}

impl Delivery {
    /// The first handshake that the sender's description has, with this challenge; for one without a challenge leave it empty.
    ///
    /// Where the sender shows a verify token, the secret that [`sign`](Self::sign) is given is that token; where it hands a
    /// secret over or asks to be let send, the challenge is the secret or the origin.
    ///
    /// ```
    /// use tower_webhook::provider::senders::DROPBOX;
    /// use tower_webhook::{Secret, testing::Delivery};
    ///
    /// let secret = Secret::new("the app secret of a test")?;
    /// let request = Delivery::handshake(DROPBOX, "abc 123").uri("/hooks").sign(&secret)?;
    /// assert_eq!((request.method().as_str(), request.uri().to_string()), ("GET", "/hooks?challenge=abc+123".into()));
    /// # Ok::<(), tower_webhook::ConfigError>(())
    /// ```
    pub fn handshake(scheme: Scheme, challenge: impl Into<String>) -> Self {
        let challenge = challenge.into();
        let handshake = scheme.handshakes.first().copied();
        let body = match handshake.map(|handshake| handshake.call) {
            Some(Call::Signed {
                when,
                equals,
                challenge: place,
                ..
            }) => document(&[(Some(when), equals), (place, Some(&challenge))]),
            _ => Bytes::new(),
        };
        let mut delivery = Self::new(scheme, body);
        delivery.asked = Some(Asked { handshake, challenge });
        delivery
    }

    /// What the handshake puts into the head of a delivery that is signed.
    pub(super) fn put_handshake(&self, headers: &mut HeaderMap) -> Result<(), ConfigError> {
        let Some(Asked {
            handshake: Some(handshake),
            challenge: text,
        }) = &self.asked
        else {
            return Ok(());
        };
        if let Call::Signed {
            when,
            equals,
            challenge,
            ..
        } = handshake.call
        {
            self.put(headers, Some(when), equals.unwrap_or(text))?;
            self.put(headers, challenge, text)?;
        }
        Ok(())
    }

    /// The request, where it is one that comes before any signature.
    pub(super) fn greeting(&self, secrets: &Secrets) -> Result<Option<Request<Bytes>>, ConfigError> {
        let Some(Asked { handshake, challenge }) = &self.asked else {
            return Ok(None);
        };
        let mut request = Request::new(Bytes::new());
        let mut fields = Vec::new();
        let call = handshake.map(|handshake| handshake.call);
        match call {
            Some(Call::Signed { .. }) => return Ok(None),
            Some(Call::Own(..)) | None => return Err(nothing_to_send(self.scheme.name())),
            Some(Call::Head) => {}
            Some(Call::Header(name) | Call::Secret(name)) => insert(request.headers_mut(), name, challenge)?,
            Some(Call::Origin) => insert(request.headers_mut(), "webhook-request-origin", challenge)?,
            Some(Call::Query {
                challenge: name,
                guard,
                ..
            }) => {
                let token = secrets
                    .iter()
                    .next()
                    .map(|secret| String::from_utf8_lossy(secret.expose()));
                if let Some(guard) = guard {
                    fields.push((guard.mode.0, guard.mode.1.to_owned()));
                    fields.push((guard.token, token.clone().unwrap_or_default().into_owned()));
                }
                fields.push((name, challenge.clone()));
            }
        }
        *request.method_mut() = method(handshake.map_or(Verb::Post, |handshake| handshake.verb()));
        *request.uri_mut() = self.asked_at(&fields)?;
        Ok(Some(request))
    }

    fn asked_at(&self, fields: &[(&str, String)]) -> Result<Uri, ConfigError> {
        let query = serde_urlencoded::to_string(fields)
            .map_err(|error| unusable("the challenge").with_source(error))?;
        let mark = match (query.is_empty(), self.uri.contains('?')) {
            (true, _) => "",
            (false, true) => "&",
            (false, false) => "?",
        };
        let text = format!("{}{mark}{query}", self.uri);
        text.parse()
            .map_err(|error| unusable("the URI").with_source(error))
    }
}

/// A JSON document with these texts at these places; a text of digits is a number.
fn document(wanted: &[(Option<Place>, Option<&str>)]) -> Bytes {
    let mut document = Value::Object(Map::new());
    for (place, text) in wanted {
        let pointer = place
            .iter()
            .flat_map(|place| place.each())
            .find_map(|at| match at {
                At::Json(pointer) => Some(pointer),
                _ => None,
            });
        let (Some(pointer), Some(text)) = (pointer, text) else {
            continue;
        };
        *made_at(&mut document, pointer) = number_or_text(text);
    }
    document.to_string().into()
}

fn method(verb: Verb) -> Method {
    match verb {
        Verb::Get => Method::GET,
        Verb::Head => Method::HEAD,
        Verb::Options => Method::OPTIONS,
        Verb::Post => Method::POST,
    }
}

fn nothing_to_send(sender: &str) -> ConfigError {
    let advice =
        format!("{sender}'s description has no handshake that can be produced; write that request yourself");
    ConfigError::new(ConfigErrorKind::Scheme, advice)
}
