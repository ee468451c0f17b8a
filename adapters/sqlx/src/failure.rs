//! Why a database could not answer, for each caller that shared the statement.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use tower_webhook::store::StoreError;

/// A failed batch: every verb in it gets a copy, and each copy has the database's own error behind it.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    what: What,
    source: Option<Arc<sqlx::Error>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// The database said no, or could not be reached.
    Refused,
    /// The table is not there.
    NoTable,
    /// No room on the disk.
    Full,
    /// Other transactions were in the way each time.
    Contended,
    /// No answer within the time limit.
    Late,
    /// More verbs are waiting than may wait.
    Crowded,
    /// The runtime that ran the batch was shut down.
    Stopped,
    /// A column that holds what this crate never wrote.
    Unreadable,
}

impl Failure {
    pub(crate) const LATE: Self = Self::without_source(What::Late);
    pub(crate) const CROWDED: Self = Self::without_source(What::Crowded);
    pub(crate) const STOPPED: Self = Self::without_source(What::Stopped);

    const fn without_source(what: What) -> Self {
        Self { what, source: None }
    }

    /// Whether the database answered, so that its connection is sound.
    pub(crate) fn is_refusal(&self) -> bool {
        self.source
            .as_deref()
            .is_some_and(|error| error.as_database_error().is_some())
    }

    fn advice(&self) -> &'static str {
        match self.what {
            What::Refused => "the database could not answer; its own error is this one's source",
            What::NoTable => {
                "the store's table is not there; call `migrate()` on the store before the first delivery"
            }
            What::Full => {
                "the database has no room left on its disk; nothing was written. Make room, or purge"
            }
            What::Contended => {
                "other transactions were in the way each time; look for long ones on the store's table"
            }
            What::Late => {
                "the database did not answer in time; check its load, its locks and the pool's size"
            }
            What::Crowded => "too many verbs wait for the database; check its load",
            What::Stopped => "the runtime that served this verb was shut down",
            What::Unreadable => "a record holds what this crate never wrote; look at it before you forget it",
        }
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        let what = match &error {
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::ColumnNotFound(_) => {
                What::Unreadable
            }
            sqlx::Error::Database(database) => match database.code().as_deref() {
                // PostgreSQL's undefined_table, MySQL's no_such_table (in SQLSTATE 42S02).
                Some("42P01" | "42S02") => What::NoTable,
                // PostgreSQL's disk_full and SQLite's SQLITE_FULL.
                Some("53100" | "13") => What::Full,
                _ if database.message().starts_with("no such table") => What::NoTable,
                _ if is_full_mysql(&**database) => What::Full,
                _ if may_pass(&error) => What::Contended,
                _ => What::Refused,
            },
            _ => What::Refused,
        };
        Self {
            what,
            source: Some(Arc::new(error)),
        }
    }
}

/// Whether the same statement may well succeed when it is sent again: the database undid it because of others.
pub(crate) fn may_pass(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    // Serialization failure, and deadlock in PostgreSQL; MySQL's deadlock is 40001 as well. SQLITE_BUSY and its extended
    // codes BUSY_RECOVERY and BUSY_SNAPSHOT.
    matches!(code.as_deref(), Some("40001" | "40P01" | "5" | "261" | "517"))
}

/// MySQL's own numbers for a table and a disk without room, whose common code says nothing.
#[cfg(feature = "mysql")]
fn is_full_mysql(error: &(dyn sqlx::error::DatabaseError + 'static)) -> bool {
    let error = error.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>();
    error.is_some_and(|error| matches!(error.number(), 1021 | 1114))
}

#[cfg(not(feature = "mysql"))]
fn is_full_mysql(_: &(dyn sqlx::error::DatabaseError + 'static)) -> bool {
    false
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        if failure.what == What::Unreadable {
            return Self::corrupt(failure);
        }
        Self::unavailable(failure)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.advice())
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn Error + 'static))
    }
}
