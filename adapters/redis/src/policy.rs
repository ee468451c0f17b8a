//! Whether the server keeps what it is given.

use redis::aio::ConnectionLike;
use redis::{FromRedisValue, RedisError, Value, cmd};
use tower_webhook::{ConfigError, ConfigErrorKind};

/// What a server says of itself.
pub(crate) struct Server {
    /// Whether it holds all records, instead of being one of a Cluster.
    pub(crate) is_single: bool,
}

/// Asks the server, or each server of a Cluster, for its limit of memory and its policy.
pub(crate) async fn check<C: ConnectionLike + Clone>(connection: &C) -> Result<Server, ConfigError> {
    let nodes = info(connection, "default").await.map_err(|error| {
        let advice = "Redis can't be asked for its `maxmemory-policy` (INFO); check the connection, or where an access list \
                      forbids it, use `RedisStore::unchecked`";
        ConfigError::new(ConfigErrorKind::Store, advice).with_source(error)
    })?;
    if let Some(policy) = nodes.iter().find_map(|node| evicting_policy(node)) {
        return Err(ConfigError::new(
            ConfigErrorKind::Store,
            format!(
                "Redis drops keys when memory runs short (`maxmemory-policy {policy}`), and a dropped claim is an event that \
                 runs twice; set `maxmemory-policy noeviction`, or give webhooks a server of their own"
            ),
        ));
    }
    Ok(Server {
        is_single: matches!(&nodes[..], [one] if field(one, "cluster_enabled") == Some("0")),
    })
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
    // Without a limit nothing is ever dropped, whatever the policy.
    field(info, "maxmemory").filter(|limit| *limit != "0")?;
    field(info, "maxmemory_policy").filter(|policy| *policy != "noeviction")
}

fn field<'a>(info: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = info.lines().filter_map(|line| line.split_once(':'));
    lines.find(|(key, _)| *key == name).map(|(_, value)| value.trim())
}
