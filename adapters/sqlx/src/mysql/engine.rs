//! Carries out batches in MySQL and MariaDB.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use sqlx::mysql::{MySqlArguments, MySqlPool, MySqlQueryResult, MySqlRow};
use sqlx::query::Query;
use sqlx::{Executor, MySql, Row, SqlStr};
use tower_webhook::store::Held;
use tower_webhook::{Fingerprint, Key};

use super::fences::Fences;
use super::sql;
use crate::batch::{Answers, Batch, Engine};
use crate::claims::{Looks, Table, decide};
use crate::failure::Failure;
use crate::lent::Lent;
use crate::name::TableName;
use crate::patience::Patience;
use crate::rows::InSizes;
use crate::verb::{Seen, State, Step, Wish, held};

pub(super) struct MySqlEngine {
    pub(super) pool: MySqlPool,
    fences: Fences,
    take: InSizes,
    look: InSizes,
    renew: InSizes,
    complete: InSizes,
    release: InSizes,
    raise: SqlStr,
}

impl MySqlEngine {
    pub(super) fn new(pool: MySqlPool, name: &TableName) -> Self {
        let take = sql::TAKE.replace("{free}", sql::FREE);
        Self {
            pool,
            fences: Fences::new(name),
            take: InSizes::with_first(name, &take, [sql::TAKE_FIRST_ROW, sql::TAKE_ROW], ", "),
            look: InSizes::new(name, sql::LOOK, "?", ", "),
            renew: InSizes::new(name, sql::RENEW, "?", ", "),
            complete: InSizes::new(name, sql::COMPLETE, "?", ", "),
            release: InSizes::new(name, sql::RELEASE, "?", ", "),
            raise: name.fill(sql::RAISE),
        }
    }

    /// What there is under one key.
    pub(super) async fn inspect(&self, key: &Key) -> sqlx::Result<Option<Seen>> {
        let look = sqlx::query(self.look.single()).bind(bytes(key));
        let found = look.fetch_optional(&self.pool).await?;
        found.map(|row| read_record(&row)).transpose()
    }
}

impl Engine for MySqlEngine {
    type Database = MySql;

    /// A connection of a pool that others use may come with a transaction that was begun and left: sqlx forgets one whose
    /// `begin` is dropped half-way, as it is with the handler of a client that hangs up. A claim in there would never be
    /// committed.
    async fn connect(&self) -> sqlx::Result<Lent<MySql>> {
        let mut connection = Lent::from(&self.pool).await?;
        connection.execute(sql::LEAVE).await?;
        Ok(connection)
    }

    async fn carry_out(&self, connection: &mut Lent<MySql>, batch: &Batch) -> sqlx::Result<Answers> {
        let mut session = Session {
            connection,
            engine: self,
        };
        // A holder that is late is heard before somebody else can win its event.
        let held = session.step(&batch.steps).await?;
        let claims = decide(&mut session, &batch.wishes).await?;
        Ok(Answers { claims, held })
    }
}

/// The engine on one connection.
struct Session<'a> {
    connection: &'a mut Lent<MySql>,
    engine: &'a MySqlEngine,
}

impl Session<'_> {
    async fn step(&mut self, steps: &[Step]) -> sqlx::Result<Vec<Held>> {
        let mut ordered: Vec<&Step> = steps.iter().collect();
        ordered.sort_by_key(|step| (step.to.code(), step.span, step.key));
        let mut taken = HashSet::new();
        for alike in ordered.chunk_by(|one, other| (one.to, one.span) == (other.to, other.span)) {
            if self.count_taken(alike).await? == alike.len() as u64 {
                taken.extend(alike.iter().map(|step| step.key));
                continue;
            }
            // Some are lost, and MySQL doesn't say which. A step may be taken twice, so each is asked by itself.
            for step in alike {
                if self.count_taken(&[step]).await? == 1 {
                    taken.insert(step.key);
                }
            }
        }
        Ok(steps.iter().map(|step| held(taken.contains(&step.key))).collect())
    }

    /// Takes steps to the same state for the same time, and answers how many were there to take.
    async fn count_taken(&mut self, alike: &[&Step]) -> sqlx::Result<u64> {
        let Some(Step { to, span, .. }) = alike.first() else {
            return Ok(0);
        };
        let (statements, spans) = match to {
            State::Claimed => (&self.engine.renew, 3),
            State::Completed => (&self.engine.complete, 3),
            State::Released => (&self.engine.release, 0),
        };
        let (statement, steps) = statements.padded(alike);
        let query = || {
            let mut query = sqlx::query(statement.clone());
            for _ in 0..spans {
                query = query.bind(span);
            }
            for step in steps.clone() {
                query = query.bind(bytes(&step.key));
            }
            for step in steps.clone() {
                query = query.bind(step.fence);
            }
            query
        };
        Ok(execute(self.connection, query).await?.rows_affected())
    }

    /// The keys that carry the fences proposed for them, with fence and attempts; and up to which fence records have been deleted.
    async fn won(&mut self, proposals: &[(&Wish, i64)]) -> sqlx::Result<(Vec<(Key, i64, i64)>, i64)> {
        let keys: Vec<Key> = proposals.iter().map(|(wish, _)| wish.key).collect();
        let proposed: HashMap<Key, i64> = proposals.iter().map(|(wish, fence)| (wish.key, *fence)).collect();
        let (mut won, mut closed) = (Vec::new(), 0);
        for (key, seen, purged_to) in self.records(&keys).await? {
            closed = purged_to;
            // One that was won has just been written as a whole, so what can't be read has not been won.
            let Ok(seen) = seen else { continue };
            match proposed.get(&key).map(|fence| fence.cmp(&seen.fence)) {
                Some(Ordering::Equal) => won.push((key, seen.fence, seen.attempts)),
                Some(Ordering::Less) => self.engine.fences.discard(),
                Some(Ordering::Greater) | None => {}
            }
        }
        Ok((won, closed))
    }

    /// Makes sure that a fence is higher than those of records that were deleted meanwhile: nobody has seen it yet.
    async fn raise(&mut self, key: &Key, fence: i64) -> sqlx::Result<Option<i64>> {
        self.engine.fences.discard();
        let later = self.engine.fences.take(self.connection, 1).await?.start;
        let raise = || {
            let raise = sqlx::query(self.engine.raise.clone()).bind(later);
            raise.bind(bytes(key)).bind(fence)
        };
        let raised = execute(self.connection, raise).await?;
        Ok((raised.rows_affected() == 1).then_some(later))
    }

    async fn records(&mut self, keys: &[Key]) -> sqlx::Result<Vec<(Key, Result<Seen, Failure>, i64)>> {
        let (statement, wanted) = self.engine.look.padded(keys);
        let mut query = sqlx::query(statement.clone());
        for key in wanted {
            query = query.bind(bytes(key));
        }
        let rows = query.fetch_all(&mut **self.connection).await?;
        let read = |row: &MySqlRow| {
            let seen = read_record(row).map_err(Failure::from);
            Ok((read_key(row)?, seen, row.try_get("purged_to")?))
        };
        rows.iter().map(read).collect()
    }
}

