//! The rules of HubSpot: an HMAC in version 3, a plain hash in the two before it.

use std::slice::from_ref;
#[cfg(feature = "test-util")]
use std::time::SystemTime;

use bytes::Bytes;
use http::Method as Verb;
#[cfg(feature = "test-util")]
use http::Request;
use http::request::Parts;

#[cfg(feature = "test-util")]
use super::signing;
use super::twilio::required;
use super::{Judge, Own, Rule, Verdict, first, is_signed, shown};
#[cfg(feature = "test-util")]
use crate::error::BoxError;
use crate::error::ConfigError;
use crate::provider::Refusal;
use crate::provider::description::Scheme;
use crate::provider::json;
use crate::provider::keys::Keys;
use crate::provider::method::{KeyForm, Method};
use crate::provider::public_url::PublicUrl;
use crate::provider::senders::{HUBSPOT, HUBSPOT_V1, HUBSPOT_V2};
use crate::rejection::Reason;
use crate::secret::SecretSource;
use crate::signature::encoding::Decoded;
#[cfg(feature = "test-util")]
use crate::signature::encoding::Encoding;
use crate::signature::header::single;
use crate::signature::hmac::Algorithm;

/// HubSpot: see [`HUBSPOT`] for what it signs. The secret is the app's client secret. A delivery carries several versions of
/// the signature; the one that counts is chosen here, and no other is ever tried.
///
/// ```
/// use tower_webhook::provider::senders::HubSpot;
/// use tower_webhook::{Secret, VerifyLayer};
///
/// let secret = Secret::new("the app's client secret")?;
/// let layer = VerifyLayer::new(HubSpot::new(secret).public_url("https://hooks.example.com/hubspot"))?;
/// # Ok::<(), tower_webhook::ConfigError>(())
/// ```
pub type HubSpot = Own<HubSpotRule>;

/// How HubSpot signs.
#[derive(Debug)]
pub struct HubSpotRule {
    version: Version,
    url: Option<PublicUrl>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    V1,
    V2,
    V3,
}

impl HubSpot {
    /// Version 3: the one to use.
    pub fn new(secrets: impl SecretSource) -> Self {
        Self::of(HUBSPOT, secrets, Version::V3)
    }

    /// Version 2, a plain SHA-256 without a time: whatever was sent once can be sent again at any time.
    pub fn v2(secrets: impl SecretSource) -> Self {
        Self::of(HUBSPOT_V2, secrets, Version::V2)
    }

    /// Version 1, a plain SHA-256 over secret and body alone.
    pub fn v1(secrets: impl SecretSource) -> Self {
        Self::of(HUBSPOT_V1, secrets, Version::V1)
    }

    fn of(scheme: Scheme, secrets: impl SecretSource, version: Version) -> Self {
        Self::with(scheme, secrets, HubSpotRule { version, url: None })
    }

    /// The endpoint's public URL as HubSpot was given it, without its query; see [`Twilio`](super::twilio::Twilio)'s. Version 1
    /// has no use for it.
    #[must_use]
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.rule.url = Some(PublicUrl::new(url));
        self
    }
}

/// What one request shows.
struct Shown {
    version: Version,
    signature: Decoded,
    method: Verb,
    url: String,
    time: String,
}

impl Rule for HubSpotRule {
    fn keys(&self) -> (Method, KeyForm) {
        match self.version {
            Version::V3 => (Method::Hmac(Algorithm::Sha256), KeyForm::Text),
            Version::V1 | Version::V2 => (Method::Digest, KeyForm::Text),
        }
    }

    fn check(&self, own: &Own<Self>) -> Result<(), ConfigError> {
        match self.version {
            Version::V1 => Ok(()),
            Version::V2 | Version::V3 => required(own.scheme.name, self.url.as_ref()),
        }
    }

    fn read(&self, scheme: &Scheme, head: &Parts) -> Result<Judge, Refusal> {
        let mut shown = Shown {
            version: self.version,
            signature: shown(scheme, &head.headers, Algorithm::Sha256)?,
            method: head.method.clone(),
            url: String::new(),
            time: String::new(),
        };
        if let Some(url) = &self.url {
            shown.url = url.called(head)?.text();
        }
        match self.version {
            Version::V1 => self.version.check(head)?,
            Version::V2 => self.version.check(head)?,
            Version::V3 => {
                shown.url = decoded(&shown.url);
                single(&head.headers, TIME)?.clone_into(&mut shown.time);
            }
        }
        Ok(Box::new(move |keys, body| shown.judge(keys, body)))
    }

