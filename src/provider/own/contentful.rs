//! The rule of Contentful: HMAC-SHA-256 over a canonical request.

use std::fmt::Write;
use std::slice::from_ref;
#[cfg(feature = "test-util")]
use std::time::SystemTime;

use bytes::Bytes;
use http::HeaderMap;
#[cfg(feature = "test-util")]
use http::Request;
use http::request::Parts;

#[cfg(feature = "test-util")]
use super::signing;
use super::twilio::required;
use super::{Judge, Own, Rule, Verdict, first, is_signed, shown};
#[cfg(feature = "test-util")]
use crate::error::BoxError;
use crate::error::{ConfigError, ConfigErrorKind};
use crate::provider::Refusal;
use crate::provider::description::Scheme;
use crate::provider::keys::Keys;
use crate::provider::method::{KeyForm, Method};
use crate::provider::public_url::PublicUrl;
use crate::provider::senders::CONTENTFUL;
use crate::rejection::Reason;
use crate::secret::SecretSource;
use crate::signature::encoding::Decoded;
#[cfg(feature = "test-util")]
use crate::signature::encoding::Encoding;
use crate::signature::header::single;
use crate::signature::hmac::Algorithm;

/// Contentful: see [`CONTENTFUL`] for what it signs. The secret is the 64 characters that the space's settings or the app's
/// show.
///
/// ```
/// use tower_webhook::provider::senders::Contentful;
/// use tower_webhook::{Secret, VerifyLayer};
///
/// let secret = Secret::new("0123456789abcdef".repeat(4))?;
/// let layer = VerifyLayer::new(Contentful::new(secret).public_url("https://hooks.example.com/contentful"))?;
/// # Ok::<(), tower_webhook::ConfigError>(())
/// ```
pub type Contentful = Own<ContentfulRule>;

/// How Contentful signs.
#[derive(Debug, Default)]
pub struct ContentfulRule {
    url: Option<PublicUrl>,
}

impl Contentful {
    /// Contentful with its signing secret, several, or a source that looks them up.
    pub fn new(secrets: impl SecretSource) -> Self {
        Self::with(CONTENTFUL, secrets, ContentfulRule::default())
    }

    /// The endpoint's public URL as Contentful was given it, without its query; see [`Twilio`](super::twilio::Twilio)'s. Only the
    /// path is signed.
    #[must_use]
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.rule.url = Some(PublicUrl::new(url));
        self
    }
}

/// What one request shows: its signature, and everything that is signed in front of the body.
struct Shown {
    signature: Decoded,
    request: String,
    headers: String,
}

impl Rule for ContentfulRule {
    fn keys(&self) -> (Method, KeyForm) {
        (Method::Hmac(Algorithm::Sha256), KeyForm::Text)
    }

    fn check(&self, own: &Own<Self>) -> Result<(), ConfigError> {
        let mut secrets = own.ring.fixed().into_iter().flat_map(|secrets| secrets.iter());
        if secrets.any(|secret| secret.expose().len() != SECRET) {
            return Err(ConfigError::new(
                ConfigErrorKind::UndecodableSecret,
                "Contentful's signing secret has 64 characters; copy it whole",
            ));
        }
        required(own.scheme.name, self.url.as_ref())
    }

    fn read(&self, scheme: &Scheme, head: &Parts) -> Result<Judge, Refusal> {
        // The start-up check asks for a URL.
        let url = self.url.as_ref().ok_or(Reason::BadSignature)?;
        let path = canonical_path(url.called(head)?.path_and_query())?;
        let shown = Shown {
            signature: shown(scheme, &head.headers, Algorithm::Sha256)?,
            request: format!("{}\n{path}\n", head.method),
            headers: canonical_headers(&head.headers)?,
        };
        Ok(Box::new(move |keys, body| Ok(shown.judge(keys, body))))
    }

    #[cfg(feature = "test-util")]
    fn sign(&self, keys: &Keys, _: SystemTime, request: &mut Request<Bytes>) -> Result<(), BoxError> {
        // A captured request brings its own list.
        if canonical_headers(request.headers()).is_err() {
            let names = request
                .headers()
                .keys()
                .map(http::HeaderName::as_str)
                .chain([SIGNED]);
            let names: std::collections::BTreeSet<&str> = names.collect();
            let names = names.into_iter().collect::<Vec<_>>().join(",");
            signing::put(request, SIGNED, &names)?;
        }
        let (head, body) = request.clone().into_parts();
        let url = self.url.as_ref().ok_or("no public URL")?;
        let path = url
            .called(&head)
            .map_err(|_| "two hosts")?
            .path_and_query()
            .to_owned();
        let path = canonical_path(&path).map_err(|_| "two question marks")?;
        let headers = canonical_headers(&head.headers).map_err(|_| "a header that can't be signed")?;
        let front = format!("{}\n{path}\n{headers}\n", head.method);
        let signature = signing::last(keys, &[front.as_bytes(), &body], Encoding::Hex);
        signing::put(request, "x-contentful-signature", &signature)
    }
}

