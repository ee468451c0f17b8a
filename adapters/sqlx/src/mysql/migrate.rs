//! Makes MySQL's tables, and tells whether they are there.

use sqlx::mysql::{MySqlConnection, MySqlPool};
use sqlx::{Executor, raw_sql};

use super::sql;
use crate::name::TableName;
use crate::setup::{SetupError, judge_version};

/// A table with the steps that make it.
pub(super) struct Layout<'a> {
    pub(super) name: &'a TableName,
    pub(super) steps: &'static [&'static str],
    /// A statement that fails unless the table has its columns.
    pub(super) shape: &'static str,
}

impl Layout<'_> {
    /// Brings the table to the newest version. MySQL can't undo a `CREATE`, so each step can be taken again by who comes after
    /// one that was cut short.
    pub(super) async fn migrate(&self, pool: &MySqlPool) -> Result<(), SetupError> {
        let found = self.try_migrate(pool).await.map_err(SetupError::database)?;
        judge_version(self.name, found, self.newest())
    }

    async fn try_migrate(&self, pool: &MySqlPool) -> sqlx::Result<i64> {
        let mut connection = pool.acquire().await?;
        connection.execute(sql::LOCK).await?;
        let found = self.take_steps(&mut connection).await;
        connection.execute(sql::UNLOCK).await?;
        found
    }

    async fn take_steps(&self, connection: &mut MySqlConnection) -> sqlx::Result<i64> {
        connection.execute(self.name.fill(sql::VERSIONS)).await?;
        connection.execute(self.name.fill(sql::FIRST_VERSION)).await?;
        let version: i64 = sqlx::query_scalar(self.name.fill(sql::VERSION))
            .fetch_one(&mut *connection)
            .await?;
        if version >= self.newest() {
            return Ok(version);
        }
        let done = usize::try_from(version).unwrap_or(0);
        for step in &self.steps[done..] {
            raw_sql(self.name.fill(step)).execute(&mut *connection).await?;
        }
        let write = sqlx::query(self.name.fill(sql::SET_VERSION)).bind(self.newest());
        write.execute(&mut *connection).await?;
        Ok(self.newest())
    }

    /// Tells whether the table is there, of the right version and with its columns.
    pub(super) async fn check(&self, pool: &MySqlPool) -> Result<(), SetupError> {
        let version = sqlx::query_scalar(self.name.fill(sql::VERSION))
            .fetch_optional(pool)
            .await;
        let version = version.map_err(|error| self.explain(error))?;
        let version = version.ok_or_else(|| SetupError::missing(self.name, None))?;
        judge_version(self.name, version, self.newest())?;
        let shape = pool.execute(self.name.fill(self.shape)).await;
        shape.map(drop).map_err(|error| self.explain(error))
    }

    fn explain(&self, error: sqlx::Error) -> SetupError {
        let code = error.as_database_error().and_then(|error| error.code());
        // no such table, unknown column, unknown database
        if matches!(code.as_deref(), Some("42S02" | "42S22" | "42000")) {
            return SetupError::missing(self.name, Some(error));
        }
        SetupError::database(error)
    }

    fn newest(&self) -> i64 {
        i64::try_from(self.steps.len()).unwrap_or(i64::MAX)
    }
}
