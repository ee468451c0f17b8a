//! The operator's verbs on Redis.

use std::time::Duration;

use redis::aio::ConnectionLike;
use redis::{FromRedisValue, Pipeline, Value, cmd};
use tower_webhook::Key;
use tower_webhook::store::{Operate, RecordCounts, RecordSummary, StoreError};

use crate::script::INSPECT;
use crate::store::{RedisStore, failed, number, unexpected};
use crate::{policy, record};

impl<C> Operate for RedisStore<C>
where
    C: ConnectionLike + Clone + Send + Sync + 'static,
{
    async fn inspect(&self, key: &Key) -> Result<Option<RecordSummary>, StoreError> {
        let answer = self.run(&INSPECT, key).await?;
        let Value::Array(parts) = &answer else {
            return Err(unexpected(&answer));
        };
        match parts.as_slice() {
            [Value::Nil, ..] => Ok(None),
            [Value::BulkString(bytes), left, seconds, micros] => {
                let now = now(seconds, micros).ok_or_else(|| unexpected(&answer))?;
                // A record that somebody made to stay for ever has no end; its number is negative.
                let left = number(left).map_or(Duration::MAX, Duration::from_millis);
                record::summary(bytes, now, left)
            }
            _ => Err(unexpected(&answer)),
        }
    }

    /// Answers 0: Redis deletes what is over by itself.
    async fn purge_expired(&self) -> Result<u64, StoreError> {
        Ok(0)
    }

    /// Walks over all keys of the database by `SCAN` and reads each of its own, in steps of a thousand, two round trips each, between
    /// which others are served. Records that appear or end meanwhile may be missed or counted twice. It needs a connection
    /// to one server; a Cluster is counted server by server.
    async fn counts(&self) -> Result<RecordCounts, StoreError> {
        let nodes = policy::info(self.batcher.connection(), "server")
            .await
            .map_err(failed)?;
        if nodes.len() != 1 {
            return Err(StoreError::unavailable(
                "a Cluster is counted server by server: connect to each of them",
            ));
        }
        let mut counts = RecordCounts::default();
        let mut cursor = 0;
        loop {
            cursor = self.count_some(cursor, &mut counts).await?;
            if cursor == 0 {
                return Ok(counts);
            }
        }
    }
}

impl<C> RedisStore<C>
where
    C: ConnectionLike + Clone + Send + Sync + 'static,
{
    /// Counts the records of one step of the walk; the place where it goes on.
    async fn count_some(&self, cursor: u64, counts: &mut RecordCounts) -> Result<u64, StoreError> {
        let mut connection = self.batcher.connection().clone();
        let mut scan = cmd("SCAN");
        scan.arg(cursor)
            .arg("MATCH")
            .arg(format!("{}:{{*}}", self.batcher.prefix()));
        scan.arg("COUNT").arg(STEP);
        let (cursor, keys): (u64, Vec<String>) = scan.query_async(&mut connection).await.map_err(failed)?;
        if keys.is_empty() {
            return Ok(cursor);
        }
        let mut reads = Pipeline::with_capacity(keys.len() + 1);
        reads.cmd("TIME");
        for key in &keys {
            reads.cmd("GET").arg(key);
        }
        let values: Vec<Value> = reads.query_async(&mut connection).await.map_err(failed)?;
        let mut values = values.into_iter();
        let time = values.next().unwrap_or(Value::Nil);
        let now = match &time {
            Value::Array(parts) if parts.len() == 2 => now(&parts[0], &parts[1]),
            _ => None,
        };
        let now = now.ok_or_else(|| unexpected(&time))?;
        for value in values.filter(|value| *value != Value::Nil) {
            let bytes = Vec::<u8>::from_redis_value(value).map_err(|error| failed(error.into()))?;
            if let Some(summary) = record::summary(&bytes, now, Duration::ZERO)? {
                counts.add(summary.state());
            }
        }
        Ok(cursor)
    }
}

/// The server's time in microseconds.
fn now(seconds: &Value, micros: &Value) -> Option<u64> {
    Some(number(seconds)? * 1_000_000 + number(micros)?)
}

const STEP: usize = 1000;
