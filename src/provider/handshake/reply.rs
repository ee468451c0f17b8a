//! Answering a handshake once it is known to be one.

use std::borrow::Cow;

use http::HeaderName;
use http::request::Parts;

use super::answer::{Answer, is_token};
use super::greet::Greeting;
use super::settings::{NewSecret, Settings};
use super::{Handshake, Reply};
use crate::provider::Refusal;
use crate::provider::description::Scheme;
use crate::provider::keys::KeyList;
use crate::provider::sender::Sender;
use crate::rejection::Reason;
use crate::secret::Secret;
use crate::signature::encoding::Encoding;

impl Sender {
    /// Answers a handshake that comes before a signature.
    pub(crate) async fn welcome(&self, head: &Parts) -> Result<Option<Answer>, Refusal> {
        match self.scheme.greeting(head, &self.greeting)? {
            None => Ok(None),
            Some(Greeting::Challenge(handshake, challenge)) => {
                let answer = self.answer(head, 0, handshake, Some(challenge));
                answer
                    .await?
                    .ok_or_else(|| Reason::MalformedHandshake.into())
                    .map(Some)
            }
            Some(Greeting::Secret(name, text)) => self.keep(head, name, text).await.map(Some),
            Some(other) => Ok(plain(other)),
        }
    }

    /// The answer to a handshake; `None` for a challenge that no sender would set.
    pub(crate) async fn answer(
        &self,
        head: &Parts,
        secret_index: usize,
        handshake: Handshake,
        challenge: Option<Cow<'_, str>>,
    ) -> Result<Option<Answer>, Refusal> {
        let Reply::Mac { encoding, .. } = handshake.reply else {
            return Ok(handshake.answer(challenge.as_deref(), None));
        };
        let Some(challenge) = challenge.filter(|text| is_token(text.as_bytes())) else {
            return Ok(None);
        };
        let mac = self.mac(head, secret_index, &challenge, encoding).await?;
        Ok(handshake.answer(Some(&challenge), Some(&mac)))
    }

    /// The MAC of a challenge under one of the secrets for this request.
    async fn mac(
        &self,
        head: &Parts,
        secret_index: usize,
        challenge: &str,
        encoding: Encoding,
    ) -> Result<String, Refusal> {
        let found = self.keys(head, false).await?;
        let KeyList::Macs(keys) = &found.keys.list else {
            return Err(Reason::MalformedHandshake.into());
        };
        match keys.get(secret_index) {
            Some(key) if found.holder.is_known() => {
                let mut mac = key.start();
                mac.update(challenge.as_bytes());
                Ok(encoding.encode(mac.finish().as_bytes()))
            }
            Some(_) => Err(Reason::UnknownTenant.into()),
            // The secrets were swapped under a delivery that has just been verified.
            None => Err(Reason::SecretsUnavailable.into()),
        }
    }

    /// Hands an offered secret to the application, where none is known yet.
    async fn keep(&self, head: &Parts, name: &'static str, text: &str) -> Result<Answer, Refusal> {
        let unavailable = |cause| Refusal::new(Reason::SecretsUnavailable).because(cause);
        if !is_token(text.as_bytes()) || text.len() < SHORTEST {
            return Err(Reason::MalformedHandshake.into());
        }
        let secret = Secret::new(text).map_err(|_| Reason::MalformedHandshake)?;
        let is_known = self.ring().knows(head).await?;
        let keep = self.greeting.keeper.as_ref().filter(|_| !is_known);
        let Some(keep) = keep else {
            return Err(Reason::ForeignHandshake.into());
        };
        if !keep(NewSecret::new(secret, head)).await.map_err(unavailable)? {
            return Err(Reason::ForeignHandshake.into());
        }
        let value = text.parse().map_err(|_| Reason::MalformedHandshake)?;
        Ok(Answer::empty().header(HeaderName::from_static(name), value))
    }
}

impl Scheme {
    /// Answers the handshakes before a signature that need nothing but the description.
    pub(crate) fn greet(&self, head: &Parts) -> Result<Option<Answer>, Refusal> {
        if !self.may_greet(head) {
            return Ok(None);
        }
        match self.greeting(head, &Settings::NONE)? {
            Some(greeting) => {
                let answer = plain(greeting).ok_or(Reason::MalformedHandshake)?;
                Ok(Some(answer))
            }
            None => Ok(None),
        }
    }
}

impl Handshake {
    /// The answer to this challenge, with its MAC where one is asked for.
    pub(crate) fn answer(&self, challenge: Option<&str>, mac: Option<&str>) -> Option<Answer> {
        match (self.reply, mac) {
            (Reply::Text, _) => Answer::text(challenge?),
            (Reply::Json(field), _) => Answer::object(&[(field, challenge?)]),
            (
                Reply::Mac {
                    plain, field, prefix, ..
                },
                Some(mac),
            ) => {
                let mac = format!("{prefix}{mac}");
                match plain {
                    Some(plain) => Answer::object(&[(plain, challenge?), (field, &mac)]),
                    None => Answer::object(&[(field, &mac)]),
                }
            }
            (Reply::Mac { .. }, None) => None,
            (Reply::Document(json), _) => Some(Answer::json(json)),
            (Reply::Empty, _) => Some(Answer::empty()),
            (Reply::NoContent, _) => Some(Answer::no_content()),
        }
    }
}

/// The answer to a greeting that needs no secret.
fn plain(greeting: Greeting<'_>) -> Option<Answer> {
    match greeting {
        Greeting::Challenge(handshake, challenge) => handshake.answer(Some(&challenge), None),
        Greeting::Presence => Some(Answer::empty()),
        Greeting::Origin(origin, rate) => Some(origin.grant(rate)),
        Greeting::Secret(..) => None,
    }
}

/// Bytes: a key that can be guessed is none that a sender makes.
const SHORTEST: usize = 16;
