//! Whether the server keeps what it is given.

use redis::aio::ConnectionLike;
use redis::{FromRedisValue, RedisError, Value, cmd};
use tower_webhook::{ConfigError, ConfigErrorKind};

/// Asks the server, or each server of a Cluster, for its limit of memory and its policy.
pub(crate) async fn check<C: ConnectionLike + Clone>(connection: &C) -> Result<(), ConfigError> {
    let memory = info(connection, "memory").await.map_err(|error| {
        let advice = "Redis can't be asked for its `maxmemory-policy` (INFO memory); check the connection, or where an access \
                      list forbids it, use `RedisStore::unchecked`";
        ConfigError::new(ConfigErrorKind::Store, advice).with_source(error)
    })?;
    for node in memory {
        if let Some(policy) = evicting_policy(&node) {
            return Err(ConfigError::new(
                ConfigErrorKind::Store,
                format!(
                    "Redis drops keys when memory runs short (`maxmemory-policy {policy}`), and a dropped claim is an event that \
                     runs twice; set `maxmemory-policy noeviction`, or give webhooks a server of their own"
                ),
            ));
        }
    }
    Ok(())
}

/// A section of `INFO`: one text, or one of each server of a Cluster.
pub(crate) async fn info<C: ConnectionLike + Clone>(
    connection: &C,
    section: &str,
) -> Result<Vec<String>, RedisError> {
    let answer = cmd("INFO")
        .arg(section)
        .query_async(&mut connection.clone())
        .await?;
    match answer {
        Value::Map(nodes) => nodes
            .into_iter()
            .map(|(_, text)| Ok(String::from_redis_value(text)?))
            .collect(),
        one => Ok(vec![String::from_redis_value(one)?]),
    }
}

/// The policy by which the server drops keys; `None` when it drops none.
fn evicting_policy(info: &str) -> Option<&str> {
    let field = |name: &str| {
        let mut lines = info.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(key, _)| *key == name).map(|(_, value)| value.trim())
    };
    // Without a limit nothing is ever dropped, whatever the policy.
    field("maxmemory").filter(|limit| *limit != "0")?;
    field("maxmemory_policy").filter(|policy| *policy != "noeviction")
}
