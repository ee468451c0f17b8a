//! A receiver that claims in its handler's transaction is killed again and again: no effect is lost and none is doubled (194).

use std::collections::BTreeMap;
use std::future::Future;

use http::StatusCode;
use http_body_util::Full;
use tower::layer::util::Identity;
use tower_webhook::Verified;
use tower_webhook::dedup::Unclaimed;
use tower_webhook_testkit::kill::{self, Evidence};
use tower_webhook_testkit::receiver::{self, Call, Receiver};

/// A receiver whose handler is this.
fn receiver<F, Fut>(handle: F) -> Receiver
where
    F: Fn(Verified, i64) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<(), Unclaimed>> + Send + 'static,
{
    receiver::behind_verification(Identity::new(), move |call: Call| {
        let number = i64::try_from(call.number()).unwrap();
        let handled = handle(call.delivery, number);
        async move {
            match handled.await {
                Ok(()) => StatusCode::NO_CONTENT,
                Err(unclaimed) => unclaimed.into_response::<Full<bytes::Bytes>>().status(),
            }
        }
    })
}

/// Each event that was acknowledged has had its effect once, and nothing else has.
fn judge(evidence: &Evidence, effects: Vec<(i64, i64)>) {
    let effects: BTreeMap<u64, i64> = effects
        .into_iter()
        .map(|(event, count)| (event.unsigned_abs(), count))
        .collect();
    assert!(!evidence.events.is_empty(), "events were sent");
    let doubled: Vec<_> = effects.iter().filter(|(_, count)| **count != 1).collect();
    assert!(
        doubled.is_empty(),
        "these events had their effect more than once: {doubled:?}"
    );
    let lost: Vec<_> = evidence
        .events
        .iter()
        .filter(|event| !effects.contains_key(event))
        .collect();
    assert!(
        lost.is_empty(),
        "these events were acknowledged without an effect: {lost:?}"
    );
    assert_eq!(effects.len(), evidence.events.len());
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

#[cfg(feature = "postgres")]
mod postgres {
    use tower_webhook_sqlx::PostgresInbox;
    use tower_webhook_sqlx::sqlx::{self, PgPool};
    use tower_webhook_testkit::server::Server;

    use super::{judge, kill, receiver, runtime};

    #[test]
    fn t194_postgres_loses_and_doubles_nothing() {
        const NAME: &str = "kills::postgres::t194_postgres_loses_and_doubles_nothing";
        let start = || {
            let server = Server::postgres(&["-c", "fsync=off"])?;
            let url = server.url();
            runtime().block_on(async {
                let pool = PgPool::connect(&url).await.unwrap();
                PostgresInbox::new().migrate(&pool).await.unwrap();
                let effect = sqlx::query("CREATE TABLE effect (event bigint NOT NULL)");
                effect.execute(&pool).await.unwrap();
            });
            Some((server, url))
        };
        let build = |url: String, _| async move {
            let pool = PgPool::connect(&url).await.unwrap();
            receiver(move |proof, number| {
                let pool = pool.clone();
                async move {
                    let mut tx = pool.begin().await?;
                    PostgresInbox::new().claim_in(&mut tx, &proof).await?;
                    let note = sqlx::query("INSERT INTO effect VALUES ($1)").bind(number);
                    note.execute(&mut *tx).await?;
                    tx.commit().await?;
                    Ok(())
                }
            })
        };
        let Some((server, evidence)) = kill::receivers(NAME, start, build) else {
            return;
        };
        let effects = runtime().block_on(async {
            let pool = PgPool::connect(&server.url()).await.unwrap();
            let counts = sqlx::query_as("SELECT event, count(*) FROM effect GROUP BY event");
            counts.fetch_all(&pool).await.unwrap()
        });
        judge(&evidence, effects);
    }
}

#[cfg(feature = "mysql")]
mod mysql {
    use tower_webhook_sqlx::MySqlInbox;
    use tower_webhook_sqlx::sqlx::{self, MySqlPool};
    use tower_webhook_testkit::server::Server;

    use super::{judge, kill, receiver, runtime};

    #[test]
    fn t194_mariadb_loses_and_doubles_nothing() {
        const NAME: &str = "kills::mysql::t194_mariadb_loses_and_doubles_nothing";
        let start = || {
            let server = Server::mariadb(&["--innodb-flush-log-at-trx-commit=0"])?;
            let url = server.url();
            runtime().block_on(async {
                let pool = MySqlPool::connect(&url).await.unwrap();
                MySqlInbox::new().migrate(&pool).await.unwrap();
                let effect = sqlx::query("CREATE TABLE effect (event BIGINT NOT NULL)");
                effect.execute(&pool).await.unwrap();
            });
            Some((server, url))
        };
        let build = |url: String, _| async move {
            let pool = MySqlPool::connect(&url).await.unwrap();
            receiver(move |proof, number| {
                let pool = pool.clone();
                async move {
                    let mut tx = pool.begin().await?;
                    MySqlInbox::new().claim_in(&mut tx, &proof).await?;
                    let note = sqlx::query("INSERT INTO effect VALUES (?)").bind(number);
                    note.execute(&mut *tx).await?;
                    tx.commit().await?;
                    Ok(())
                }
            })
        };
        let Some((server, evidence)) = kill::receivers(NAME, start, build) else {
            return;
        };
        let effects = runtime().block_on(async {
            let pool = MySqlPool::connect(&server.url()).await.unwrap();
            let counts = sqlx::query_as("SELECT event, COUNT(*) FROM effect GROUP BY event");
            counts.fetch_all(&pool).await.unwrap()
        });
        judge(&evidence, effects);
    }
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use tower_webhook_sqlx::sqlx::{self, SqlitePool};
    use tower_webhook_sqlx::{SqliteInbox, SqliteStore};

    use super::{judge, kill, receiver, runtime};

    async fn open(path: &str) -> SqlitePool {
        SqlitePool::connect_with(SqliteStore::options().filename(path))
            .await
            .unwrap()
    }

    #[test]
    fn t194_sqlite_loses_and_doubles_nothing() {
        const NAME: &str = "kills::sqlite::t194_sqlite_loses_and_doubles_nothing";
        let start = || {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("app.db").display().to_string();
            runtime().block_on(async {
                let pool = open(&path).await;
                SqliteInbox::new().migrate(&pool).await.unwrap();
                let effect = sqlx::query("CREATE TABLE effect (event INTEGER NOT NULL)");
                effect.execute(&pool).await.unwrap();
            });
            Some(((directory, path.clone()), path))
        };
        let build = |path: String, _| async move {
            let pool = open(&path).await;
            receiver(move |proof, number| {
                let pool = pool.clone();
                async move {
                    let inbox = SqliteInbox::new();
                    let mut tx = inbox.begin(&pool).await?;
                    inbox.claim_in(&mut tx, &proof).await?;
                    let note = sqlx::query("INSERT INTO effect VALUES (?)").bind(number);
                    note.execute(&mut *tx).await?;
                    tx.commit().await?;
                    Ok(())
                }
            })
        };
        let Some(((_directory, path), evidence)) = kill::receivers(NAME, start, build) else {
            return;
        };
        let effects = runtime().block_on(async {
            let counts = sqlx::query_as("SELECT event, count(*) FROM effect GROUP BY event");
            counts.fetch_all(&open(&path).await).await.unwrap()
        });
        judge(&evidence, effects);
    }
}
