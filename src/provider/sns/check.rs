//! The check of one message: everything that costs nothing first, then the certificate, then the signature.

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use super::Settings;
use super::confirmation::Confirmation;
use super::message::{Content, Message};
use super::topic::Topic;
use crate::provider::followup::Followup;
use crate::provider::{Answer, Check, Proof, Refusal};
use crate::rejection::Reason;
use crate::signature::public_key::Algorithm;
use crate::telemetry;

/// The verification of one message of [`Sns`](super::Sns).
pub struct SnsCheck(Arc<Settings>, Option<SystemTime>);

impl SnsCheck {
    pub(super) fn new(settings: Arc<Settings>, now: Option<SystemTime>) -> Self {
        Self(settings, now)
    }

    /// The configuration decides which hash counts; the message only says which it has.
    fn hash(&self, version: &str) -> Result<Algorithm, Reason> {
        match version {
            "2" => Ok(Algorithm::RsaPkcs1Sha256),
            "1" if self.0.sha1 => Ok(Algorithm::RsaPkcs1Sha1),
            _ => Err(Reason::UnsupportedVersion),
        }
    }

    fn topic(&self, arn: &str) -> Result<&Topic, Reason> {
        let known = self.0.topics.iter().find(|topic| topic.arn() == arn);
        known.ok_or(Reason::ForeignTopic)
    }
}

impl Check for SnsCheck {
    /// What is signed is known when the document is whole.
    fn update(&mut self, _: &[u8]) {}

    async fn finish(self, body: &Bytes) -> Result<Proof, Refusal> {
        let message = Message::read(body)?;
        let hash = self.hash(&message.version)?;
        let topic = self.topic(&message.topic)?;
        let signature = decode(&message.signature)?;
        let url = topic.certificate_url(&message.certificate_url)?;
        let now = self.1.ok_or(Reason::ClockSuspect)?;
        let certificate = self.0.keys.get(&url).await?;
        let signed = message.signed();
        certificate.check(topic.signers(), now, hash, signed.as_bytes(), &signature)?;
        Ok(Proof {
            followup: confirmation(message, topic)?.map(|asked| self.0.followup(asked)),
            ..Proof::new(0).signed(signed.as_bytes())
        })
    }
}

/// The question, where the message is one. Its URL is signed; that it leads to the topic's own host is checked all the same.
fn confirmation(message: Message<'_>, topic: &Topic) -> Result<Option<Confirmation>, Refusal> {
    let Content::Confirmation { kind, url, token } = message.content else {
        return Ok(None);
    };
    if !topic.confirms(&url) {
        return Err(
            Refusal::new(Reason::ForeignHandshake).because("the SubscribeURL is not at the topic's host")
        );
    }
    Ok(Some(Confirmation {
        kind,
        topic: topic.arn().into(),
        token: token.into(),
        url: url.into(),
    }))
}

impl Settings {
    fn followup(&self, asked: Confirmation) -> Followup {
        let (hook, name) = (self.hook.clone(), self.scheme.name());
        Followup::new(move || {
            let (hook, asked) = (hook.clone(), asked.clone());
            async move {
                match hook {
                    Some(hook) => hook(asked)
                        .await
                        .map_err(|cause| Refusal::new(Reason::HandshakeFailed).because(cause))?,
                    None => telemetry::inform(
                        name,
                        "a topic asks for a confirmation and there is no `on_confirmation`; confirm it by hand",
                    ),
                }
                Ok(Answer::empty())
            }
        })
    }
}

/// The signature's bytes. What no key of a bearable size makes is not worth a certificate.
fn decode(text: &str) -> Result<Vec<u8>, Reason> {
    let decoded = STANDARD.decode(text).map_err(|_| Reason::BadSignature)?;
    if SIGNATURE.contains(&decoded.len()) {
        Ok(decoded)
    } else {
        Err(Reason::BadSignature)
    }
}

impl fmt::Debug for SnsCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SnsCheck(..)")
    }
}

/// Bytes, for keys of 2048 to 8192 bits.
const SIGNATURE: RangeInclusive<usize> = 256..=1024;
