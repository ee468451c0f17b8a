//! The store: each verb is one step of a script.

use std::fmt;
use std::time::Duration;

use redis::aio::{ConnectionLike, ConnectionManager};
use redis::{Cmd, RedisError, Value};
use tower_webhook::store::{Claim, Held, Lease, Retention, Store, StoreError, Ticket};
use tower_webhook::{ConfigError, ConfigErrorKind, Fingerprint, Key};

use crate::batch::Batcher;
use crate::policy;
use crate::script::{FORGET, Script};
use crate::verb::{Verb, write_name};

/// Claims in Redis, shared by any number of processes. Clones are cheap and share the connection.
///
/// The connection is yours: a [`ConnectionManager`], which reconnects by itself; a
/// [`MultiplexedConnection`](redis::aio::MultiplexedConnection), which does not; or a Cluster's.
///
/// ```no_run
/// # async fn layer() -> Result<tower_webhook::DedupLayer, Box<dyn std::error::Error>> {
/// use tower_webhook::DedupLayer;
/// use tower_webhook_redis::{RedisStore, redis};
///
/// let client = redis::Client::open("redis://127.0.0.1/")?;
/// let connection = client.get_connection_manager().await?;
/// let dedup = DedupLayer::new(RedisStore::new(connection).await?);
/// # Ok(dedup)
/// # }
/// ```
#[derive(Clone)]
pub struct RedisStore<C = ConnectionManager> {
    pub(crate) batcher: Batcher<C>,
}

impl<C> RedisStore<C>
where
    C: ConnectionLike + Clone + Send + Sync + 'static,
{
    /// A store over this connection, whose server is asked whether it keeps what it is given: one with a limit of memory must
    /// refuse what is too much (`maxmemory-policy noeviction`). Any other policy drops claims when memory runs short, and a
    /// dropped claim is an event that runs twice.
    ///
    /// # Errors
    ///
    /// [`ConfigErrorKind::Store`] when the server evicts, or can't be asked. Where an access list forbids `INFO`, see to the policy
    /// yourself and use [`unchecked`](Self::unchecked).
    pub async fn new(connection: C) -> Result<Self, ConfigError> {
        let server = policy::check(&connection).await?;
        Ok(Self {
            batcher: Batcher::new(connection, PREFIX.into(), server.is_single),
        })
    }

    /// The same without asking, for servers whose `maxmemory-policy` you have seen to.
    ///
    /// Verbs then go to the server one by one. Those that are under way at the same time share a call only where the server has
    /// said that it holds all records itself: through a proxy that spreads them, some would reach another server than their own.
    pub fn unchecked(connection: C) -> Self {
        Self {
            batcher: Batcher::new(connection, PREFIX.into(), false),
        }
    }

    /// What the keys begin with, `webhook` unless you choose another: the record of an event is under `webhook:{…}`, with the event's
    /// key in hexadecimal between the braces.
    ///
    /// # Errors
    ///
    /// [`ConfigErrorKind::Store`] when it is empty, or has other characters than letters, digits, `_`, `-`, `.` and `:`.
    pub fn prefix(self, prefix: &str) -> Result<Self, ConfigError> {
        let fits = |letter: char| letter.is_ascii_alphanumeric() || "_-.:".contains(letter);
        if prefix.is_empty() || !prefix.chars().all(fits) {
            return Err(ConfigError::new(
                ConfigErrorKind::Store,
                "a prefix is made of letters, digits, `_`, `-`, `.` and `:`; braces and globs would change what keys mean",
            ));
        }
        Ok(Self {
            batcher: self.batcher.with_prefix(prefix.into()),
        })
    }

    /// The name of an event's record in Redis.
    #[must_use]
    pub fn key_name(&self, key: &Key) -> String {
        let mut name = Vec::new();
        write_name(&mut name, self.batcher.prefix(), key);
        String::from_utf8_lossy(&name).into_owned()
    }

    /// Runs a script on one record.
    pub(crate) async fn run(&self, script: &Script, key: &Key) -> Result<Value, StoreError> {
        let name = self.key_name(key);
        let fill = |command: &mut Cmd| {
            command.arg(1).arg(&name);
        };
        script.run(self.batcher.connection(), fill).await.map_err(failed)
    }

    async fn settle(&self, verb: Verb) -> Result<Held, StoreError> {
        match self.batcher.ask(verb).await? {
            Value::Int(1) => Ok(Held::Yes),
            Value::Int(0) => Ok(Held::Lost),
            other => Err(no_answer(&other)),
        }
    }
}

