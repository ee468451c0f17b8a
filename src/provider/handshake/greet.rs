//! Handshakes that come before a signature: recognised and answered by the head alone.

use std::borrow::Cow;

use http::header::{ALLOW, HeaderName};
use http::request::Parts;
use http::{HeaderValue, Method};

use super::answer::Answer;
use super::settings::{Origin, Settings};
use super::{Call, Guard, Handshake, Reply, Verb};
use crate::provider::description::Scheme;
use crate::provider::form;
use crate::rejection::Reason;
use crate::signature::header::{is_name, single};

/// What a request before any signature asks for.
pub(crate) enum Greeting<'a> {
    /// To have this challenge sent back.
    Challenge(Handshake, Cow<'a, str>),
    /// To be told that somebody is there.
    Presence,
    /// To be let send, at this rate if it names one.
    Origin(&'a Origin, Option<u64>),
    /// To have this secret kept.
    Secret(&'static str, &'a str),
}

impl Scheme {
    /// Whether any handshake of the sender's could be this request: all that most deliveries pay for handshakes.
    pub(crate) fn may_greet(&self, head: &Parts) -> bool {
        !self.handshakes.is_empty()
            && (head.method != Method::POST
                || self.handshakes.iter().any(|handshake| match handshake.call {
                    Call::Query { verb, .. } => verb == Verb::Post && head.uri.query().is_some(),
                    Call::Secret(name) => head.headers.contains_key(name),
                    _ => false,
                }))
    }

    /// The handshake that this request is, if it is one; a refusal of one that can't be answered.
    pub(crate) fn greeting<'a>(
        &self,
        head: &'a Parts,
        settings: &'a Settings,
    ) -> Result<Option<Greeting<'a>>, Reason> {
        let mut expected = false;
        let of_this_method =
            |handshake: &&Handshake| handshake.is_on(settings) && handshake.fits(&head.method);
        for handshake in self.handshakes.iter().filter(of_this_method) {
            if let Some(greeting) = handshake.greeting(head, settings)? {
                return Ok(Some(greeting));
            }
            expected |= !matches!(handshake.call, Call::Own(..) | Call::Origin);
        }
        match expected && !self.methods.contains(&head.method) {
            true => Err(Reason::MalformedHandshake),
            false => Ok(None),
        }
    }
}

impl Handshake {
    fn greeting<'a>(&self, head: &'a Parts, settings: &'a Settings) -> Result<Option<Greeting<'a>>, Reason> {
        match self.call {
            Call::Query { challenge, guard, .. } => {
                let query = head.uri.query().unwrap_or_default().as_bytes();
                if let Some(guard) = guard {
                    guard.check(query, settings)?;
                }
                let challenge = parameter(query, challenge)?;
                Ok(challenge.map(|text| Greeting::Challenge(*self, text)))
            }
            Call::Header(name) => match single(&head.headers, name) {
                Err(Reason::MissingHeader) => Ok(None),
                Err(_) => Err(Reason::MalformedHandshake),
                Ok(text) => Ok(Some(Greeting::Challenge(*self, text.into()))),
            },
            Call::Head => Ok(Some(Greeting::Presence)),
            Call::Origin => origin(head, settings),
            Call::Secret(name) if head.headers.contains_key(name) => {
                let text = single(&head.headers, name).map_err(|_| Reason::MalformedHandshake)?;
                Ok(Some(Greeting::Secret(name, text)))
            }
            Call::Secret(_) | Call::Signed { .. } | Call::Own(..) => Ok(None),
        }
    }

    /// Whether it has the endpoint sign a text of anybody's.
    pub(crate) fn signs_for_anybody(&self) -> bool {
        matches!(
            (self.call, self.reply),
            (Call::Query { .. } | Call::Header(_), Reply::Mac { .. })
        )
    }

    /// Whether it names what it looks for, and sends back nothing that it doesn't have.
    pub(crate) fn is_whole(&self) -> bool {
        let wants_a_challenge = matches!(self.reply, Reply::Text | Reply::Json(_) | Reply::Mac { .. });
        match self.call {
            Call::Query { challenge, .. } => !challenge.is_empty(),
            Call::Header(name) | Call::Secret(name) => is_name(name),
            Call::Signed { challenge, .. } => challenge.is_some() || !wants_a_challenge,
            Call::Head | Call::Origin | Call::Own(..) => !wants_a_challenge,
        }
    }

