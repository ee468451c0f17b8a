//! A message of SNS: its fields, read once, and the text that is signed.

use std::borrow::Cow;

use super::confirmation::ConfirmationKind;
use crate::provider::json;
use crate::rejection::Reason;

/// The fields of a message, before anybody has vouched for them.
pub(super) struct Message<'a> {
    pub(super) version: Cow<'a, str>,
    pub(super) signature: Cow<'a, str>,
    pub(super) certificate_url: Cow<'a, str>,
    pub(super) topic: Cow<'a, str>,
    pub(super) content: Content<'a>,
    text: Cow<'a, str>,
    id: Cow<'a, str>,
    timestamp: Cow<'a, str>,
}

/// What kind of message it is, with the fields that only this kind has.
pub(super) enum Content<'a> {
    Notification {
        subject: Option<Cow<'a, str>>,
    },
    Confirmation {
        kind: ConfirmationKind,
        url: Cow<'a, str>,
        token: Cow<'a, str>,
    },
}

impl<'a> Message<'a> {
    /// Reads the document. A line's end stands in the text of a message alone: elsewhere it would let one signed text be read as
    /// the fields of several messages.
    pub(super) fn read(document: &'a [u8]) -> Result<Self, Reason> {
        let mut fields = Fields::pick(document)?;
        let kind = fields.needed(TYPE)?;
        let content = match &*kind {
            NOTIFICATION => Content::Notification {
                subject: fields.line(SUBJECT)?,
            },
            other => Content::Confirmation {
                kind: ConfirmationKind::of(other).ok_or(Reason::BadSignature)?,
                url: fields.needed(SUBSCRIBE_URL)?,
                token: fields.needed(TOKEN)?,
            },
        };
        Ok(Self {
            version: fields.needed(VERSION)?,
            signature: fields.needed(SIGNATURE)?,
            certificate_url: fields.needed(CERTIFICATE_URL)?,
            topic: fields.needed(TOPIC)?,
            id: fields.needed(ID)?,
            timestamp: fields.needed(TIMESTAMP)?,
            text: fields.take(TEXT)?.ok_or(Reason::BadSignature)?,
            content,
        })
    }

    /// The text that is signed: each field's name and value on lines of their own, in the order of the names.
    pub(super) fn signed(&self) -> String {
        let mut pairs: Vec<(&str, &str)> = vec![("Message", &self.text), ("MessageId", &self.id)];
        match &self.content {
            Content::Notification { subject } => {
                pairs.extend(subject.as_deref().map(|subject| ("Subject", subject)));
                pairs.push(("Timestamp", &self.timestamp));
            }
            Content::Confirmation { url, token, .. } => pairs.extend([
                ("SubscribeURL", &**url),
                ("Timestamp", &*self.timestamp),
                ("Token", &**token),
            ]),
        }
        let kind = match self.content {
            Content::Notification { .. } => NOTIFICATION,
            Content::Confirmation { kind, .. } => kind.name(),
        };
        pairs.extend([("TopicArn", &*self.topic), ("Type", kind)]);
        let length = pairs
            .iter()
            .map(|(name, value)| name.len() + value.len() + 2)
            .sum();
        pairs
            .iter()
            .fold(String::with_capacity(length), |mut text, (name, value)| {
                for line in [name, "\n", value, "\n"] {
                    text.push_str(line);
                }
                text
            })
    }
}

/// The raw values at [`POINTERS`].
struct Fields<'a>(json::Picked<'a>);

impl<'a> Fields<'a> {
    fn pick(document: &'a [u8]) -> Result<Self, Reason> {
        json::pick(document, &POINTERS)
            .map(Self)
            .map_err(|_| Reason::BadSignature)
    }

    /// The string there; `null` is none, and anything else is no message of SNS.
    fn take(&mut self, at: usize) -> Result<Option<Cow<'a, str>>, Reason> {
        match self.0[at].take() {
            None | Some("null") => Ok(None),
            Some(raw) => json::string(raw).map(Some).ok_or(Reason::BadSignature),
        }
    }

    /// As [`take`](Self::take), on one line.
    fn line(&mut self, at: usize) -> Result<Option<Cow<'a, str>>, Reason> {
        match self.take(at)? {
            Some(text) if text.contains(['\n', '\r']) => Err(Reason::BadSignature),
            text => Ok(text),
        }
    }

    fn needed(&mut self, at: usize) -> Result<Cow<'a, str>, Reason> {
        self.line(at)?.ok_or(Reason::BadSignature)
    }
}

const NOTIFICATION: &str = "Notification";
const POINTERS: [&str; 11] = [
    "/Type",
    "/Subject",
    "/SubscribeURL",
    "/Token",
    "/SignatureVersion",
    "/Signature",
    "/SigningCertURL",
    "/TopicArn",
    "/MessageId",
    "/Timestamp",
    "/Message",
];
const TYPE: usize = 0;
const SUBJECT: usize = 1;
const SUBSCRIBE_URL: usize = 2;
const TOKEN: usize = 3;
const VERSION: usize = 4;
const SIGNATURE: usize = 5;
const CERTIFICATE_URL: usize = 6;
const TOPIC: usize = 7;
const ID: usize = 8;
const TIMESTAMP: usize = 9;
const TEXT: usize = 10;
