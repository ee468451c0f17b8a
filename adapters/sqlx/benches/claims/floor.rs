//! The least that an engine can do to remember keys: rows put into a bare table, many at a time.

use std::time::{Duration, Instant};

use sqlx::mysql::MySqlPool;
use sqlx::postgres::PgPool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection, PgConnection};
use tower_webhook_sqlx::sqlx;

use super::load::new_key;

pub(super) enum Floor {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
    MySql(MySqlConnection),
}

const SPAN: Duration = Duration::from_secs(1);
const MOST: usize = 256;

impl Floor {
    pub(super) async fn sqlite(options: SqliteConnectOptions) -> Self {
        let mut connection = SqliteConnection::connect_with(&options)
            .await
            .expect("SQLite opens a file");
        let table = "CREATE TABLE bare (event_key BLOB PRIMARY KEY, fingerprint BLOB, expires_at INTEGER) WITHOUT ROWID";
        connection.execute(table).await.expect("SQLite makes a table");
        Self::Sqlite(connection)
    }

    pub(super) async fn postgres(pool: PgPool) -> Self {
        let mut connection = pool.acquire().await.expect("a connection").detach();
        let table = "CREATE TABLE bare (event_key bytea PRIMARY KEY, fingerprint bytea, expires_at bigint)";
        connection.execute(table).await.expect("PostgreSQL makes a table");
        Self::Postgres(connection)
    }

    pub(super) async fn mysql(pool: MySqlPool) -> Self {
        let mut connection = pool.acquire().await.expect("a connection").detach();
        let table =
            "CREATE TABLE bare (event_key BINARY(32) PRIMARY KEY, fingerprint BINARY(16), expires_at BIGINT)";
        connection.execute(table).await.expect("MariaDB makes a table");
        Self::MySql(connection)
    }

    /// How many rows a second it takes with so many in each statement.
    pub(super) async fn rows_per_second(&mut self, callers: usize) -> f64 {
        let rows = callers.min(MOST);
        let (began, mut count) = (Instant::now(), 0_u32);
        while began.elapsed() < SPAN {
            let keys: Vec<Vec<u8>> = (0..rows).map(|_| new_key().to_vec()).collect();
            self.insert(keys).await.expect("the floor takes rows");
            count += 1;
        }
        #[allow(clippy::cast_precision_loss, reason = "at most 256")]
        let rows = rows as f64;
        f64::from(count) * rows / began.elapsed().as_secs_f64()
    }

    async fn insert(&mut self, keys: Vec<Vec<u8>>) -> sqlx::Result<()> {
        let values = vec!["(?, ?, ?)"; keys.len()].join(", ");
        match self {
            Self::Sqlite(connection) => {
                let sql = format!("INSERT INTO bare VALUES {values} ON CONFLICT DO NOTHING");
                let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
                let mut query = sqlx::query(AssertSqlSafe(sql));
                for key in keys {
                    query = query.bind(key).bind(vec![1; 16]).bind(1_i64);
                }
                query.execute(&mut *tx).await?;
                tx.commit().await
            }
            Self::Postgres(connection) => {
                let sql = "INSERT INTO bare SELECT k, f, e FROM unnest($1::bytea[], $2::bytea[], $3::bigint[]) AS t(k, f, e) \
                           ON CONFLICT DO NOTHING";
                let (prints, ends) = (vec![vec![1; 16]; keys.len()], vec![1_i64; keys.len()]);
                let query = sqlx::query(sql).bind(keys).bind(prints).bind(ends);
                query.execute(connection).await.map(drop)
            }
            Self::MySql(connection) => {
                let sql = format!("INSERT IGNORE INTO bare VALUES {values}");
                let mut query = sqlx::query(AssertSqlSafe(sql));
                for key in keys {
                    query = query.bind(key).bind(vec![1; 16]).bind(1_i64);
                }
                query.execute(connection).await.map(drop)
            }
        }
    }
}