    #[cfg(feature = "test-util")]
    fn sign(&self, keys: &Keys, _: SystemTime, request: &mut Request<Bytes>) -> Result<(), BoxError> {
        let (head, body) = request.clone().into_parts();
        let url = match &self.url {
            Some(url) => url.called(&head).map_err(|_| "two hosts")?.text(),
            None => String::new(),
        };
        let method = head.method.as_str().as_bytes();
        if self.version == Version::V3 {
            let (url, time) = (decoded(&url), head.headers.get(TIME).ok_or("no time")?);
            let pieces = [method, url.as_bytes(), &body, time.as_bytes()];
            let signature = signing::last(keys, &pieces, Encoding::Base64);
            return signing::put(request, "x-hubspot-signature-v3", &signature);
        }
        let (name, pieces): (_, [&[u8]; 3]) = match self.version {
            Version::V1 => ("v1", [b"", b"", &body]),
            _ => ("v2", [method, url.as_bytes(), &body]),
        };
        let hashed = keys.digests().last().ok_or("no key")?.over(&pieces);
        signing::put(request, VERSION, name)?;
        signing::put(
            request,
            "x-hubspot-signature",
            &Encoding::Hex.encode(hashed.as_bytes()),
        )
    }
}

impl Version {
    /// A version named in the head must be the one that counts here.
    fn check(self, head: &Parts) -> Result<(), Reason> {
        let wanted = if self == Self::V1 { "v1" } else { "v2" };
        match single(&head.headers, VERSION) {
            Err(Reason::MissingHeader) => Ok(()),
            Ok(named) if named == wanted => Ok(()),
            Ok(_) => Err(Reason::UnsupportedVersion),
            Err(reason) => Err(reason),
        }
    }
}

impl Shown {
    fn judge(&self, keys: &Keys, body: &Bytes) -> Result<Verdict, Refusal> {
        if !self.is_whole(body) {
            return Err(Refusal::new(Reason::BadSignature).because("the body is no JSON array or object"));
        }
        let method = self.method.as_str().as_bytes();
        let pieces: [&[u8]; 4] = match self.version {
            Version::V1 => [b"", b"", body, b""],
            Version::V2 | Version::V3 => [method, self.url.as_bytes(), body, self.time.as_bytes()],
        };
        let matched = match self.version {
            Version::V3 => first(
                keys.macs()
                    .iter()
                    .map(|key| is_signed(key, &pieces, from_ref(&self.signature))),
            ),
            Version::V1 | Version::V2 => first(
                keys.digests()
                    .iter()
                    .map(|key| key.over(&pieces).matches(self.signature.as_bytes())),
            ),
        };
        Ok(Verdict {
            matched,
            signed: Some(pieces[..3].join(&b'\n')),
        })
    }

    /// Nothing separates the signed texts, and a plain hash can be carried on. What that leaves open ends here: neither the rest
    /// of a body whose beginning was moved into the URL, nor one with the hash's filling in it, is a whole document.
    fn is_whole(&self, body: &Bytes) -> bool {
        let begins = body.trim_ascii_start().first();
        match begins {
            None => body.is_empty() && self.method != Verb::POST,
            Some(b'[' | b'{') => json::pick(body, &[]).is_ok(),
            Some(_) => false,
        }
    }
}

/// The URL as version 3 signs it: with these characters written out.
pub(crate) fn decoded(url: &str) -> String {
    let mut text = String::with_capacity(url.len());
    let mut rest = url;
    while let Some(at) = rest.find('%') {
        let (before, from) = rest.split_at(at);
        text.push_str(before);
        let known = CHARACTERS.iter().find(|(escape, _)| {
            from.get(..3)
                .is_some_and(|start| start.eq_ignore_ascii_case(escape))
        });
        let (taken, piece) = known.map_or((1, "%"), |(_, character)| (3, *character));
        text.push_str(piece);
        rest = &from[taken..];
    }
    text + rest
}

/// HubSpot's own table.
const CHARACTERS: [(&str, &str); 12] = [
    ("%3A", ":"),
    ("%2F", "/"),
    ("%3F", "?"),
    ("%40", "@"),
    ("%21", "!"),
    ("%24", "$"),
    ("%27", "'"),
    ("%28", "("),
    ("%29", ")"),
    ("%2A", "*"),
    ("%2C", ","),
    ("%3B", ";"),
];
const TIME: &str = "x-hubspot-request-timestamp";
const VERSION: &str = "x-hubspot-signature-version";
