//! Claims in a SQLite file.

mod engine;
mod inbox;
mod migrate;
mod reader;
mod sql;

use std::fmt;
use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{Row, SqlStr};
use tower_webhook::store::{
    Claim, Held, Lease, Operate, RecordCounts, RecordSummary, Retention, Store, StoreError, Ticket,
};
use tower_webhook::{Fingerprint, Key};

use crate::batch::{Batcher, MOST_AT_ONCE, Pace};
use crate::failure::Failure;
use crate::name::{Dialect, TableName};
use crate::setup::SetupError;
use crate::verb::{PURGE_AT_ONCE, Step, Wish, count_records};

use engine::{SqliteEngine, now};
pub use inbox::SqliteInbox;
use migrate::Layout;

/// Claims in a SQLite file, for the processes of one machine. Clones are cheap and share the writer.
///
/// ```
/// use tower_webhook::DedupLayer;
/// use tower_webhook_sqlx::SqliteStore;
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("webhooks.db");
/// let store = SqliteStore::open(path).await?;
/// store.migrate().await?;
/// let dedup = DedupLayer::new(store);
/// # drop(dedup);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// One writer takes what waits into one transaction (`BEGIN IMMEDIATE`) with one wait for the disk. SQLite runs in a thread of
/// its own, so no verb blocks the runtime. A verb is answered when its transaction is on the disk; when the disk is
/// full, all verbs of the transaction fail and nothing of it is kept.
///
/// Its clock is the wall clock of the process that writes, read once in each transaction: processes on one machine share it.
/// The file must not lie on a network file system, where SQLite's locks can't be trusted.
#[derive(Clone)]
pub struct SqliteStore {
    name: TableName,
    batcher: Batcher<SqliteEngine>,
    /// For what an operator reads, which may take long.
    reader: SqlitePool,
    forget: SqlStr,
    purge: SqlStr,
    count: SqlStr,
}

impl SqliteStore {
    /// Opens this file, or makes it, with the settings of [`options`](Self::options).
    ///
    /// # Errors
    ///
    /// When the file can't be opened, or is no database.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, SetupError> {
        Self::open_with(Self::options().filename(path)).await
    }

    /// Opens a file with settings of your own; begin with [`options`](Self::options).
    ///
    /// # Errors
    ///
    /// When the file can't be opened, or is no database.
    pub async fn open_with(options: SqliteConnectOptions) -> Result<Self, SetupError> {
        // One connection that stays: SQLite has one writer, and this is it. Nothing can break it from outside.
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false);
        let pool = pool.connect_with(options.clone()).await;
        let pool = pool.map_err(SetupError::database)?;
        let name = TableName::own("webhook_event", Dialect::Sqlite);
        let reader = reader::beside(&pool, options).await;
        let reader = reader.map_err(SetupError::database)?;
        Ok(Self::with(pool, reader, name, OWN_PACE))
    }

    /// The settings that keep what was answered: a write-ahead log that is on the disk before a verb is answered
    /// (`synchronous=FULL`), and three seconds of patience with another process that writes.
    #[must_use]
    pub fn options() -> SqliteConnectOptions {
        SqliteConnectOptions::new()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(3))
    }

    /// A store on a pool of yours, with that pool's settings: unless its connections are opened with `synchronous=FULL`, a loss of
    /// power can take back what was answered. `inspect` and `counts` take a connection of it for as long as they read, so it
    /// needs a second one.
    ///
    /// It asks the database nothing yet: call [`migrate`](Self::migrate) or [`check`](Self::check) before the first delivery.
    #[must_use]
    pub fn new(pool: SqlitePool) -> Self {
        let name = TableName::own("webhook_event", Dialect::Sqlite);
        Self::with(pool.clone(), pool, name, PACE)
    }

    /// The same store in another table.
    ///
    /// # Errors
    ///
    /// When the name has anything in it but lower-case letters, digits and underscores.
    pub fn table(self, name: &str) -> Result<Self, SetupError> {
        let name = TableName::parse(name, Dialect::Sqlite)?;
        let pace = self.batcher.pace();
        Ok(Self::with(self.pool().clone(), self.reader, name, pace))
    }

    fn with(pool: SqlitePool, reader: SqlitePool, name: TableName, pace: Pace) -> Self {
        Self {
            batcher: Batcher::new(SqliteEngine::new(pool, &name, !pace.rests), pace),
            reader,
            forget: name.fill(sql::FORGET),
            purge: name.fill(sql::PURGE),
            count: name.fill(sql::COUNT),
            name,
        }
    }

    /// Makes the tables, or brings them to the version that this crate works with. Several processes may do it at once.
    ///
    /// Beside the table itself there are a table `…_schema` with the version and the count of fences, an index `…_expiry`, and
    /// triggers `…_drawn`, `…_redrawn` and `…_moved`.
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

    fn pool(&self) -> &SqlitePool {
        &self.batcher.engine().pool
    }
}

impl Store for SqliteStore {
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
        let forget = sqlx::query_scalar(self.forget.clone());
        let forget = forget.bind(now()).bind(key.as_bytes().to_vec());
        let was_alive: Option<bool> = forget.fetch_optional(self.pool()).await.map_err(Failure::from)?;
        Ok(was_alive.unwrap_or(false))
    }
}

impl Operate for SqliteStore {
    async fn inspect(&self, key: &Key) -> Result<Option<RecordSummary>, StoreError> {
        let seen = self.batcher.engine().inspect(&self.reader, key).await;
        let seen = seen.map_err(Failure::from)?;
        Ok(seen.and_then(|seen| seen.summary()))
    }

    /// Deletes a thousand at a time, each in a transaction of its own, so that no claim waits long.
    async fn purge_expired(&self) -> Result<u64, StoreError> {
        let mut deleted = 0;
        loop {
            let purge = sqlx::query(self.purge.clone()).bind(now()).bind(PURGE_AT_ONCE);
            let done = purge.execute(self.pool()).await.map_err(Failure::from)?;
            deleted += done.rows_affected();
            if done.rows_affected() == 0 {
                return Ok(deleted);
            }
        }
    }

    /// Reads all of the file, and keeps no claim waiting meanwhile: it reads beside the writer.
    async fn counts(&self) -> Result<RecordCounts, StoreError> {
        let rows = sqlx::query(self.count.clone())
            .bind(now())
            .fetch_all(&self.reader);
        let rows = rows.await.map_err(Failure::from)?;
        let read = |row: SqliteRow| Ok((row.try_get("state")?, row.try_get("records")?));
        let rows: sqlx::Result<Vec<(String, i64)>> = rows.into_iter().map(read).collect();
        Ok(count_records(&rows.map_err(Failure::from)?).map_err(Failure::from)?)
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore")
            .field("table", &self.name.plain())
            .finish_non_exhaustive()
    }
}

/// SQLite has one writer, so nothing is won by a second that waits for the first.
const PACE: Pace = Pace {
    lanes: 1,
    company: MOST_AT_ONCE,
    followers: MOST_AT_ONCE,
    mixes: true,
    rests: false,
};

/// For a pool that nobody else uses. To lend a connection and to take it back is a message to SQLite's thread, which costs as much
/// as a verb's own.
const OWN_PACE: Pace = Pace { rests: true, ..PACE };