impl<C> Store for RedisStore<C>
where
    C: ConnectionLike + Clone + Send + Sync + 'static,
{
    async fn claim(
        &self,
        key: &Key,
        fingerprint: &Fingerprint,
        lease: Lease,
        keep: Retention,
    ) -> Result<Claim, StoreError> {
        let answer = self
            .batcher
            .ask(Verb::claim(key, fingerprint, lease, keep))
            .await?;
        let won = |fence, attempt| Claim::Won(Ticket::new(*key, fence, attempt));
        match &answer {
            Value::Int(-2) => Ok(Claim::Done),
            Value::Int(-3) => Ok(Claim::Conflict),
            Value::Int(fence @ 1..) => Ok(won(fence.unsigned_abs(), 1)),
            Value::Array(numbers) => match numbers.as_slice() {
                [Value::Int(left @ 1..)] => Ok(Claim::InFlight {
                    retry_after: Duration::from_micros(left.unsigned_abs()),
                }),
                [Value::Int(fence @ 1..), Value::Int(attempt @ 1..)] => {
                    let attempt = u32::try_from(*attempt).unwrap_or(u32::MAX);
                    Ok(won(fence.unsigned_abs(), attempt))
                }
                _ => Err(unexpected(&answer)),
            },
            _ => Err(no_answer(&answer)),
        }
    }

    async fn renew(&self, ticket: &Ticket, lease: Lease) -> Result<Held, StoreError> {
        self.settle(Verb::renew(ticket, lease)).await
    }

    async fn complete(&self, ticket: &Ticket, keep: Retention) -> Result<Held, StoreError> {
        self.settle(Verb::complete(ticket, keep)).await
    }

    async fn release(&self, ticket: &Ticket) -> Result<Held, StoreError> {
        self.settle(Verb::release(ticket)).await
    }

    async fn forget(&self, key: &Key) -> Result<bool, StoreError> {
        match self.run(&FORGET, key).await? {
            Value::Int(forgotten @ (0 | 1)) => Ok(forgotten == 1),
            other => Err(unexpected(&other)),
        }
    }
}

impl<C> fmt::Debug for RedisStore<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the connection, which may print a password.
        f.debug_struct("RedisStore")
            .field("prefix", self.batcher.prefix())
            .finish_non_exhaustive()
    }
}

pub(crate) fn number(value: &Value) -> Option<u64> {
    match value {
        Value::Int(number) => u64::try_from(*number).ok(),
        Value::BulkString(digits) => str::from_utf8(digits).ok()?.parse().ok(),
        _ => None,
    }
}

/// What a failed command is to a layer.
pub(crate) fn failed(error: RedisError) -> StoreError {
    // A command that a script calls is named by its code or within the text, by the server's version.
    let said = error.to_string();
    if said.contains("WRONGTYPE") {
        StoreError::corrupt(error)
    } else if said.contains("OOM") {
        StoreError::full()
    } else {
        StoreError::unavailable(error)
    }
}

pub(crate) fn unexpected(answer: &Value) -> StoreError {
    // Not the answer itself, which may be anything that somebody else has stored.
    let kind = match answer {
        Value::Array(values) => format!("an array of {}", values.len()),
        Value::Int(number) => number.to_string(),
        _ => "something else".to_owned(),
    };
    StoreError::corrupt(format!(
        "the server answered {kind}, which no script of this crate does"
    ))
}

/// What is wrong with a record, in the script's numbers.
fn no_answer(answer: &Value) -> StoreError {
    match answer {
        Value::Int(-1) => {
            StoreError::corrupt("the record is not one that this version of tower-webhook-redis writes")
        }
        Value::Int(-4) => StoreError::full(),
        _ => unexpected(answer),
    }
}

const PREFIX: &str = "webhook";
