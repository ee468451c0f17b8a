//! Makes PostgreSQL's tables, and tells whether they are there.

use sqlx::postgres::PgPool;
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
    /// Brings the table to the newest version: all steps or none, whoever else migrates at the same time.
    pub(super) async fn migrate(&self, pool: &PgPool) -> Result<(), SetupError> {
        let found = self.try_migrate(pool).await.map_err(SetupError::database)?;
        judge_version(self.name, found, self.newest())
    }

    async fn try_migrate(&self, pool: &PgPool) -> sqlx::Result<i64> {
        let mut tx = pool.begin().await?;
        tx.execute(sql::LOCK).await?;
        tx.execute(self.name.fill(sql::VERSIONS)).await?;
        let version = sqlx::query_scalar(self.name.fill(sql::VERSION))
            .fetch_optional(&mut *tx)
            .await?;
        let version: i64 = version.unwrap_or(0);
        if version >= self.newest() {
            return Ok(version);
        }
        let done = usize::try_from(version).unwrap_or(0);
        for step in &self.steps[done..] {
            raw_sql(self.name.fill(step)).execute(&mut *tx).await?;
        }
        tx.execute(self.name.fill(sql::FORGET_VERSION)).await?;
        let write = sqlx::query(self.name.fill(sql::SET_VERSION)).bind(self.newest());
        write.execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(self.newest())
    }

    /// Tells whether the table is there, of the right version and with its columns.
    pub(super) async fn check(&self, pool: &PgPool) -> Result<(), SetupError> {
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
        // undefined_table, undefined_column, invalid_schema_name
        if matches!(code.as_deref(), Some("42P01" | "42703" | "3F000")) {
            return SetupError::missing(self.name, Some(error));
        }
        SetupError::database(error)
    }

    fn newest(&self) -> i64 {
        i64::try_from(self.steps.len()).unwrap_or(i64::MAX)
    }
}
