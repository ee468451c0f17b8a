//! What a sender says about its deliveries beside how they are signed, and where that was read.

use std::time::Duration;

use super::description::Scheme;
use super::method::KeyForm;

/// What stands in the tables and nowhere else.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About {
    pub(crate) answer: Option<&'static str>,
    pub(crate) deadline: Option<Duration>,
    pub(crate) tries: Option<&'static str>,
    pub(crate) source: Option<Source>,
    pub(crate) vectors: Vectors,
    pub(crate) secret_prefix: &'static str,
    /// What the key is, where the sender's own code makes it.
    pub(crate) key: Option<&'static str>,
}

/// Where a sender's scheme was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// In the sender's own documentation or code.
    Sender(&'static str),
    /// In excerpts of the sender's documentation.
    Excerpt(&'static str),
    /// In somebody else's code or notes.
    ThirdParty(&'static str),
}

/// What proves a description.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Vectors {
    /// A delivery that the sender published with its signature.
    Published,
    /// A delivery that somebody else published with its signature.
    ThirdParty,
    /// Nothing but deliveries that were made by the scheme as it was read.
    #[default]
    Derived,
}

impl About {
    pub(crate) const NOTHING: Self = Self {
        answer: None,
        deadline: None,
        tries: None,
        source: None,
        vectors: Vectors::Derived,
        secret_prefix: "",
        key: None,
    };
}

impl Vectors {
    /// What a person calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::ThirdParty => "third party",
            Self::Derived => "derived only",
        }
    }
}

impl Scheme {
    /// The answer that the sender takes for a success, in its own terms, such as `2xx`.
    #[must_use]
    pub const fn answer(mut self, answer: &'static str) -> Self {
        self.about.answer = Some(answer);
        self
    }

    /// How long the sender waits for the answer.
    #[must_use]
    pub const fn deadline(mut self, deadline: Duration) -> Self {
        self.about.deadline = Some(deadline);
        self
    }

    /// How often and when the sender tries again, in words. Without it, [`retries`](Self::retries) is an assumption.
    #[must_use]
    pub const fn tries(mut self, words: &'static str) -> Self {
        self.about.tries = Some(words);
        self
    }

    /// Where the scheme was read.
    #[must_use]
    pub const fn source(mut self, source: Source) -> Self {
        self.about.source = Some(source);
        self
    }

    /// How the sender's secrets begin, where the whole text is the key; a secret that begins otherwise is not refused.
    #[must_use]
    pub const fn secret_begins(mut self, prefix: &'static str) -> Self {
        self.about.secret_prefix = prefix;
        self
    }

    /// What the key is, where no form of a key can say it.
    pub(crate) const fn key_is(mut self, words: &'static str) -> Self {
        self.about.key = Some(words);
        self
    }

    /// How the sender's secrets begin; empty where they have no mark.
    pub(crate) fn secret_prefix(&self) -> &'static str {
        match self.key {
            KeyForm::Base64 { prefix } => prefix,
            #[cfg(feature = "ed25519")]
            KeyForm::Base64OrPublic { prefix } => prefix,
            _ => self.about.secret_prefix,
        }
    }

    /// What proves the description.
    #[must_use]
    pub const fn vectors(mut self, vectors: Vectors) -> Self {
        self.about.vectors = vectors;
        self
    }
}
