//! Carries out batches in PostgreSQL.

use std::collections::{HashMap, HashSet};

use sqlx::postgres::{PgArguments, PgPool, PgRow};
use sqlx::query::Query;
use sqlx::{Executor, Postgres, Row, SqlStr};
use tower_webhook::{Fingerprint, Key};

use super::sql;
use crate::batch::{Answers, Batch, Engine};
use crate::claims::{Looks, Table, decide};
use crate::failure::Failure;
use crate::lent::Lent;
use crate::name::TableName;
use crate::patience::Patience;
use crate::verb::{Seen, State, Step, Wish, held};

pub(super) struct PgEngine {
    pub(super) pool: PgPool,
    work: SqlStr,
    look: SqlStr,
}

impl PgEngine {
    pub(super) fn new(pool: PgPool, name: &TableName) -> Self {
        Self {
            pool,
            work: name.fill(sql::WORK),
            look: name.fill(sql::LOOK),
        }
    }

    /// What there is under one key.
    pub(super) async fn inspect(&self, key: &Key) -> sqlx::Result<Option<Seen>> {
        let found = self.looking_at(&[*key]).fetch_optional(&self.pool).await?;
        found.map(|row| read_record(&row)).transpose()
    }

    /// Sends a statement that stands alone, and answers how many rows it changed.
    pub(super) async fn execute(
        &self,
        query: impl Fn() -> Query<'static, Postgres, PgArguments>,
    ) -> Result<u64, Failure> {
        let mut connection = self.connect().await?;
        let done = execute(&mut connection, query).await;
        connection.give_back();
        Ok(done?)
    }

    fn looking_at(&self, keys: &[Key]) -> Query<'static, Postgres, PgArguments> {
        let look = sqlx::query(self.look.clone());
        look.bind(column(keys, |key| *key.as_bytes())).bind(count(keys))
    }
}

impl Engine for PgEngine {
    type Database = Postgres;

    /// A connection of a pool that others use may come with a transaction that was begun and left: sqlx forgets one whose
    /// `begin` is dropped half-way, as it is with the handler of a client that hangs up. A claim in there would never be
    /// committed.
    async fn connect(&self) -> sqlx::Result<Lent<Postgres>> {
        let mut connection = Lent::from(&self.pool).await?;
        let is_alone: bool = connection.fetch_one(sql::IS_ALONE).await?.try_get(0)?;
        if !is_alone {
            connection.execute(sql::LEAVE).await?;
        }
        Ok(connection)
    }

    async fn carry_out(&self, connection: &mut Lent<Postgres>, batch: &Batch) -> sqlx::Result<Answers> {
        let mut session = Session {
            connection,
            engine: self,
            steps: in_order(&batch.steps),
            stepped: HashSet::new(),
        };
        if batch.shares_a_key() {
            session.take_steps().await?;
        }
        let claims = decide(&mut session, &batch.wishes).await?;
        session.take_steps().await?;
        let stepped = session.stepped;
        Ok(Answers {
            claims,
            held: batch
                .steps
                .iter()
                .map(|step| held(stepped.contains(&step.key)))
                .collect(),
        })
    }
}

/// The engine on one connection.
struct Session<'a> {
    connection: &'a mut Lent<Postgres>,
    engine: &'a PgEngine,
    /// The steps that have not been sent: they go along with the first statement that claims.
    steps: Vec<&'a Step>,
    stepped: HashSet<Key>,
}

impl Session<'_> {
    /// Sends the steps that no claim has taken along.
    async fn take_steps(&mut self) -> sqlx::Result<()> {
        if !self.steps.is_empty() {
            self.take(&[]).await?;
        }
        Ok(())
    }
}

impl Table for Session<'_> {
    async fn take(&mut self, wishes: &[&Wish]) -> sqlx::Result<HashMap<Key, (i64, i64)>> {
        let steps = &self.steps;
        let query = || {
            sqlx::query(self.engine.work.clone())
                .bind(column(wishes, |wish| *wish.key.as_bytes()))
                .bind(column(wishes, |wish| *wish.print.as_bytes()))
                .bind(column(wishes, |wish| wish.lease))
                .bind(column(wishes, |wish| wish.keep))
                .bind(column(steps, |step| *step.key.as_bytes()))
                .bind(column(steps, |step| step.fence))
                .bind(column(steps, |step| step.to.code()))
                .bind(column(steps, |step| step.span))
                .bind(count(steps))
        };
        let rows = fetch(self.connection, query).await?;
        self.steps.clear();
        let mut taken = HashMap::with_capacity(wishes.len());
        for row in rows {
            let key = read_key(&row)?;
            match row.try_get("fence")? {
                Some(fence) => drop(taken.insert(key, (fence, row.try_get("attempts")?))),
                None => drop(self.stepped.insert(key)),
            }
        }
        Ok(taken)
    }

    async fn look(&mut self, keys: &[Key]) -> sqlx::Result<Looks> {
        let rows = fetch(self.connection, || self.engine.looking_at(keys)).await?;
        let read = |row| Ok((read_key(row)?, read_record(row).map_err(Failure::from)));
        rows.iter().map(read).collect()
    }
}

/// In the order of keys, in which every batch locks its rows.
fn in_order(steps: &[Step]) -> Vec<&Step> {
    let mut steps: Vec<&Step> = steps.iter().collect();
    steps.sort_by_key(|step| step.key);
    steps
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

async fn execute(
    connection: &mut Lent<Postgres>,
    query: impl Fn() -> Query<'static, Postgres, PgArguments>,
) -> sqlx::Result<u64> {
    let mut patience = Patience::default();
    loop {
        match query().execute(&mut **connection).await {
            Err(error) if patience.allows(&error).await => {}
            result => return Ok(result?.rows_affected()),
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

fn read_record(row: &PgRow) -> sqlx::Result<Seen> {
    Ok(Seen {
        print: Fingerprint::from_bytes(row.try_get("fingerprint")?),
        state: State::read(row.try_get("state")?)?,
        fence: row.try_get("fence")?,
        attempts: row.try_get("attempts")?,
        lease_left: row.try_get("lease_left")?,
        kept_left: row.try_get("kept_left")?,
    })
}
