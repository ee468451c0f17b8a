//! The scripts that run on the server, and how they are called.

use std::sync::LazyLock;

use redis::aio::ConnectionLike;
use redis::{Cmd, ErrorKind, RedisError, ServerErrorKind, Value, cmd};

/// A script with its hash.
pub(crate) struct Script {
    code: &'static str,
    hash: String,
}

/// A script that is hashed when it is first called.
pub(crate) type LazyScript = LazyLock<Script>;

pub(crate) static VERBS: LazyScript = LazyLock::new(|| Script::new(include_str!("scripts/verbs.lua")));
pub(crate) static FORGET: LazyScript = LazyLock::new(|| Script::new(include_str!("scripts/forget.lua")));
pub(crate) static INSPECT: LazyScript = LazyLock::new(|| Script::new(include_str!("scripts/inspect.lua")));

impl Script {
    fn new(code: &'static str) -> Self {
        let hash = redis::Script::new(code).get_hash().to_owned();
        Self { code, hash }
    }

    /// Runs the script with its keys and arguments, which `fill` adds with the number of keys before them: one round trip, and
    /// a second one where the server doesn't know it yet.
    ///
    /// When the connection turns out to be dead, it is sent once more: servers and balancers close idle connections, and
    /// the first event after a quiet hour shouldn't pay for it. Each script may be run again after its answer was lost.
    pub(crate) async fn run<C: ConnectionLike + Clone>(
        &self,
        connection: &C,
        fill: impl Fn(&mut Cmd),
    ) -> Result<Value, RedisError> {
        match self.run_once(connection, &fill).await {
            Err(error) if error.is_connection_dropped() => self.run_once(connection, &fill).await,
            answer => answer,
        }
    }

    async fn run_once<C: ConnectionLike + Clone>(
        &self,
        connection: &C,
        fill: &impl Fn(&mut Cmd),
    ) -> Result<Value, RedisError> {
        // A handle on the same connection: the client wants one that it may change.
        let mut connection = connection.clone();
        let command = |name: &str, script: &str| {
            let mut command = cmd(name);
            command.arg(script);
            fill(&mut command);
            command
        };
        let by_hash = command("EVALSHA", &self.hash);
        match by_hash.query_async(&mut connection).await {
            Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
                // Not SCRIPT LOAD: in a Cluster it would reach another node than the key's.
                let by_code = command("EVAL", self.code);
                by_code.query_async(&mut connection).await
            }
            answer => answer,
        }
    }
}
