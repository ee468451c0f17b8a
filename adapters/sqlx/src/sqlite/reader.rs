//! Connections that read beside SQLite's writer, so that no claim waits for an operator who counts.

use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};

use super::sql;

/// A pool for what only reads, or the writer's own where nobody can read beside it.
pub(super) async fn beside(writer: &SqlitePool, options: SqliteConnectOptions) -> sqlx::Result<SqlitePool> {
    if !can_be_read(writer).await? {
        return Ok(writer.clone());
    }
    let options = options.create_if_missing(false).pragma("query_only", "ON");
    // Opened when they are first needed. Two, so that a look at one record waits for no count.
    Ok(SqlitePoolOptions::new()
        .max_connections(2)
        .connect_lazy_with(options))
}

/// Whether another connection can read what this one writes, while it writes: that takes a write-ahead log, which a database in
/// memory never has, and a file that nobody keeps locked.
async fn can_be_read(writer: &SqlitePool) -> sqlx::Result<bool> {
    let journal: String = sqlx::query_scalar(sql::JOURNAL).fetch_one(writer).await?;
    let locking: String = sqlx::query_scalar(sql::LOCKING).fetch_one(writer).await?;
    Ok(journal == "wal" && locking == "normal")
}
