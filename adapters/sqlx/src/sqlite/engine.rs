//! Carries out batches in SQLite: each is one transaction, and one wait for the disk.

use std::collections::{HashMap, HashSet};
use std::time::{SystemTime, UNIX_EPOCH};

use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqlitePool, SqliteRow};
use sqlx::{Connection, Executor, Row, SqlStr, Sqlite, Transaction};
use tower_webhook::store::{Claim, Held};
use tower_webhook::{Fingerprint, Key};

use super::sql;
use crate::batch::{Answers, Batch, Engine};
use crate::claims::{Looks, Table, decide};
use crate::failure::Failure;
use crate::lent::Lent;
use crate::name::TableName;
use crate::rows::InSizes;
use crate::verb::{Seen, State, Step, Wish, held, ticket};

pub(super) struct SqliteEngine {
    pub(super) pool: SqlitePool,
    is_shared: bool,
    draw: SqlStr,
    take: InSizes,
    look: InSizes,
    step: InSizes,
    take_alone: SqlStr,
    step_alone: SqlStr,
}

impl SqliteEngine {
    /// `is_shared` says that others use the pool too.
    pub(super) fn new(pool: SqlitePool, name: &TableName, is_shared: bool) -> Self {
        let alone = |statement: &str, row: &str| statement.replace("?1", sql::NOW).replace("{rows}", row);
        let take = alone(sql::TAKE, sql::TAKE_ALONE_ROW);
        let step = alone(sql::STEP, sql::STEP_ALONE_ROW);
        Self {
            pool,
            is_shared,
            draw: name.fill(sql::DRAW),
            take: InSizes::new(name, sql::TAKE, sql::TAKE_ROW, ", "),
            look: InSizes::new(name, sql::LOOK, sql::LOOK_ROW, ", "),
            step: InSizes::new(name, sql::STEP, sql::STEP_ROW, ", "),
            take_alone: name.fill(&take),
            step_alone: name.fill(&step),
        }
    }

    /// Claims one key; `None` when it is neither free nor held by anybody, and so has to be tried again.
    async fn claim_alone(
        &self,
        connection: &mut Lent<Sqlite>,
        wish: &Wish,
    ) -> sqlx::Result<Option<Result<Claim, Failure>>> {
        let take = sqlx::query(self.take_alone.clone()).bind(wish.key.as_bytes().to_vec());
        let take = take.bind(wish.print.as_bytes().to_vec());
        let take = take.bind(wish.lease).bind(wish.keep);
        let taken = take.fetch_all(&mut **connection).await?;
        if let Some(row) = taken.first() {
            let won = ticket(&wish.key, row.try_get("fence")?, row.try_get("attempts")?);
            return Ok(Some(Ok(Claim::Won(won))));
        }
        let seen = self
            .looking_at(&wish.key)
            .fetch_optional(&mut **connection)
            .await?;
        Ok(match seen.map(|row| read_record(&row)) {
            Some(Ok(seen)) => seen.answer(wish).map(Ok),
            Some(Err(unreadable)) => Some(Err(unreadable.into())),
            None => None,
        })
    }

    async fn step_alone(&self, connection: &mut Lent<Sqlite>, step: &Step) -> sqlx::Result<Held> {
        let query = sqlx::query(self.step_alone.clone()).bind(step.key.as_bytes().to_vec());
        let query = query.bind(step.fence).bind(step.to.code()).bind(step.span);
        let taken = query.fetch_all(&mut **connection).await?;
        Ok(held(!taken.is_empty()))
    }

    /// Dropped on an error, the transaction rolls back: of a batch that fails nothing is left.
    async fn in_transaction(&self, connection: &mut Lent<Sqlite>, batch: &Batch) -> sqlx::Result<Answers> {
        let mut work = Work {
            tx: connection.begin_with(sql::BEGIN).await?,
            now: now(),
            engine: self,
        };
        // A holder that is late is heard before somebody else can win its event.
        let held = work.step(&batch.steps).await?;
        let claims = decide(&mut work, &batch.wishes).await?;
        work.tx.commit().await?;
        Ok(Answers { claims, held })
    }

    /// What there is under one key.
    pub(super) async fn inspect(&self, reader: &SqlitePool, key: &Key) -> sqlx::Result<Option<Seen>> {
        let found = self.looking_at(key).fetch_optional(reader).await?;
        found.map(|row| read_record(&row)).transpose()
    }

    fn looking_at(&self, key: &Key) -> Query<'static, Sqlite, SqliteArguments> {
        let look = sqlx::query(self.look.single());
        look.bind(now()).bind(key.as_bytes().to_vec())
    }
}

impl Engine for SqliteEngine {
    type Database = Sqlite;

    /// A connection that others use may come with a transaction that was begun and left. A claim in there would never be
    /// committed.
    async fn connect(&self) -> sqlx::Result<Lent<Sqlite>> {
        let mut connection = Lent::from(&self.pool).await?;
        if self.is_shared {
            // Refused where there is none, as there should be.
            let _ = connection.execute(sql::LEAVE).await;
        }
        Ok(connection)
    }

