//! Claims inside a SQLite transaction of the user's own.

use std::sync::Arc;

use sqlx::sqlite::SqlitePool;
use sqlx::{SqlStr, Sqlite, Transaction};
use tower_webhook::Identity;
use tower_webhook::dedup::Unclaimed;
use tower_webhook::store::Retention;

use super::engine::now;
use super::migrate::Layout;
use super::sql;
use crate::failure::may_pass;
use crate::inbox::{Claimable, IN_FLIGHT, Rules};
use crate::name::{Dialect, TableName};
use crate::setup::SetupError;
use crate::verb::PURGE_AT_ONCE;

/// The events that were processed, in a table beside your own: a claim commits with your writes, or not at all.
///
/// It needs no [`DedupLayer`](tower_webhook::DedupLayer), no lease and no fence: the transaction is all of them. Dropped on any
/// way out, it rolls back and the sender's next try finds nothing. Effects outside the database don't roll back:
/// write them into an outbox table in the same transaction and carry them out from there.
///
/// ```no_run
/// use http::StatusCode;
/// use tower_webhook::{Verified, dedup::Unclaimed};
/// use tower_webhook_sqlx::{SqliteInbox, sqlx::{self, SqlitePool}};
///
/// async fn on_paid(pool: SqlitePool, inbox: SqliteInbox, proof: Verified) -> Result<StatusCode, Unclaimed> {
///     let mut tx = inbox.begin(&pool).await?;
///     inbox.claim_in(&mut tx, &proof).await?; // a duplicate leaves here, with its 200
///     sqlx::query("UPDATE account SET paid = paid + 1").execute(&mut *tx).await?;
///     tx.commit().await?; // only now is it claimed, and paid
///     Ok(StatusCode::NO_CONTENT)
/// }
/// ```
#[derive(Debug, Clone)]
pub struct SqliteInbox {
    name: TableName,
    rules: Rules,
    admit: SqlStr,
    known: SqlStr,
}

impl SqliteInbox {
    /// An inbox in the table `webhook_inbox`.
    #[must_use]
    pub fn new() -> Self {
        let name = TableName::own("webhook_inbox", Dialect::Sqlite);
        Self::with(name, Rules::default())
    }

    /// The same inbox in another table.
    ///
    /// # Errors
    ///
    /// When the name has anything in it but lower-case letters, digits and underscores.
    pub fn table(self, name: &str) -> Result<Self, SetupError> {
        Ok(Self::with(TableName::parse(name, Dialect::Sqlite)?, self.rules))
    }

    /// Keeps apart the events of endpoints that share the table; empty unless it is set.
    #[must_use]
    pub fn scope(mut self, scope: impl Into<Arc<str>>) -> Self {
        self.rules.scope = scope.into();
        self
    }

    /// What makes two deliveries the same event; the sender's own rule unless it is set.
    #[must_use]
    pub fn identity(mut self, identity: Identity) -> Self {
        self.rules.identity = Some(identity);
        self
    }

    /// How long an event is remembered; as long as the sender's description says unless it is set.
    #[must_use]
    pub fn retention(mut self, keep: Retention) -> Self {
        self.rules.keep = Some(keep);
        self
    }

    fn with(name: TableName, rules: Rules) -> Self {
        Self {
            admit: name.fill(sql::ADMIT),
            known: name.fill(sql::KNOWN),
            name,
            rules,
        }
    }

    /// Begins a transaction that can claim: it writes from the start (`BEGIN IMMEDIATE`), so that it waits for another writer
    /// instead of failing in its middle.
    ///
    /// # Errors
    ///
    /// When another transaction writes for longer than the connection's `busy_timeout`, or the file can't be written.
    pub async fn begin(&self, pool: &SqlitePool) -> Result<Transaction<'static, Sqlite>, Unclaimed> {
        pool.begin_with(sql::BEGIN).await.map_err(refused)
    }

    /// Claims the delivery's event in this transaction, before its first write.
    ///
    /// SQLite has one writer: while another transaction is open, whatever its event, this one waits for as long as the
    /// connection's `busy_timeout` says.
    ///
    /// # Errors
    ///
    /// When the event is not this transaction's to process: return the error, and the sender hears what it must. Drop the
    /// transaction then.
    pub async fn claim_in(
        &self,
        tx: &mut Transaction<'_, Sqlite>,
        proof: &impl Claimable,
    ) -> Result<(), Unclaimed> {
        let entry = self.rules.entry(proof)?;
        let admit = sqlx::query(self.admit.clone())
            .bind(now())
            .bind(entry.key.as_bytes().to_vec())
            .bind(entry.print.as_bytes().to_vec())
            .bind(entry.keep);
        if admit.fetch_optional(&mut **tx).await.map_err(refused)?.is_some() {
            return Ok(());
        }
        let known = sqlx::query_scalar(self.known.clone()).bind(entry.key.as_bytes().to_vec());
        let print: Option<Vec<u8>> = known.fetch_optional(&mut **tx).await?;
        Err(print.map_or(IN_FLIGHT, |print| entry.known_as(&print)))
    }

    /// Makes the table, or brings it to the version that this crate works with.
    ///
    /// # Errors
    ///
    /// When the database refuses, or its table is of a version that this crate doesn't know yet.
    pub async fn migrate(&self, pool: &SqlitePool) -> Result<(), SetupError> {
        self.layout().migrate(pool).await
    }

    /// Tells whether the table is there and of the right version.
    ///
    /// # Errors
    ///
    /// When it is not, with what to do; or when the database can't be asked.
    pub async fn check(&self, pool: &SqlitePool) -> Result<(), SetupError> {
        self.layout().check(pool).await
    }

    /// Deletes the events whose retention is over, a thousand in each transaction, and answers how many.
    ///
    /// # Errors
    ///
    /// When the database can't be reached or refuses.
    pub async fn purge_expired(&self, pool: &SqlitePool) -> sqlx::Result<u64> {
        let mut deleted = 0;
        loop {
            let purge = sqlx::query(self.name.fill(sql::INBOX_PURGE))
                .bind(now())
                .bind(PURGE_AT_ONCE);
            let done = purge.execute(pool).await?.rows_affected();
            deleted += done;
            if done == 0 {
                return Ok(deleted);
            }
        }
    }

    fn layout(&self) -> Layout<'_> {
        Layout {
            name: &self.name,
            steps: sql::INBOX_STEPS,
            shape: sql::INBOX_SHAPE,
        }
    }
}

impl Default for SqliteInbox {
    fn default() -> Self {
        Self::new()
    }
}

/// Another writer is no failure: the sender tries again.
fn refused(error: sqlx::Error) -> Unclaimed {
    if may_pass(&error) { IN_FLIGHT } else { error.into() }
}
