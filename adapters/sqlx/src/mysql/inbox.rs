//! Claims inside a MySQL or MariaDB transaction of the user's own.

use std::sync::Arc;

use sqlx::mysql::{MySqlDatabaseError, MySqlPool};
use sqlx::{AssertSqlSafe, Executor, MySql, Row, SqlStr, Transaction};
use tower_webhook::Identity;
use tower_webhook::dedup::Unclaimed;
use tower_webhook::store::Retention;

use super::migrate::Layout;
use super::sql;
use crate::failure::may_pass;
use crate::inbox::{Claimable, Entry, IN_FLIGHT, Rules};
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
/// use tower_webhook_sqlx::{MySqlInbox, sqlx::{self, MySqlPool}};
///
/// async fn on_paid(pool: MySqlPool, inbox: MySqlInbox, proof: Verified) -> Result<StatusCode, Unclaimed> {
///     let mut tx = pool.begin().await?;
///     inbox.claim_in(&mut tx, &proof).await?; // a duplicate leaves here, with its 200
///     sqlx::query("UPDATE account SET paid = paid + 1").execute(&mut *tx).await?;
///     tx.commit().await?; // only now is it claimed, and paid
///     Ok(StatusCode::NO_CONTENT)
/// }
/// ```
#[derive(Debug, Clone)]
pub struct MySqlInbox {
    name: TableName,
    rules: Rules,
    admit: SqlStr,
    admit_again: SqlStr,
    known: SqlStr,
}

impl MySqlInbox {
    /// An inbox in the table `webhook_inbox` of the connection's database.
    #[must_use]
    pub fn new() -> Self {
        let name = TableName::own("webhook_inbox", Dialect::MySql);
        Self::with(name, Rules::default())
    }

    /// The same inbox in another table, `table` or `database.table`.
    ///
    /// # Errors
    ///
    /// When the name has anything in it but lower-case letters, digits and underscores.
    pub fn table(self, name: &str) -> Result<Self, SetupError> {
        Ok(Self::with(TableName::parse(name, Dialect::MySql)?, self.rules))
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
            admit_again: name.fill(sql::ADMIT_AGAIN),
            known: name.fill(sql::KNOWN),
            name,
            rules,
        }
    }

    /// Claims the delivery's event in this transaction, before its first write.
    ///
    /// It waits a second, the shortest that MySQL knows, for another transaction that has claimed the same event; your own
    /// statements wait as long as they did before.
    ///
    /// # Errors
    ///
    /// When the event is not this transaction's to process: return the error, and the sender hears what it must. Drop the
    /// transaction then.
    pub async fn claim_in(
        &self,
        tx: &mut Transaction<'_, MySql>,
        proof: &impl Claimable,
    ) -> Result<(), Unclaimed> {
        let entry = self.rules.entry(proof)?;
        let before: i64 = sqlx::query_scalar(sql::WAIT).fetch_one(&mut **tx).await?;
        wait_for_locks(tx, PATIENCE).await?;
        let claim = self.admit(tx, &entry).await;
        // The session outlives the transaction, so its setting is put back whatever the claim came to.
        wait_for_locks(tx, before).await?;
        claim
    }

    async fn admit(&self, tx: &mut Transaction<'_, MySql>, entry: &Entry) -> Result<(), Unclaimed> {
        let key = entry.key.as_bytes().to_vec();
        let admit = sqlx::query(self.admit.clone()).bind(key.clone());
        let admit = admit.bind(entry.print.as_bytes().to_vec()).bind(entry.keep);
        match admit.execute(&mut **tx).await {
            Ok(_) => return Ok(()),
            Err(error) if number(&error) == Some(DUPLICATE_KEY) => {}
            Err(error) => return Err(refused(error)),
        }
        let known = sqlx::query(self.known.clone()).bind(key.clone());
        let Some(row) = known.fetch_optional(&mut **tx).await.map_err(refused)? else {
            return Err(IN_FLIGHT);
        };
        if !row.try_get::<bool, _>("is_over")? {
            return Err(entry.known_as(row.try_get("fingerprint")?));
        }
        let again = sqlx::query(self.admit_again.clone()).bind(entry.print.as_bytes().to_vec());
        let again = again.bind(entry.keep).bind(key).execute(&mut **tx).await;
        let taken = again.map_err(refused)?.rows_affected() == 1;
        if taken { Ok(()) } else { Err(IN_FLIGHT) }
    }

    /// Makes the table, or brings it to the version that this crate works with.
    ///
    /// # Errors
    ///
    /// When the database refuses, or its table is of a version that this crate doesn't know yet.
    pub async fn migrate(&self, pool: &MySqlPool) -> Result<(), SetupError> {
        self.layout().migrate(pool).await
    }

    /// Tells whether the table is there and of the right version.
    ///
    /// # Errors
    ///
    /// When it is not, with what to do; or when the database can't be asked.
    pub async fn check(&self, pool: &MySqlPool) -> Result<(), SetupError> {
        self.layout().check(pool).await
    }

    /// Deletes the events whose retention is over, a thousand in each transaction, and answers how many.
    ///
    /// # Errors
    ///
    /// When the database can't be reached or refuses.
    pub async fn purge_expired(&self, pool: &MySqlPool) -> sqlx::Result<u64> {
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

impl Default for MySqlInbox {
    fn default() -> Self {
        Self::new()
    }
}

/// Sets for how many seconds the session waits for a lock.
async fn wait_for_locks(tx: &mut Transaction<'_, MySql>, seconds: i64) -> sqlx::Result<()> {
    // A number is all that is put in.
    let set = AssertSqlSafe(format!("SET SESSION innodb_lock_wait_timeout = {seconds}"));
    tx.execute(set).await.map(drop)
}

/// Another transaction that has the event is no failure: the sender tries again.
fn refused(error: sqlx::Error) -> Unclaimed {
    if number(&error) == Some(LOCK_WAIT_TIMEOUT) || may_pass(&error) {
        IN_FLIGHT
    } else {
        error.into()
    }
}

fn number(error: &sqlx::Error) -> Option<u16> {
    let error = error
        .as_database_error()?
        .try_downcast_ref::<MySqlDatabaseError>()?;
    Some(error.number())
}

const PATIENCE: i64 = 1;
/// <https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html>, `ER_DUP_ENTRY`.
const DUPLICATE_KEY: u16 = 1062;
/// The same page, `ER_LOCK_WAIT_TIMEOUT`.
const LOCK_WAIT_TIMEOUT: u16 = 1205;