    async fn carry_out(&self, connection: &mut Lent<Sqlite>, batch: &Batch) -> sqlx::Result<Answers> {
        match (batch.wishes.as_slice(), batch.steps.as_slice()) {
            ([wish], []) => {
                if let Some(claim) = self.claim_alone(connection, wish).await? {
                    return Ok(Answers {
                        claims: vec![claim],
                        held: Vec::new(),
                    });
                }
            }
            ([], [step]) => {
                return Ok(Answers {
                    claims: Vec::new(),
                    held: vec![self.step_alone(connection, step).await?],
                });
            }
            _ => {}
        }
        self.in_transaction(connection, batch).await
    }
}

/// A batch's transaction.
struct Work<'a> {
    tx: Transaction<'a, Sqlite>,
    now: i64,
    engine: &'a SqliteEngine,
}

impl Work<'_> {
    async fn step(&mut self, steps: &[Step]) -> sqlx::Result<Vec<Held>> {
        let mut taken = HashSet::new();
        for (statement, piece) in self.engine.step.pieces(steps) {
            let mut query = sqlx::query(statement.clone()).bind(self.now);
            for step in piece {
                query = query.bind(step.key.as_bytes().to_vec()).bind(step.fence);
                query = query.bind(step.to.code()).bind(step.span);
            }
            for row in query.fetch_all(&mut *self.tx).await? {
                taken.insert(read_key(&row)?);
            }
        }
        Ok(steps.iter().map(|step| held(taken.contains(&step.key))).collect())
    }

    /// The first of so many fences that nobody has had.
    async fn draw(&mut self, count: usize) -> sqlx::Result<i64> {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let draw = sqlx::query_scalar(self.engine.draw.clone()).bind(count);
        let last: i64 = draw.fetch_one(&mut *self.tx).await?;
        Ok(last - count + 1)
    }
}

impl Table for Work<'_> {
    async fn take(&mut self, wishes: &[&Wish]) -> sqlx::Result<HashMap<Key, (i64, i64)>> {
        let mut fence = self.draw(wishes.len()).await?;
        let mut taken = HashMap::with_capacity(wishes.len());
        for (statement, piece) in self.engine.take.pieces(wishes) {
            let mut query = sqlx::query(statement.clone()).bind(self.now);
            for wish in piece {
                query = query.bind(wish.key.as_bytes().to_vec());
                query = query.bind(wish.print.as_bytes().to_vec());
                query = query.bind(fence).bind(wish.lease).bind(wish.keep);
                fence += 1;
            }
            for row in query.fetch_all(&mut *self.tx).await? {
                taken.insert(read_key(&row)?, (row.try_get("fence")?, row.try_get("attempts")?));
            }
        }
        Ok(taken)
    }

    async fn look(&mut self, keys: &[Key]) -> sqlx::Result<Looks> {
        let mut seen = HashMap::with_capacity(keys.len());
        for (statement, piece) in self.engine.look.pieces(keys) {
            let mut query = sqlx::query(statement.clone()).bind(self.now);
            for key in piece {
                query = query.bind(key.as_bytes().to_vec());
            }
            for row in query.fetch_all(&mut *self.tx).await? {
                seen.insert(read_key(&row)?, read_record(&row).map_err(Failure::from));
            }
        }
        Ok(seen)
    }
}

/// The writer's clock: the wall's, since the records outlive the process and the machine's uptime.
pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

fn read_key(row: &SqliteRow) -> sqlx::Result<Key> {
    Ok(Key::from_bytes(read_bytes(row, "event_key")?))
}

fn read_bytes<const N: usize>(row: &SqliteRow, column: &'static str) -> sqlx::Result<[u8; N]> {
    let bytes: &[u8] = row.try_get(column)?;
    bytes
        .try_into()
        .map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

fn read_record(row: &SqliteRow) -> sqlx::Result<Seen> {
    Ok(Seen {
        print: Fingerprint::from_bytes(read_bytes(row, "fingerprint")?),
        state: State::read(row.try_get("state")?)?,
        fence: row.try_get("fence")?,
        attempts: row.try_get("attempts")?,
        lease_left: row.try_get("lease_left")?,
        kept_left: row.try_get("kept_left")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::Dialect;
    use crate::sqlite::SqliteStore;

    #[tokio::test]
    async fn a_late_completion_is_heard_before_the_next_claim_of_its_batch() {
        let pool = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1);
        let pool = pool.connect("sqlite::memory:").await.unwrap();
        SqliteStore::new(pool.clone()).migrate().await.unwrap();
        let engine = SqliteEngine::new(pool, &TableName::own("webhook_event", Dialect::Sqlite), false);
        let mut connection = engine.connect().await.unwrap();
        // A lease that is over as soon as it is given.
        let wish = Wish {
            key: Key::from_bytes([1; 32]),
            print: Fingerprint::from_bytes([2; 16]),
            lease: 0,
            keep: 60_000_000,
        };
        let first = Batch {
            wishes: vec![wish.clone()],
            steps: Vec::new(),
        };
        let first = engine.carry_out(&mut connection, &first).await.unwrap();
        let [Ok(Claim::Won(ticket))] = &first.claims[..] else {
            panic!("a new key was not won: {first:?}");
        };
        let both = Batch {
            wishes: vec![wish],
            steps: vec![Step {
                key: *ticket.key(),
                fence: i64::try_from(ticket.fence()).unwrap(),
                to: State::Completed,
                span: 60_000_000,
            }],
        };
        let both = engine.carry_out(&mut connection, &both).await.unwrap();
        assert!(
            matches!(
                (&both.held[..], &both.claims[..]),
                ([Held::Yes], [Ok(Claim::Done)])
            ),
            "{both:?}"
        );
    }
}
