//! Claims in MySQL and MariaDB.

mod engine;
mod fences;
mod forget;
mod inbox;
mod migrate;
mod sql;

use std::fmt;

use sqlx::mysql::MySqlPool;
use sqlx::{Row, SqlStr};
use tower_webhook::store::{
    Claim, Held, Lease, Operate, RecordCounts, RecordSummary, Retention, Store, StoreError, Ticket,
};
use tower_webhook::{Fingerprint, Key};

use crate::batch::{Batcher, Engine, Pace};
use crate::failure::Failure;
use crate::name::{Dialect, TableName};
use crate::setup::SetupError;
use crate::verb::{Step, Wish, count_records};

use engine::MySqlEngine;
use forget::Forgetter;
pub use inbox::MySqlInbox;
use migrate::Layout;

/// Claims in MySQL 8 or MariaDB 10.6 and newer, shared by every process that uses the table. Clones are cheap and share the pool and the queue.
///
/// ```no_run
/// use tower_webhook::DedupLayer;
/// use tower_webhook_sqlx::{MySqlStore, sqlx::MySqlPool};
///
/// # async fn start() -> Result<(), Box<dyn std::error::Error>> {
/// let pool = MySqlPool::connect("mysql://localhost/hooks").await?;
/// let store = MySqlStore::new(pool);
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
/// It is right at each isolation level that the pool's connections may be set to; statements that meet in a deadlock are sent
/// again, at most twelve times. The connections must be in autocommit mode, as they are unless they are told otherwise.
#[derive(Clone)]
pub struct MySqlStore {
    name: TableName,
    batcher: Batcher<MySqlEngine>,
    forgetter: Forgetter,
    count: SqlStr,
}

impl MySqlStore {
    /// A store on this pool, in the table `webhook_event` of the connection's database.
    ///
    /// It asks the database nothing yet: call [`migrate`](Self::migrate) or [`check`](Self::check) before the first delivery.
    #[must_use]
    pub fn new(pool: MySqlPool) -> Self {
        let name = TableName::own("webhook_event", Dialect::MySql);
        Self::with(pool, name)
    }

    /// The same store in another table, `table` or `database.table`.
    ///
    /// # Errors
    ///
    /// When the name has anything in it but lower-case letters, digits and underscores.
    pub fn table(self, name: &str) -> Result<Self, SetupError> {
        let name = TableName::parse(name, Dialect::MySql)?;
        Ok(Self::with(self.pool().clone(), name))
    }

    fn with(pool: MySqlPool, name: TableName) -> Self {
        Self {
            batcher: Batcher::new(MySqlEngine::new(pool, &name), PACE),
            forgetter: Forgetter::new(&name),
            count: name.fill(sql::COUNT),
            name,
        }
    }

    /// Makes the tables, or brings them to the version that this crate works with. Several processes may do it at once.
    ///
    /// Beside the table itself there are a table `…_schema` with the version and the count of fences, and an index `…_expiry`.
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

    fn pool(&self) -> &MySqlPool {
        &self.batcher.engine().pool
    }
}

impl Store for MySqlStore {
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
        let connection = self.batcher.engine().connect().await.map_err(Failure::from)?;
        Ok(self.forgetter.forget(connection, key).await?)
    }
}

impl Operate for MySqlStore {
    async fn inspect(&self, key: &Key) -> Result<Option<RecordSummary>, StoreError> {
        let seen = self.batcher.engine().inspect(key).await.map_err(Failure::from)?;
        Ok(seen.and_then(|seen| seen.summary()))
    }

    /// Deletes a thousand at a time, each in a transaction of its own, so that no claim waits for it.
    async fn purge_expired(&self) -> Result<u64, StoreError> {
        let connection = self.batcher.engine().connect().await.map_err(Failure::from)?;
        Ok(self.forgetter.purge(connection).await?)
    }

    async fn counts(&self) -> Result<RecordCounts, StoreError> {
        let rows = sqlx::query(self.count.clone()).fetch_all(self.pool()).await;
        let rows = rows.map_err(Failure::from)?;
        let read = |row: sqlx::mysql::MySqlRow| Ok((row.try_get("state")?, row.try_get("records")?));
        let rows: sqlx::Result<Vec<(String, i64)>> = rows.into_iter().map(read).collect();
        Ok(count_records(&rows.map_err(Failure::from)?).map_err(Failure::from)?)
    }
}

impl fmt::Debug for MySqlStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MySqlStore")
            .field("table", &self.name.plain())
            .finish_non_exhaustive()
    }
}

/// While the one batch waits for the disk, or for this process, the server works on the other.
const PACE: Pace = Pace {
    lanes: 2,
    company: 32,
    followers: 1,
    mixes: false,
    rests: false,
};
