//! What can be wrong with the tables when a program starts.

use std::error::Error;
use std::fmt;

use crate::name::TableName;

/// A mistake of start-up, with a sentence that says what to do about it.
///
/// ```
/// # #[cfg(feature = "sqlite")] {
/// use tower_webhook_sqlx::{SetupErrorKind, SqliteInbox};
///
/// let error = SqliteInbox::new().table("inbox; DROP TABLE users").unwrap_err();
/// assert_eq!(error.kind(), SetupErrorKind::Name);
/// # }
/// ```
pub struct SetupError {
    kind: SetupErrorKind,
    advice: String,
    source: Option<sqlx::Error>,
}

/// The kinds of start-up mistakes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SetupErrorKind {
    /// A name that can't name a table.
    Name,
    /// The tables are not there.
    Missing,
    /// The tables are of an older version than this crate works with.
    Outdated,
    /// The tables are of a newer version than this crate knows.
    TooNew,
    /// The database can't be reached, or refuses.
    Database,
}

impl SetupError {
    pub(crate) fn new(kind: SetupErrorKind, advice: impl Into<String>) -> Self {
        Self {
            kind,
            advice: advice.into(),
            source: None,
        }
    }

    pub(crate) fn missing(name: &TableName, source: Option<sqlx::Error>) -> Self {
        let advice = format!(
            "the table {} is not there as this crate makes it: call `migrate()`, or check the connection's database and \
             schema",
            name.plain()
        );
        Self {
            source,
            ..Self::new(SetupErrorKind::Missing, advice)
        }
    }

    pub(crate) fn database(source: sqlx::Error) -> Self {
        let advice = "the database refused; check its address, its load, and this user's rights (migrating needs those to \
                      create)";
        Self {
            source: Some(source),
            ..Self::new(SetupErrorKind::Database, advice)
        }
    }

    /// Which mistake it is.
    #[must_use]
    pub fn kind(&self) -> SetupErrorKind {
        self.kind
    }
}

/// Compares the version that a database holds with the one that this crate works with.
pub(crate) fn judge_version(name: &TableName, found: i64, known: i64) -> Result<(), SetupError> {
    let table = name.plain();
    if found < known {
        return Err(SetupError::new(
            SetupErrorKind::Outdated,
            format!(
                "the table {table} is of version {found}, and this crate works with {known}: call `migrate()`"
            ),
        ));
    }
    if found > known {
        return Err(SetupError::new(
            SetupErrorKind::TooNew,
            format!(
                "the table {table} is of version {found}, and this crate knows {known}: update tower-webhook-sqlx"
            ),
        ));
    }
    Ok(())
}

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.advice)
    }
}

impl fmt::Debug for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetupError")
            .field("kind", &self.kind)
            .field("advice", &self.advice)
            .field("source", &self.source)
            .finish()
    }
}

impl Error for SetupError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source
            .as_ref()
            .map(|source| source as &(dyn Error + 'static))
    }
}
