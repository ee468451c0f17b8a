//! The endpoint's public URL, taken apart once: what a signature covers of a request's target.

use std::fmt::Write;

use http::Uri;

use crate::error::{ConfigError, ConfigErrorKind};
use crate::provider::form;

/// The URL's parts as RFC 9421, section 2.2, has them.
#[derive(Debug, Clone, Default)]
pub(super) struct Target {
    whole: String,
    scheme: String,
    authority: String,
    path: String,
    query: Option<String>,
}

impl Target {
    pub(super) fn of(url: &str) -> Result<Self, ConfigError> {
        let uri: Option<Uri> = url.parse().ok();
        let parts = uri
            .as_ref()
            .and_then(|uri| Some((uri.scheme_str()?, uri.authority()?, uri)));
        let plain = !url.contains(['#', '@', '\\']) && url.bytes().all(|byte| byte.is_ascii_graphic());
        match parts {
            Some((scheme @ ("https" | "http"), authority, uri)) if plain => {
                let authority = authority.as_str().to_ascii_lowercase();
                let port = if scheme == "https" { ":443" } else { ":80" };
                Ok(Self {
                    whole: url.to_owned(),
                    scheme: scheme.to_owned(),
                    authority: authority.strip_suffix(port).unwrap_or(&authority).to_owned(),
                    path: uri.path().to_owned(),
                    query: uri.query().map(str::to_owned),
                })
            }
            _ => Err(ConfigError::new(
                ConfigErrorKind::PublicUrl,
                "the endpoint's public URL must be whole, such as `https://example.com/hooks`, as the sender was given it",
            )),
        }
    }

    /// The value of a component that is derived from the URL; `None` for one that is not, or that the URL doesn't have.
    pub(super) fn component(&self, name: &str) -> Option<String> {
        match name {
            "@target-uri" => Some(self.whole.clone()),
            "@scheme" => Some(self.scheme.clone()),
            "@authority" => Some(self.authority.clone()),
            "@path" => Some(self.path.clone()),
            "@query" => Some(format!("?{}", self.query.as_deref().unwrap_or_default())),
            "@request-target" => Some(match &self.query {
                Some(query) => format!("{}?{query}", self.path),
                None => self.path.clone(),
            }),
            _ => None,
        }
    }

    /// The value of the query's parameter of this name, which stands there once. A name that isn't written as it is signed finds
    /// none, so that nothing in it ends a line's quotes.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        let pairs = form::pairs(self.query.as_deref()?.as_bytes()).ok()?;
        let mut found = pairs.iter().filter(|(known, _)| encoded(known) == name);
        let (_, value) = found.next()?;
        found.next().is_none().then(|| encoded(value))
    }

    /// Whether a request with this query is one for this URL. Its path may have been shortened on the way by a router.
    pub(super) fn has_query(&self, query: Option<&str>) -> bool {
        query.unwrap_or_default() == self.query.as_deref().unwrap_or_default()
    }
}

/// As forms are encoded, but with `%20` for a space (RFC 9421, section 2.2.8).
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"*-._".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let written = write!(out, "%{byte:02X}");
            debug_assert!(written.is_ok(), "a String takes any text");
        }
        out
    })
}