impl Table for Session<'_> {
    async fn take(&mut self, wishes: &[&Wish]) -> sqlx::Result<HashMap<Key, (i64, i64)>> {
        let fences = self.engine.fences.take(self.connection, wishes.len()).await?;
        let proposals: Vec<(&Wish, i64)> = wishes.iter().copied().zip(fences).collect();
        let (statement, padded) = self.engine.take.padded(&proposals);
        let done = execute(self.connection, || proposing(statement, padded.clone())).await?;
        let (won, purged_to) = match sql::purged_to(done.last_insert_id()) {
            Some(purged_to) => {
                let won = proposals.iter().map(|(wish, fence)| (wish.key, *fence, 1));
                (won.collect(), purged_to)
            }
            None => self.won(&proposals).await?,
        };
        let mut taken = HashMap::with_capacity(wishes.len());
        for (key, fence, attempts) in won {
            if fence > purged_to {
                taken.insert(key, (fence, attempts));
            } else if let Some(fence) = self.raise(&key, fence).await? {
                taken.insert(key, (fence, attempts));
            }
        }
        Ok(taken)
    }

    async fn look(&mut self, keys: &[Key]) -> sqlx::Result<Looks> {
        let records = self.records(keys).await?;
        Ok(records.into_iter().map(|(key, seen, _)| (key, seen)).collect())
    }
}

type Write = Query<'static, MySql, MySqlArguments>;

fn proposing<'a>(statement: &SqlStr, proposals: impl Iterator<Item = &'a (&'a Wish, i64)>) -> Write {
    let mut query = sqlx::query(statement.clone());
    for (wish, fence) in proposals {
        query = query.bind(bytes(&wish.key)).bind(wish.print.as_bytes().to_vec());
        query = query
            .bind(*fence)
            .bind(wish.lease)
            .bind(wish.keep)
            .bind(wish.purge());
    }
    query
}

/// Sends a statement until it succeeds or it is no use.
pub(super) async fn execute(
    connection: &mut Lent<MySql>,
    query: impl Fn() -> Write,
) -> sqlx::Result<MySqlQueryResult> {
    let mut patience = Patience::default();
    loop {
        match query().execute(&mut **connection).await {
            Err(error) if patience.allows(&error).await => {}
            result => return result,
        }
    }
}

pub(super) fn bytes(key: &Key) -> Vec<u8> {
    key.as_bytes().to_vec()
}

fn read_key(row: &MySqlRow) -> sqlx::Result<Key> {
    Ok(Key::from_bytes(read_bytes(row, "event_key")?))
}

fn read_bytes<const N: usize>(row: &MySqlRow, column: &'static str) -> sqlx::Result<[u8; N]> {
    let bytes: &[u8] = row.try_get(column)?;
    bytes
        .try_into()
        .map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

fn read_record(row: &MySqlRow) -> sqlx::Result<Seen> {
    Ok(Seen {
        print: Fingerprint::from_bytes(read_bytes(row, "fingerprint")?),
        state: State::read(row.try_get("state")?)?,
        fence: row.try_get("fence")?,
        attempts: row.try_get("attempts")?,
        lease_left: row.try_get("lease_left")?,
        kept_left: row.try_get("kept_left")?,
    })
}