    /// The method of its request.
    pub(crate) fn verb(&self) -> Verb {
        match self.call {
            Call::Query { verb, .. } | Call::Own(verb, _) => verb,
            Call::Header(_) => Verb::Get,
            Call::Head => Verb::Head,
            Call::Origin => Verb::Options,
            Call::Secret(_) | Call::Signed { .. } => Verb::Post,
        }
    }

    fn fits(&self, method: &Method) -> bool {
        match self.verb() {
            Verb::Get => method == Method::GET,
            Verb::Head => method == Method::HEAD,
            Verb::Options => method == Method::OPTIONS,
            Verb::Post => method == Method::POST,
        }
    }

    /// Whether the application has given what the handshake needs.
    fn is_on(&self, settings: &Settings) -> bool {
        match self.call {
            Call::Query { guard: Some(_), .. } => settings.verify_token.is_some(),
            Call::Origin => !settings.origins.is_empty(),
            Call::Secret(_) => settings.keeper.is_some(),
            _ => true,
        }
    }
}

impl Guard {
    /// Whether the request shows the token that only the endpoint's owner could have told the sender.
    fn check(&self, query: &[u8], settings: &Settings) -> Result<(), Reason> {
        let (name, wanted) = self.mode;
        if parameter(query, name)?.as_deref() != Some(wanted) {
            return Err(Reason::MalformedHandshake);
        }
        let shown = parameter(query, self.token)?.unwrap_or_default();
        match &settings.verify_token {
            Some(token) if token.is(&shown) => Ok(()),
            _ => Err(Reason::ForeignHandshake),
        }
    }
}

/// Who asks to send, when the application has named it; <https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md>,
/// section 4. `None` is a 405, as for a target that grants nothing. A callback URL is never called.
fn origin<'a>(head: &Parts, settings: &'a Settings) -> Result<Option<Greeting<'a>>, Reason> {
    let named = match single(&head.headers, "webhook-request-origin") {
        Err(Reason::MissingHeader) => return Ok(None),
        named => named.map_err(|_| Reason::MalformedHandshake)?,
    };
    let rate = match single(&head.headers, "webhook-request-rate") {
        Err(Reason::MissingHeader) => None,
        Err(_) => return Err(Reason::MalformedHandshake),
        Ok(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
            text.parse().ok().filter(|rate| *rate > 0)
        }
        Ok(_) => None,
    };
    if rate.is_none() && head.headers.contains_key("webhook-request-rate") {
        return Err(Reason::MalformedHandshake);
    }
    let known = settings.origins.iter().find(|origin| origin.is(named));
    Ok(known.map(|origin| Greeting::Origin(origin, rate)))
}

impl Origin {
    /// The permission to send.
    pub(super) fn grant(&self, asked: Option<u64>) -> Answer {
        let rate = match (asked, self.rate) {
            (Some(asked), Some(most)) => Some(asked.min(most)),
            (one, other) => one.or(other),
        };
        let rate = rate.map_or(HeaderValue::from_static("*"), HeaderValue::from);
        Answer::empty()
            .header(
                HeaderName::from_static("webhook-allowed-origin"),
                self.name.clone(),
            )
            .header(HeaderName::from_static("webhook-allowed-rate"), rate)
            .header(ALLOW, HeaderValue::from_static("POST"))
    }
}

/// The value of this parameter. Twice is none that two readers would agree about.
fn parameter<'a>(query: &'a [u8], name: &str) -> Result<Option<Cow<'a, str>>, Reason> {
    form::field(query, name).map_err(|_| Reason::MalformedHandshake)
}

/// What a refused method is told in `Allow`.
pub(crate) fn allowed(scheme: &Scheme, settings: &Settings) -> HeaderValue {
    let greeted = [Verb::Get, Verb::Head, Verb::Options].into_iter().filter(|verb| {
        let mut handshakes = scheme.handshakes.iter();
        handshakes.any(|handshake| handshake.verb() == *verb && handshake.is_on(settings))
    });
    let used = scheme.methods.iter().map(Method::as_str);
    let mut names: Vec<&str> = greeted.map(Verb::name).collect();
    for name in used {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    HeaderValue::from_str(&names.join(", ")).unwrap_or(HeaderValue::from_static("POST"))
}
