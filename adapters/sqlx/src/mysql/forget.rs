//! Deletes records from MySQL without letting their fences come back.

use sqlx::{Connection, MySql, SqlStr};
use tower_webhook::Key;

use super::engine::{bytes, execute};
use super::sql;
use crate::failure::Failure;
use crate::lent::Lent;
use crate::name::TableName;
use crate::patience::Patience;
use crate::verb::PURGE_AT_ONCE;

/// What forgets. Before it deletes a record it closes the fences given so far, so that a process which still holds old ones
/// sees that it must not use them for that key.
#[derive(Debug, Clone)]
pub(super) struct Forgetter {
    close: SqlStr,
    is_alive: SqlStr,
    forget: SqlStr,
    any_expired: SqlStr,
    purge: SqlStr,
}

impl Forgetter {
    pub(super) fn new(name: &TableName) -> Self {
        Self {
            close: name.fill(sql::CLOSE),
            is_alive: name.fill(sql::IS_ALIVE),
            forget: name.fill(sql::FORGET),
            any_expired: name.fill(sql::ANY_EXPIRED),
            purge: name.fill(sql::PURGE),
        }
    }

    /// Forgets a record, and answers whether a claim would have seen it.
    pub(super) async fn forget(&self, mut connection: Lent<MySql>, key: &Key) -> Result<bool, Failure> {
        let mut patience = Patience::default();
        let forgotten = loop {
            match self.try_forget(&mut connection, key).await {
                Err(error) if patience.allows(&error).await => {}
                result => break result,
            }
        };
        connection.give_back();
        Ok(forgotten?)
    }

    async fn try_forget(&self, connection: &mut Lent<MySql>, key: &Key) -> sqlx::Result<bool> {
        let mut tx = connection.begin().await?;
        sqlx::query(self.close.clone()).execute(&mut *tx).await?;
        let is_alive = sqlx::query_scalar(self.is_alive.clone()).bind(bytes(key));
        let was_alive: Option<bool> = is_alive.fetch_optional(&mut *tx).await?;
        if was_alive.is_some() {
            let forget = sqlx::query(self.forget.clone()).bind(bytes(key));
            forget.execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(was_alive.unwrap_or(false))
    }

    /// Deletes the records whose retention is over, and answers how many.
    pub(super) async fn purge(&self, mut connection: Lent<MySql>) -> Result<u64, Failure> {
        let deleted = self.purge_on(&mut connection).await;
        connection.give_back();
        Ok(deleted?)
    }

    async fn purge_on(&self, connection: &mut Lent<MySql>) -> sqlx::Result<u64> {
        let mut deleted = 0;
        loop {
            let any = sqlx::query(self.any_expired.clone()).fetch_optional(&mut **connection);
            if any.await?.is_none() {
                return Ok(deleted);
            }
            let close = sqlx::query(self.close.clone()).execute(&mut **connection).await?;
            let closed = close.last_insert_id();
            let purge = || sqlx::query(self.purge.clone()).bind(closed).bind(PURGE_AT_ONCE);
            deleted += execute(connection, purge).await?.rows_affected();
        }
    }
}
