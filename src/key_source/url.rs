//! URLs of keys: from a list of hosts, or from the configuration.

use std::fmt;
use std::sync::Arc;

use super::error::KeyError;
use crate::error::{ConfigError, ConfigErrorKind};

/// The URL of a key document, found good: `https`, a known host, a plain path.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KeyUrl {
    text: Arc<str>,
    host: usize,
    configured: bool,
}

/// The hosts that a sender's keys come from, each written out: no pattern, since a pattern for one service of a cloud fits
/// machines that anybody can rent there.
///
/// ```
/// use tower_webhook::key_source::KeyHosts;
///
/// let hosts = KeyHosts::new(["keys.example.com"])?;
/// assert!(hosts.url("https://keys.example.com/2026.pem").is_ok());
/// assert!(hosts.url("https://keys.example.com.evil.example/2026.pem").is_err());
/// # Ok::<(), tower_webhook::ConfigError>(())
/// ```
#[derive(Debug, Clone)]
pub struct KeyHosts(Vec<Box<str>>);

impl KeyUrl {
    /// A URL that your configuration names, on any host. It is tried however many others are.
    ///
    /// # Errors
    ///
    /// When it is not `https`, when its host is an address or has a port or a user's name, or when its path is not plain.
    pub fn new(url: impl Into<String>) -> Result<Self, ConfigError> {
        let text: String = url.into();
        let good = split(&text).filter(|(host, rest)| {
            let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
            is_host(host) && is_plain(path) && query.bytes().all(is_query)
        });
        match good.map(|(host, _)| host.len()) {
            Some(host) => Ok(Self {
                text: text.into(),
                host,
                configured: true,
            }),
            None => Err(ConfigError::new(
                ConfigErrorKind::KeyUrl,
                "the keys' URL must be `https://host/path` in lower case, without port, user, fragment or escapes",
            )),
        }
    }

    /// The whole URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host's name, in lower case.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.text[HTTPS.len()..HTTPS.len() + self.host]
    }

    /// The path, with its query if it has one.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.text[HTTPS.len() + self.host..]
    }

    pub(super) fn text(&self) -> Arc<str> {
        Arc::clone(&self.text)
    }

    /// Whether the program's own configuration names it, and no outsider.
    pub(super) fn is_configured(&self) -> bool {
        self.configured
    }
}

impl fmt::Display for KeyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl KeyHosts {
    /// These hosts and no other.
    ///
    /// # Errors
    ///
    /// When one of them is no host's name in lower case, or there is none.
    pub fn new<H: Into<String>>(hosts: impl IntoIterator<Item = H>) -> Result<Self, ConfigError> {
        let hosts: Vec<Box<str>> = hosts.into_iter().map(|host| host.into().into()).collect();
        if hosts.is_empty() || !hosts.iter().all(|host| is_host(host)) {
            return Err(ConfigError::new(
                ConfigErrorKind::KeyUrl,
                "each host of keys must be a whole name in lower case, such as `keys.example.com`, without port or pattern",
            ));
        }
        Ok(Self(hosts))
    }

    /// What a delivery says is the URL of its key. One document has one spelling here: no query, no escapes, no empty or dotted
    /// steps in the path, so that nobody can have the same document fetched under many names.
    ///
    /// # Errors
    ///
    /// [`KeyErrorKind::Foreign`](super::KeyErrorKind::Foreign) for every other URL.
    pub fn url(&self, text: &str) -> Result<KeyUrl, KeyError> {
        let known = |host: &str| self.0.iter().any(|known| **known == *host);
        match split(text) {
            Some((host, path)) if known(host) && is_plain(path) => Ok(KeyUrl {
                text: text.into(),
                host: host.len(),
                configured: false,
            }),
            _ => Err(KeyError::foreign(
                "the delivery names a key that is not at one of the sender's hosts; nothing was fetched",
            )),
        }
    }
}

/// Host and path of an `https` URL of bearable length.
fn split(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix(HTTPS).filter(|_| text.len() <= MAX_URL)?;
    Some(rest.split_at(rest.find('/')?))
}

/// A name of several labels in lower case. An address, a port or a user's name doesn't fit.
fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        (1..=63).contains(&label.len())
            && label.bytes().all(inner)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    host.len() <= 253
        && host.contains('.')
        && host.split('.').all(is_label)
        && !last.bytes().all(|byte| byte.is_ascii_digit())
}

/// A path of unreserved characters (RFC 3986, section 2.3) without empty or dotted steps.
fn is_plain(path: &str) -> bool {
    let is_step = |step: &str| {
        !matches!(step, "" | "." | "..")
            && step
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
    };
    path.strip_prefix('/')
        .is_some_and(|steps| steps.split('/').all(is_step))
}

/// What a query may hold without being read twice.
fn is_query(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~=&".contains(&byte)
}

const HTTPS: &str = "https://";
/// No sender's URL comes near it.
const MAX_URL: usize = 512;
