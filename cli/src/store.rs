//! `webhook store`: looks into the store that a receiver keeps its claims in.
#![cfg_attr(
    not(any(feature = "redis", feature = "sqlx")),
    allow(dead_code, unused_variables, reason = "there is no store to look into")
)]

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand};
use tower_webhook::Key;
use tower_webhook::store::{Operate, RecordState, RecordSummary};
#[cfg(feature = "sqlx")]
use tower_webhook_sqlx::{MySqlStore, PostgresStore, SqliteStore, sqlx};

use crate::whole;

#[derive(Args)]
pub(crate) struct Store {
    /// Where the store is: redis://…, postgres://…, mysql://…, sqlite:hooks.db
    #[arg(long, env = "WEBHOOK_STORE_URL", hide_env_values = true, global = true)]
    url: Option<String>,
    /// What the receiver's keys in Redis begin with, if not with `webhook`
    #[arg(long, global = true)]
    prefix: Option<String>,
    /// The receiver's table in a database, if it is not `webhook_event`: `table`, or `schema.table`
    #[arg(long, global = true)]
    table: Option<String>,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Says what is known of an event
    Inspect(Event),
    /// Forgets an event, so that its next delivery runs once more
    Forget(Event),
    /// Deletes what is over
    Purge,
    /// Counts the records by state
    Counts,
}

#[derive(Args)]
struct Event {
    /// The event's key, 64 hexadecimal digits, as the receiver's log names it
    key: Key,
}

impl Store {
    pub(crate) async fn run(&self) -> crate::Outcome {
        let url = self
            .url
            .as_deref()
            .ok_or("say where the store is: --url, or WEBHOOK_STORE_URL")?;
        let scheme = url.split_once(':').map_or(url, |(scheme, _)| scheme);
        match scheme {
            #[cfg(feature = "redis")]
            "redis" | "rediss" | "redis+unix" | "unix" | "valkey" | "valkeys" => {
                refuse(
                    self.table.as_deref(),
                    "Redis has no tables; its keys have a `--prefix`",
                )?;
                let client = tower_webhook_redis::redis::Client::open(url)?;
                let connection = client.get_multiplexed_async_connection().await?;
                let store = tower_webhook_redis::RedisStore::unchecked(connection);
                let prefix = self.prefix.as_deref();
                self.verb
                    .run(named(store, prefix, tower_webhook_redis::RedisStore::prefix)?)
                    .await
            }
            #[cfg(feature = "sqlx")]
            "postgres" | "postgresql" => {
                let pool = sqlx::PgPool::connect(url).await?;
                self.verb
                    .run(named(
                        PostgresStore::new(pool),
                        self.table()?,
                        PostgresStore::table,
                    )?)
                    .await
            }
            #[cfg(feature = "sqlx")]
            "mysql" | "mariadb" => {
                let pool = sqlx::MySqlPool::connect(url).await?;
                self.verb
                    .run(named(MySqlStore::new(pool), self.table()?, MySqlStore::table)?)
                    .await
            }
            #[cfg(feature = "sqlx")]
            "sqlite" => {
                // A file that isn't there holds no claims, and making one would say so of a misspelt name.
                let options = url.parse::<sqlx::sqlite::SqliteConnectOptions>()?;
                let store = SqliteStore::open_with(options.create_if_missing(false)).await?;
                self.verb
                    .run(named(store, self.table()?, SqliteStore::table)?)
                    .await
            }
            _ => Err(format!(
                "this command can't look into a store at `{scheme}:`; it was built for: {}",
                BUILT_FOR.join(", ")
            )
            .into()),
        }
    }

    fn table(&self) -> Result<Option<&str>, String> {
        refuse(
            self.prefix.as_deref(),
            "only keys in Redis have a prefix; a database has a `--table`",
        )?;
        Ok(self.table.as_deref())
    }
}

/// Refuses a setting that the store doesn't have: without it, the command would look into another one than was meant.
fn refuse(setting: Option<&str>, advice: &str) -> Result<(), String> {
    setting.map_or(Ok(()), |_| Err(advice.to_owned()))
}

/// The store under its own name, if it has one.
fn named<S, E>(store: S, name: Option<&str>, rename: impl FnOnce(S, &str) -> Result<S, E>) -> Result<S, E> {
    match name {
        Some(name) => rename(store, name),
        None => Ok(store),
    }
}

impl Verb {
    async fn run(&self, store: impl Operate) -> crate::Outcome {
        let mut output = io::stdout();
        match self {
            Self::Inspect(event) => {
                let Some(record) = store.inspect(&event.key).await.map_err(|error| whole(&error))? else {
                    return unknown(&mut output);
                };
                print(&mut output, &record)?;
            }
            Self::Forget(event) => {
                if !store.forget(&event.key).await.map_err(|error| whole(&error))? {
                    return unknown(&mut output);
                }
                writeln!(
                    output,
                    "forgotten: the next delivery of this event runs once more"
                )?;
            }
            Self::Purge => {
                let purged = store.purge_expired().await.map_err(|error| whole(&error))?;
                writeln!(output, "{purged} records deleted")?;
            }
            Self::Counts => {
                let counts = store.counts().await.map_err(|error| whole(&error))?;
                for (state, count) in [
                    ("in flight", counts.claimed),
                    ("lapsed", counts.lapsed),
                    ("released", counts.released),
                    ("completed", counts.completed),
                    ("over", counts.expired),
                    ("in all", counts.total()),
                ] {
                    writeln!(output, "{state:<10}{count:>12}")?;
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn print(output: &mut impl Write, record: &RecordSummary) -> io::Result<()> {
    let state = match record.state() {
        RecordState::Claimed { lease_left } => format!("in flight, for {} unless renewed", span(lease_left)),
        RecordState::Lapsed => "lapsed: its holder died or was too slow; the next delivery runs".to_owned(),
        RecordState::Released => "released after a failure; the next delivery runs".to_owned(),
        RecordState::Completed => "completed; a delivery is answered 200 and does not run".to_owned(),
        other => format!("{other:?}"),
    };
    writeln!(output, "state      {state}")?;
    writeln!(output, "attempts   {}", record.attempts())?;
    writeln!(output, "fence      {}", record.fence())?;
    writeln!(output, "kept for   {}", span(record.retention_left()))
}

fn unknown(output: &mut impl Write) -> crate::Outcome {
    writeln!(output, "no record of this event")?;
    Ok(ExitCode::FAILURE)
}

/// In the two largest units that it has.
fn span(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        3600..86_400 => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds / 3600 % 24),
    }
}

/// The features of this build that are stores.
const BUILT_FOR: &[&str] = &[
    #[cfg(feature = "redis")]
    "redis",
    #[cfg(feature = "sqlx")]
    "postgres, mysql, sqlite",
    #[cfg(not(any(feature = "redis", feature = "sqlx")))]
    "no store (install it with `--features redis` or `--features sqlx`)",
];
