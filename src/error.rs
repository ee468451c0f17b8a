//! The mistakes a program can make while it is being set up.
//!
//! A [`ConfigError`] comes from a constructor, before the first delivery; what happens to a delivery later is a
//! [`Rejection`](crate::Rejection), and what goes wrong in a store is a [`StoreError`](crate::store::StoreError).

use std::error::Error;
use std::fmt;

/// What any layer, store or handler may fail with.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// A start-up mistake, with a sentence that says what to do about it.
///
/// The message never holds a secret. Use [`kind`](Self::kind) to tell one mistake from another.
///
/// ```
/// use tower_webhook::{ConfigErrorKind, Secret};
///
/// let error = Secret::new("").unwrap_err();
/// assert_eq!(error.kind(), ConfigErrorKind::EmptySecret);
/// ```
pub struct ConfigError {
    kind: ConfigErrorKind,
    advice: String,
    source: Option<BoxError>,
}

/// The kinds of start-up mistakes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConfigErrorKind {
    /// A secret that is looked for where there is none.
    MissingSecret,
    /// A secret with nothing in it, before or after decoding.
    EmptySecret,
    /// A secret that carries white space, quotes or a byte order mark around it.
    WrappedSecret,
    /// A secret that is not in the form this sender gives its secrets.
    UndecodableSecret,
    /// More secrets than one endpoint may try.
    TooManySecrets,
    /// The same key twice in one set of secrets.
    DuplicateSecret,
    /// Two tenants whose keys make the same signatures.
    SharedSecret,
    /// A tolerance of zero or of more than a day.
    Tolerance,
    /// A timestamp that the signature does not cover, so that anyone could change it.
    UnsignedTimestamp,
    /// Event ids would be forgotten while the sender still retries.
    Retention,
    /// A size, a count or a duration outside what is sensible.
    Limit,
    /// A status that would tell the sender something untrue.
    Status,
    /// The sender signs the endpoint's public URL, and it was not given or is none.
    PublicUrl,
    /// A topic that can't be, or none where one is needed.
    Topic,
    /// A host or a URL of keys that is none.
    KeyUrl,
    /// A description that contradicts itself.
    Scheme,
    /// A store that would drop what it is given, or that is set up wrongly.
    Store,
}

impl ConfigError {
    /// A start-up mistake of your own provider or store.
    pub fn new(kind: ConfigErrorKind, advice: impl Into<String>) -> Self {
        Self {
            kind,
            advice: advice.into(),
            source: None,
        }
    }

    /// The same mistake with the error that caused it.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Which mistake it is.
    #[must_use]
    pub fn kind(&self) -> ConfigErrorKind {
        self.kind
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.advice)
    }
}

impl fmt::Debug for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConfigError")
            .field("kind", &self.kind)
            .field("advice", &self.advice)
            .finish()
    }
}

impl Error for ConfigError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn Error + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_keeps_the_error_that_caused_it() {
        let error = ConfigError::new(ConfigErrorKind::Store, "open the store first");
        assert!(error.source().is_none());
        let error = error.with_source("the file is locked");
        assert_eq!(error.source().unwrap().to_string(), "the file is locked");
    }
}
