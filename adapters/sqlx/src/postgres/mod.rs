//! Claims in PostgreSQL.

mod engine;
mod inbox;
mod migrate;
mod sql;

use std::fmt;

use sqlx::postgres::PgPool;
use sqlx::{Row, SqlStr};
use tower_webhook::store::{
    Claim, Held, Lease, Operate, RecordCounts, RecordSummary, Retention, Store, StoreError, Ticket,
};
use tower_webhook::{Fingerprint, Key};

use crate::batch::{Batcher, Pace};
use crate::failure::Failure;
use crate::name::{Dialect, TableName};
use crate::setup::SetupError;
use crate::verb::{PURGE_AT_ONCE, Step, Wish, count_records};

use engine::PgEngine;
pub use inbox::PostgresInbox;
use migrate::Layout;

/// Claims in PostgreSQL, shared by every process that uses the table. Clones are cheap and share the pool and the queue.
///
/// ```no_run
/// use tower_webhook::DedupLayer;
/// use tower_webhook_sqlx::{PostgresStore, sqlx::PgPool};
///
/// # async fn start() -> Result<(), Box<dyn std::error::Error>> {
/// let pool = PgPool::connect("postgres://localhost/hooks").await?;
/// let store = PostgresStore::new(pool);
/// store.migrate().await?; // or in your deployment, and `store.check().await?` here
/// let dedup = DedupLayer::new(store);
/// # drop(dedup);
/// # Ok(())
/// # }
/// ```
///
/// Verbs that come while the database is at work share the next statement, so that a busy receiver costs it little. A verb
/// holds a connection while its statement runs, and a handler holds none of the store's: a pool smaller than the
/// number of handlers is fine.
///
/// It is right at each isolation level that the pool's connections may be set to; at `SERIALIZABLE` and `REPEATABLE READ`
/// statements that meet are sent again, at most twelve times.
#[derive(Clone)]
pub struct PostgresStore {
    name: TableName,
    batcher: Batcher<PgEngine>,
    forget: SqlStr,
    purge: SqlStr,
    count: SqlStr,
}

impl PostgresStore {
    /// A store on this pool, in the table `webhook_event` of the connection's schema.
    ///
    /// It asks the database nothing yet: call [`migrate`](Self::migrate) or [`check`](Self::check) before the first delivery.
    #[must_use]
    pub fn new(pool: PgPool) -> Self {
        let name = TableName::own("webhook_event", Dialect::Postgres);
        Self::with(pool, name)
    }

    /// The same store in another table, `table` or `schema.table`.
    ///
    /// # Errors
    ///
    /// When the name has anything in it but lower-case letters, digits and underscores.
    pub fn table(self, name: &str) -> Result<Self, SetupError> {
        let name = TableName::parse(name, Dialect::Postgres)?;
        Ok(Self::with(self.pool().clone(), name))
    }

    fn with(pool: PgPool, name: TableName) -> Self {
        Self {
            batcher: Batcher::new(PgEngine::new(pool, &name), PACE),
            forget: name.fill(sql::FORGET),
            purge: name.fill(sql::PURGE),
            count: name.fill(sql::COUNT),
            name,
        }
    }

    /// Makes the tables, or brings them to the version that this crate works with. Several processes may do it at once.
    ///
    /// Beside the table itself there are a sequence `…_fence`, a table `…_schema` with the version, and an index `…_expiry`.
    ///
    /// # Errors
    ///
    /// When the database refuses, or its tables are of a version that this crate doesn't know yet.
    pub async fn migrate(&self) -> Result<(), SetupError> {
        self.layout().migrate(self.pool()).await
    }

    /// Tells whether the tables are there and of the right version: call it at start-up where something else migrates.
    ///
    /// # Errors
    ///
    /// When they are not, with what to do; or when the database can't be asked.
    pub async fn check(&self) -> Result<(), SetupError> {
        self.layout().check(self.pool()).await
    }

    fn layout(&self) -> Layout<'_> {
        Layout {
            name: &self.name,
            steps: sql::STORE_STEPS,
            shape: sql::STORE_SHAPE,
        }
    }

    fn pool(&self) -> &PgPool {
        &self.batcher.engine().pool
    }
}

impl Store for PostgresStore {
    async fn claim(
        &self,
        key: &Key,
        print: &Fingerprint,
        lease: Lease,
        keep: Retention,
    ) -> Result<Claim, StoreError> {
        self.batcher.claim(Wish::new(key, print, lease, keep)).await
    }

    async fn renew(&self, ticket: &Ticket, lease: Lease) -> Result<Held, StoreError> {
        self.batcher.step(Step::renew(ticket, lease)).await
    }

    async fn complete(&self, ticket: &Ticket, keep: Retention) -> Result<Held, StoreError> {
        self.batcher.step(Step::complete(ticket, keep)).await
    }

    async fn release(&self, ticket: &Ticket) -> Result<Held, StoreError> {
        self.batcher.step(Step::release(ticket)).await
    }

    async fn forget(&self, key: &Key) -> Result<bool, StoreError> {
        let forget = || sqlx::query(self.forget.clone()).bind(*key.as_bytes());
        Ok(self.batcher.engine().execute(forget).await? > 0)
    }
}

impl Operate for PostgresStore {
    async fn inspect(&self, key: &Key) -> Result<Option<RecordSummary>, StoreError> {
        let seen = self.batcher.engine().inspect(key).await.map_err(Failure::from)?;
        Ok(seen.and_then(|seen| seen.summary()))
    }

    /// Deletes a thousand at a time, each in a transaction of its own, so that no claim waits for it.
    async fn purge_expired(&self) -> Result<u64, StoreError> {
        let mut deleted = 0;
        loop {
            let purge = || sqlx::query(self.purge.clone()).bind(PURGE_AT_ONCE);
            let done = self.batcher.engine().execute(purge).await?;
            deleted += done;
            if done == 0 {
                return Ok(deleted);
            }
        }
    }

    async fn counts(&self) -> Result<RecordCounts, StoreError> {
        let rows = sqlx::query(self.count.clone()).fetch_all(self.pool()).await;
        let rows = rows.map_err(Failure::from)?;
        let read = |row: sqlx::postgres::PgRow| Ok((row.try_get("state")?, row.try_get("records")?));
        let rows: sqlx::Result<Vec<(String, i64)>> = rows.into_iter().map(read).collect();
        Ok(count_records(&rows.map_err(Failure::from)?).map_err(Failure::from)?)
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore")
            .field("table", &self.name.plain())
            .finish_non_exhaustive()
    }
}

/// While one batch waits for the disk, the other is worked on.
const PACE: Pace = Pace {
    lanes: 2,
    company: 32,
    followers: 1,
    mixes: true,
    rests: false,
};
