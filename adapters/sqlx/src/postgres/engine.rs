//! Carries out batches in PostgreSQL.

use std::collections::{HashMap, HashSet};

use sqlx::postgres::{PgArguments, PgPool, PgRow};
use sqlx::query::Query;
use sqlx::{Pool, Postgres, Row, SqlStr};
use tower_webhook::store::Held;
use tower_webhook::{Fingerprint, Key};

use super::sql;
use crate::batch::{Answers, Batch, Engine};
use crate::claims::{Table, decide};
use crate::failure::Failure;
use crate::lent::Lent;
use crate::name::TableName;
use crate::patience::Patience;
use crate::verb::{Seen, State, Step, Wish, held};

pub(super) struct PgEngine {
    pub(super) pool: PgPool,
    take: SqlStr,
    look: SqlStr,
    step: SqlStr,
}

impl PgEngine {
    pub(super) fn new(pool: PgPool, name: &TableName) -> Self {
        Self {
            pool,
            take: name.fill(sql::TAKE),
            look: name.fill(sql::LOOK),
            step: name.fill(sql::STEP),
        }
    }

    /// What there is under one key.
    pub(super) async fn inspect(&self, key: &Key) -> sqlx::Result<Option<Seen>> {
        let found = self.looking_at(&[*key]).fetch_optional(&self.pool).await?;
        found.map(|row| Ok(read_record(&row)?.1)).transpose()
    }

    /// Sends a statement that stands alone, and answers how many rows it changed.
    pub(super) async fn execute(
        &self,
        query: impl Fn() -> Query<'static, Postgres, PgArguments>,
    ) -> Result<u64, Failure> {
        let mut patience = Patience::default();
        loop {
            match query().execute(&self.pool).await {
                Err(error) if patience.allows(&error).await => {}
                result => return Ok(result?.rows_affected()),
            }
        }
    }

    fn looking_at(&self, keys: &[Key]) -> Query<'static, Postgres, PgArguments> {
        let look = sqlx::query(self.look.clone());
        look.bind(column(keys, |key| *key.as_bytes())).bind(count(keys))
    }
}

impl Engine for PgEngine {
    type Database = Postgres;

    fn pool(&self) -> &Pool<Postgres> {
        &self.pool
    }

    async fn carry_out(&self, connection: &mut Lent<Postgres>, batch: &Batch) -> sqlx::Result<Answers> {
        let mut session = Session {
            connection,
            engine: self,
        };
        Ok(Answers {
            claims: decide(&mut session, &batch.wishes).await?,
            held: session.step(&batch.steps).await?,
        })
    }
}

/// The engine on one connection.
struct Session<'a> {
    connection: &'a mut Lent<Postgres>,
    engine: &'a PgEngine,
}

impl Session<'_> {
    async fn step(&mut self, steps: &[Step]) -> sqlx::Result<Vec<Held>> {
        if steps.is_empty() {
            return Ok(Vec::new());
        }
        let mut ordered: Vec<&Step> = steps.iter().collect();
        ordered.sort_by_key(|step| step.key);
        let query = || {
            sqlx::query(self.engine.step.clone())
                .bind(column(&ordered, |step| *step.key.as_bytes()))
                .bind(column(&ordered, |step| step.fence))
                .bind(column(&ordered, |step| step.to.code()))
                .bind(column(&ordered, |step| step.span))
                .bind(count(&ordered))
        };
        let mut taken = HashSet::new();
        for row in fetch(self.connection, query).await? {
            taken.insert(read_key(&row)?);
        }
        Ok(steps.iter().map(|step| held(taken.contains(&step.key))).collect())
    }
}

impl Table for Session<'_> {
    async fn take(&mut self, wishes: &[&Wish]) -> sqlx::Result<HashMap<Key, (i64, i64)>> {
        let query = || {
            sqlx::query(self.engine.take.clone())
                .bind(column(wishes, |wish| *wish.key.as_bytes()))
                .bind(column(wishes, |wish| *wish.print.as_bytes()))
                .bind(column(wishes, |wish| wish.lease))
                .bind(column(wishes, |wish| wish.keep))
        };
        let rows = fetch(self.connection, query).await?;
        rows.iter()
            .map(|row| Ok((read_key(row)?, (row.try_get("fence")?, row.try_get("attempts")?))))
            .collect()
    }

    async fn look(&mut self, keys: &[Key]) -> sqlx::Result<HashMap<Key, Seen>> {
        let rows = fetch(self.connection, || self.engine.looking_at(keys)).await?;
        rows.iter().map(read_record).collect()
    }
}

/// Sends the query until it succeeds or it is no use.
async fn fetch(
    connection: &mut Lent<Postgres>,
    query: impl Fn() -> Query<'static, Postgres, PgArguments>,
) -> sqlx::Result<Vec<PgRow>> {
    let mut patience = Patience::default();
    loop {
        match query().fetch_all(&mut **connection).await {
            Err(error) if patience.allows(&error).await => {}
            result => return result,
        }
    }
}

fn column<T, C>(rows: &[T], of: impl Fn(&T) -> C) -> Vec<C> {
    rows.iter().map(of).collect()
}

fn count<T>(rows: &[T]) -> i64 {
    i64::try_from(rows.len()).unwrap_or(i64::MAX)
}

fn read_key(row: &PgRow) -> sqlx::Result<Key> {
    Ok(Key::from_bytes(row.try_get("event_key")?))
}

fn read_record(row: &PgRow) -> sqlx::Result<(Key, Seen)> {
    let seen = Seen {
        print: Fingerprint::from_bytes(row.try_get("fingerprint")?),
        state: State::read(row.try_get("state")?)?,
        fence: row.try_get("fence")?,
        attempts: row.try_get("attempts")?,
        lease_left: row.try_get("lease_left")?,
        kept_left: row.try_get("kept_left")?,
    };
    Ok((read_key(row)?, seen))
}
