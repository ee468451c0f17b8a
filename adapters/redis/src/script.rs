//! The scripts that make each verb one step on the server, and how they are called.

use std::sync::LazyLock;

use redis::aio::ConnectionLike;
use redis::{Cmd, ErrorKind, RedisError, Script, ServerErrorKind, Value, cmd};

/// A script with its hash.
pub(crate) struct Verb {
    code: &'static str,
    hash: String,
}

/// What a script is called with beside its key.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Argument<'a> {
    Bytes(&'a [u8]),
    Number(u64),
}

/// A verb, hashed when it is first called.
pub(crate) type LazyVerb = LazyLock<Verb>;

pub(crate) static CLAIM: LazyVerb = LazyLock::new(|| Verb::new(include_str!("scripts/claim.lua")));
pub(crate) static RENEW: LazyVerb = LazyLock::new(|| Verb::new(include_str!("scripts/renew.lua")));
pub(crate) static COMPLETE: LazyVerb = LazyLock::new(|| Verb::new(include_str!("scripts/complete.lua")));
pub(crate) static RELEASE: LazyVerb = LazyLock::new(|| Verb::new(include_str!("scripts/release.lua")));
pub(crate) static FORGET: LazyVerb = LazyLock::new(|| Verb::new(include_str!("scripts/forget.lua")));
pub(crate) static INSPECT: LazyVerb = LazyLock::new(|| Verb::new(include_str!("scripts/inspect.lua")));

impl Verb {
    fn new(code: &'static str) -> Self {
        let hash = Script::new(code).get_hash().to_owned();
        Self { code, hash }
    }

    /// Runs the script on one key: one round trip, and a second one where the server doesn't know it yet.
    ///
    /// When the connection turns out to be dead, the verb is sent once more: servers and balancers close idle connections,
    /// and the first event after a quiet hour shouldn't pay for it. Each verb may be called again after its answer was lost.
    pub(crate) async fn call<C: ConnectionLike + Clone>(
        &self,
        connection: &C,
        key: &str,
        arguments: &[Argument<'_>],
    ) -> Result<Value, RedisError> {
        match self.call_once(connection, key, arguments).await {
            Err(error) if error.is_connection_dropped() => self.call_once(connection, key, arguments).await,
            answer => answer,
        }
    }

    async fn call_once<C: ConnectionLike + Clone>(
        &self,
        connection: &C,
        key: &str,
        arguments: &[Argument<'_>],
    ) -> Result<Value, RedisError> {
        // A handle on the same connection: the client wants one that it may change.
        let mut connection = connection.clone();
        let by_hash = command("EVALSHA", &self.hash, key, arguments);
        match by_hash.query_async(&mut connection).await {
            Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
                // Not SCRIPT LOAD: in a Cluster it would reach another node than the key's.
                let by_code = command("EVAL", self.code, key, arguments);
                by_code.query_async(&mut connection).await
            }
            answer => answer,
        }
    }
}

fn command(name: &str, script: &str, key: &str, arguments: &[Argument<'_>]) -> Cmd {
    let mut command = cmd(name);
    command.arg(script).arg(1).arg(key);
    for argument in arguments {
        match argument {
            Argument::Bytes(bytes) => command.arg(bytes),
            Argument::Number(number) => command.arg(number),
        };
    }
    command
}
