//! The store: each verb is one script on one key.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use redis::aio::{ConnectionLike, ConnectionManager};
use redis::{RedisError, Value};
use tower_webhook::store::{Claim, Held, Lease, Retention, Store, StoreError, Ticket};
use tower_webhook::{ConfigError, ConfigErrorKind, Fingerprint, Key};

use crate::policy;
use crate::script::{Argument, CLAIM, COMPLETE, FORGET, RELEASE, RENEW, Verb};

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
    pub(crate) connection: C,
    pub(crate) prefix: Arc<str>,
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
        policy::check(&connection).await?;
        Ok(Self::unchecked(connection))
    }

    /// The same without asking, for servers whose `maxmemory-policy` you have seen to.
    pub fn unchecked(connection: C) -> Self {
        Self {
            connection,
            prefix: PREFIX.into(),
        }
    }

    /// What the keys begin with, `webhook` unless you choose another: the record of an event is under `webhook:{…}`, with the event's
    /// key in hexadecimal between the braces.
    ///
    /// # Errors
    ///
    /// [`ConfigErrorKind::Store`] when it is empty, or has other characters than letters, digits, `_`, `-`, `.` and `:`.
    pub fn prefix(mut self, prefix: &str) -> Result<Self, ConfigError> {
        let fits = |letter: char| letter.is_ascii_alphanumeric() || "_-.:".contains(letter);
        if prefix.is_empty() || !prefix.chars().all(fits) {
            return Err(ConfigError::new(
                ConfigErrorKind::Store,
                "a prefix is made of letters, digits, `_`, `-`, `.` and `:`; braces and globs would change what keys mean",
            ));
        }
        self.prefix = prefix.into();
        Ok(self)
    }

    /// The name of an event's record in Redis.
    #[must_use]
    pub fn key_name(&self, key: &Key) -> String {
        let mut name = String::with_capacity(self.prefix.len() + 67);
        name.push_str(&self.prefix);
        name.push_str(":{");
        for byte in key.as_bytes() {
            // By hand: formatting each byte would take longer than the rest of a verb's work here.
            name.push(char::from(DIGITS[usize::from(byte >> 4)]));
            name.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
        name.push('}');
        name
    }

    pub(crate) async fn call(
        &self,
        verb: &Verb,
        key: &Key,
        arguments: &[Argument<'_>],
    ) -> Result<Value, StoreError> {
        let name = self.key_name(key);
        let answer = verb.call(&self.connection, &name, arguments);
        answer.await.map_err(failed)
    }

    async fn settle(
        &self,
        verb: &Verb,
        ticket: &Ticket,
        arguments: &[Argument<'_>],
    ) -> Result<Held, StoreError> {
        match self.call(verb, ticket.key(), arguments).await? {
            Value::Int(1) => Ok(Held::Yes),
            Value::Int(0) => Ok(Held::Lost),
            Value::Int(-1) => Err(corrupt()),
            other => Err(unexpected(&other)),
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
        // No record may end before its lease.
        let keep = keep.duration().max(lease.duration());
        let arguments = [
            Argument::Bytes(fingerprint.as_bytes()),
            Argument::Number(micros(lease.duration())),
            Argument::Number(millis(keep)),
        ];
        let answer = self.call(&CLAIM, key, &arguments).await?;
        let numbers: Option<Vec<u64>> = match &answer {
            Value::Array(values) => values.iter().map(number).collect(),
            _ => None,
        };
        match numbers.as_deref() {
            Some([1, fence, attempt]) => {
                let attempt = u32::try_from(*attempt).unwrap_or(u32::MAX);
                Ok(Claim::Won(Ticket::new(*key, *fence, attempt)))
            }
            Some([2, left]) => Ok(Claim::InFlight {
                retry_after: Duration::from_micros(*left),
            }),
            Some([3]) => Ok(Claim::Done),
            Some([4]) => Ok(Claim::Conflict),
            Some([5]) => Err(corrupt()),
            _ => Err(unexpected(&answer)),
        }
    }

    async fn renew(&self, ticket: &Ticket, lease: Lease) -> Result<Held, StoreError> {
        let (fence, lease) = (ticket.fence().to_be_bytes(), lease.duration());
        let arguments = [
            Argument::Bytes(&fence),
            Argument::Number(micros(lease)),
            Argument::Number(millis(lease)),
        ];
        self.settle(&RENEW, ticket, &arguments).await
    }

    async fn complete(&self, ticket: &Ticket, keep: Retention) -> Result<Held, StoreError> {
        let fence = ticket.fence().to_be_bytes();
        let arguments = [Argument::Bytes(&fence), Argument::Number(millis(keep.duration()))];
        self.settle(&COMPLETE, ticket, &arguments).await
    }

    async fn release(&self, ticket: &Ticket) -> Result<Held, StoreError> {
        self.settle(
            &RELEASE,
            ticket,
            &[Argument::Bytes(&ticket.fence().to_be_bytes())],
        )
        .await
    }

    async fn forget(&self, key: &Key) -> Result<bool, StoreError> {
        match self.call(&FORGET, key, &[]).await? {
            Value::Int(forgotten @ (0 | 1)) => Ok(forgotten == 1),
            other => Err(unexpected(&other)),
        }
    }
}

impl<C> fmt::Debug for RedisStore<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the connection, which may print a password.
        f.debug_struct("RedisStore")
            .field("prefix", &self.prefix)
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

fn corrupt() -> StoreError {
    StoreError::corrupt("the record is not one that this version of tower-webhook-redis writes")
}

/// At least one, since a server refuses an expiry of nothing; at most what its numbers hold without loss.
fn millis(length: Duration) -> u64 {
    let millis = length.as_nanos().div_ceil(1_000_000);
    u64::try_from(millis).map_or(LONGEST_MILLIS, |millis| millis.clamp(1, LONGEST_MILLIS))
}

fn micros(length: Duration) -> u64 {
    u64::try_from(length.as_micros())
        .map_or(LONGEST_MILLIS * 1000, |micros| micros.min(LONGEST_MILLIS * 1000))
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";
const PREFIX: &str = "webhook";
/// A hundred years: Lua counts microseconds exactly up to the year 2255.
const LONGEST_MILLIS: u64 = 100 * 365 * 86_400_000;
