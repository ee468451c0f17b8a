//! Claims inside a PostgreSQL transaction of the user's own.

use std::sync::Arc;

use sqlx::postgres::PgPool;
use sqlx::{Postgres, SqlStr, Transaction};
use tower_webhook::Identity;
use tower_webhook::dedup::Unclaimed;
use tower_webhook::store::Retention;

use super::migrate::Layout;
use super::sql;
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
/// use tower_webhook_sqlx::{PostgresInbox, sqlx::{self, PgPool}};
///
/// async fn on_paid(pool: PgPool, inbox: PostgresInbox, proof: Verified) -> Result<StatusCode, Unclaimed> {
///     let mut tx = pool.begin().await?;
///     inbox.claim_in(&mut tx, &proof).await?; // a duplicate leaves here, with its 200
///     sqlx::query("UPDATE account SET paid = paid + 1").execute(&mut *tx).await?;
///     tx.commit().await?; // only now is it claimed, and paid
///     Ok(StatusCode::NO_CONTENT)
/// }
/// ```
#[derive(Debug, Clone)]
pub struct PostgresInbox {
    name: TableName,
    rules: Rules,
    admit: SqlStr,
    known: SqlStr,
}

impl PostgresInbox {
    /// An inbox in the table `webhook_inbox` of the connection's schema.
    #[must_use]
    pub fn new() -> Self {
        let name = TableName::own("webhook_inbox", Dialect::Postgres);
        Self::with(name, Rules::default())
    }

    /// The same inbox in another table, `table` or `schema.table`.
    ///
    /// # Errors
    ///
    /// When the name has anything in it but lower-case letters, digits and underscores.
    pub fn table(self, name: &str) -> Result<Self, SetupError> {
        Ok(Self::with(TableName::parse(name, Dialect::Postgres)?, self.rules))
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

    /// Claims the delivery's event in this transaction, before its first write.
    ///
    /// It waits half a second for another transaction that has claimed the same event; your own statements wait as long as
    /// they did before.
    ///
    /// # Errors
    ///
    /// When the event is not this transaction's to process: return the error, and the sender hears what it must. The
    /// transaction can't be used any more; drop it.
    pub async fn claim_in(
        &self,
        tx: &mut Transaction<'_, Postgres>,
        proof: &impl Claimable,
    ) -> Result<(), Unclaimed> {
        let entry = self.rules.entry(proof)?;
        let before = wait_for_locks(tx, PATIENCE).await?;
        let admit = sqlx::query(self.admit.clone())
            .bind(*entry.key.as_bytes())
            .bind(*entry.print.as_bytes())
            .bind(entry.keep);
        match admit.fetch_optional(&mut **tx).await {
            Ok(Some(_)) => {
                wait_for_locks(tx, &before).await?;
                Ok(())
            }
            Ok(None) => {
                let known = sqlx::query_scalar(self.known.clone()).bind(*entry.key.as_bytes());
                let print: Option<Vec<u8>> = known.fetch_optional(&mut **tx).await?;
                Err(print.map_or(IN_FLIGHT, |print| entry.known_as(&print)))
            }
            Err(error) if is_taken(&error) => Err(IN_FLIGHT),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes the table, or brings it to the version that this crate works with.
    ///
    /// # Errors
    ///
    /// When the database refuses, or its table is of a version that this crate doesn't know yet.
    pub async fn migrate(&self, pool: &PgPool) -> Result<(), SetupError> {
        self.layout().migrate(pool).await
    }

    /// Tells whether the table is there and of the right version.
    ///
    /// # Errors
    ///
    /// When it is not, with what to do; or when the database can't be asked.
    pub async fn check(&self, pool: &PgPool) -> Result<(), SetupError> {
        self.layout().check(pool).await
    }

    /// Deletes the events whose retention is over, a thousand in each transaction, and answers how many.
    ///
    /// # Errors
    ///
    /// When the database can't be reached or refuses.
    pub async fn purge_expired(&self, pool: &PgPool) -> sqlx::Result<u64> {
        let mut deleted = 0;
        loop {
            let purge = sqlx::query(self.name.fill(sql::INBOX_PURGE)).bind(PURGE_AT_ONCE);
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

impl Default for PostgresInbox {
    fn default() -> Self {
        Self::new()
    }
}

/// Sets how long the transaction waits for a lock, and answers what was set before.
async fn wait_for_locks(tx: &mut Transaction<'_, Postgres>, span: &str) -> sqlx::Result<String> {
    sqlx::query_scalar(sql::WAIT)
        .bind(span.to_owned())
        .fetch_one(&mut **tx)
        .await
}

/// Whether another transaction has the event: lock_not_available, or above READ COMMITTED a serialization failure, since it
/// was committed after this transaction began to look.
fn is_taken(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    matches!(code.as_deref(), Some("55P03" | "40001" | "40P01"))
}

const PATIENCE: &str = "500ms";