impl Shown {
    fn judge(&self, keys: &Keys, body: &Bytes) -> Verdict {
        let pieces: [&[u8]; 4] = [self.request.as_bytes(), self.headers.as_bytes(), b"\n", body];
        let matched = keys
            .macs()
            .iter()
            .map(|key| is_signed(key, &pieces, from_ref(&self.signature)));
        Verdict {
            matched: first(matched),
            signed: Some([self.request.as_bytes(), body].concat()),
        }
    }
}

/// `name:value;name:value`, of each header that the list of signed headers names. The list names itself and the time, each
/// header once, and is sorted: in another order its own text would not be the one that was signed.
pub(crate) fn canonical_headers(headers: &HeaderMap) -> Result<String, Refusal> {
    let names: Vec<&str> = single(headers, SIGNED)?.split(',').collect();
    let sorted = names.windows(2).all(|pair| pair[0] < pair[1]);
    if names.len() > MAX_NAMES || !sorted || ![SIGNED, TIME].iter().all(|name| names.contains(name)) {
        let cause = "the list of signed headers is not sorted, too long, or without itself and the time";
        return Err(Refusal::new(Reason::MalformedHeader).because(cause));
    }
    let mut text = String::new();
    for (index, name) in names.iter().enumerate() {
        let mut lines = headers.get_all(*name).iter();
        let line = lines.next().ok_or(Reason::MissingHeader)?;
        if lines.next().is_some() {
            return Err(Reason::DuplicateHeader.into());
        }
        let value = line.to_str().map_err(|_| Reason::MalformedHeader)?.trim();
        let next = names.get(index + 1).map(|next| format!(";{next}:"));
        if next.as_ref().is_some_and(|next| value.contains(next)) {
            // Where this value ends and the next begins could not be told from what is signed.
            return Err(Reason::MalformedHeader.into());
        }
        let separator = if index == 0 { "" } else { ";" };
        text.extend([separator, name, ":", value]);
    }
    Ok(text)
}

/// The path as Contentful's toolkit writes it: the query escaped as one value, and both escaped again.
pub(crate) fn canonical_path(path_and_query: &str) -> Result<String, Refusal> {
    let (path, query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
    if query.contains('?') {
        let cause = "the toolkit signs a query up to its second question mark only";
        return Err(Refusal::new(Reason::BadSignature).because(cause));
    }
    let mut text = escaped(path, KEPT_IN_URI);
    if !query.is_empty() {
        text.push('?');
        text.push_str(&escaped(&escaped(query, KEPT_IN_VALUE), KEPT_IN_URI));
    }
    Ok(text)
}

fn escaped(text: &str, kept: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        let letter = char::from(byte);
        if letter.is_ascii_alphanumeric() || kept.contains(letter) {
            out.push(letter);
        } else {
            let written = write!(out, "%{byte:02X}");
            debug_assert!(written.is_ok(), "a String takes any text");
        }
    }
    out
}

/// What ECMAScript's `encodeURI` leaves as it is, beside letters and digits.
const KEPT_IN_URI: &str = "-_.!~*'();,/?:@&=+$#";
/// What `encodeURIComponent` leaves as it is.
const KEPT_IN_VALUE: &str = "-_.!~*'()";
const SIGNED: &str = "x-contentful-signed-headers";
const TIME: &str = "x-contentful-timestamp";
/// Characters.
const SECRET: usize = 64;
/// Contentful signs about ten.
const MAX_NAMES: usize = 64;

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn t139_the_path_is_escaped_as_the_toolkit_does_it() {
        let same = |path: &str, text: &str| assert_eq!(canonical_path(path).unwrap(), text);
        same("/a/b", "/a/b");
        same("/a?", "/a");
        same("/a b", "/a%20b");
        same("/a%20b", "/a%2520b");
        same("/abc?foo=bar baz&x=1", "/abc?foo%253Dbar%2520baz%2526x%253D1");
        assert!(canonical_path("/a?b?c").is_err());
    }

    #[test]
    fn as_many_headers_are_read_as_contentful_could_sign() {
        for (names, is_good) in [(MAX_NAMES, true), (MAX_NAMES + 1, false)] {
            let mut names: Vec<_> = (2..names).map(|number| format!("a-{number:02}")).collect();
            names.extend([SIGNED, TIME].map(str::to_owned));
            let value = HeaderValue::from_str(&names.join(",")).unwrap();
            let mut headers: HeaderMap = names
                .iter()
                .map(|name| (name.parse().unwrap(), HeaderValue::from_static("1")))
                .collect();
            headers.insert(SIGNED, value);
            assert_eq!(canonical_headers(&headers).is_ok(), is_good, "{}", names.len());
        }
    }

    #[test]
    fn a_value_that_holds_the_next_name_is_refused() {
        let list = "a,b,x-contentful-signed-headers,x-contentful-timestamp";
        for (value, is_good) in [("1;b:2", false), ("1;a:2", true), ("1;c:2", true)] {
            let mut headers = HeaderMap::new();
            for (name, value) in [("a", value), ("b", "1"), (SIGNED, list), (TIME, "1")] {
                headers.insert(name, HeaderValue::from_static(value));
            }
            assert_eq!(canonical_headers(&headers).is_ok(), is_good, "{value}");
        }
    }
}
