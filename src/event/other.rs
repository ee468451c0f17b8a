//! An event that this version has no type for.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use crate::error::BoxError;

/// An event without a type of its own: its kind is unknown here, or its payload does not fit the known type.
///
/// Nothing is lost: [`body`](Self::body) holds the document as it came, and [`reason`](Self::reason) says what did not fit.
#[derive(Clone)]
pub struct Other {
    kind: Box<str>,
    body: Bytes,
    reason: Option<Arc<BoxError>>,
}

impl Other {
    /// An event whose kind has no type.
    pub(crate) fn unknown(kind: &str, body: Bytes) -> Self {
        Self {
            kind: kind.into(),
            body,
            reason: None,
        }
    }

    /// An event whose payload does not fit the type of its kind.
    pub(crate) fn misshapen(kind: &str, body: Bytes, reason: impl Into<BoxError>) -> Self {
        Self {
            kind: kind.into(),
            body,
            reason: Some(Arc::new(reason.into())),
        }
    }

    /// The kind as the sender states it; empty when it states none.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The event's document as it came (for a form that wraps JSON in a field: that JSON).
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Why the payload did not fit the type of its kind; `None` when the kind itself is unknown.
    #[must_use]
    pub fn reason(&self) -> Option<&(dyn std::error::Error + Send + Sync + 'static)> {
        self.reason.as_deref().map(|reason| &**reason)
    }
}

impl fmt::Debug for Other {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Other")
            .field("kind", &self.kind)
            .field("bytes", &self.body.len())
            .field("reason", &self.reason)
            .finish()
    }
}
