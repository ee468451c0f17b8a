//! Why there is no key.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use crate::error::BoxError;

/// Why there is no key for a delivery. Clones share the cause: one fetch answers everybody who waits for it.
#[derive(Clone)]
pub struct KeyError {
    kind: KeyErrorKind,
    advice: &'static str,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

/// The kinds of keys that can't be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyErrorKind {
    /// The URL is not one of the sender's: nothing was fetched, and the delivery is refused with 401.
    Foreign,
    /// The key can't be had now: the delivery is answered with 503.
    Unavailable,
}

impl KeyError {
    /// Which kind it is.
    #[must_use]
    pub fn kind(&self) -> KeyErrorKind {
        self.kind
    }

    pub(crate) fn foreign(advice: &'static str) -> Self {
        Self {
            kind: KeyErrorKind::Foreign,
            advice,
            source: None,
        }
    }

    pub(super) fn unavailable(advice: &'static str) -> Self {
        Self {
            kind: KeyErrorKind::Unavailable,
            advice,
            source: None,
        }
    }

    pub(super) fn because(mut self, source: BoxError) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.advice)
    }
}

impl fmt::Debug for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyError")
            .field("kind", &self.kind)
            .field("advice", &self.advice)
            .field("source", &self.source)
            .finish()
    }
}

impl Error for KeyError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn Error + 'static))
    }
}
