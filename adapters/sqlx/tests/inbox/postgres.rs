//! The inbox in PostgreSQL, at each isolation level.

use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tower_webhook::Verified;
use tower_webhook::dedup::Unclaimed;
use tower_webhook_sqlx::{PostgresInbox, SetupErrorKind, sqlx};
use tower_webhook_testkit::server::Server;

use crate::desk::{Desk, Hold, id};
use crate::keeps_its_word;

#[derive(Clone)]
struct PgDesk {
    pool: PgPool,
    inbox: PostgresInbox,
}

impl Desk for PgDesk {
    async fn handle(&self, proof: &Verified, hold: &Hold) -> Result<(), Unclaimed> {
        let mut tx = self.pool.begin().await?;
        self.inbox.claim_in(&mut tx, proof).await?;
        let timeout: String = sqlx::query_scalar("SHOW lock_timeout")
            .fetch_one(&mut *tx)
            .await?;
        assert_eq!(timeout, "7s", "the handler's own statements wait as before");
        let note = sqlx::query("INSERT INTO effect VALUES ($1)").bind(id(proof));
        note.execute(&mut *tx).await?;
        hold.pass().await?;
        tx.commit().await?;
        Ok(())
    }

    async fn effects(&self, id: &str) -> i64 {
        let count = sqlx::query_scalar("SELECT count(*) FROM effect WHERE event = $1").bind(id.to_owned());
        count.fetch_one(&self.pool).await.unwrap()
    }

    async fn let_retention_end(&self) {
        let end = sqlx::query("UPDATE hooks.inbox SET expires_at = now() - interval '1 second'");
        end.execute(&self.pool).await.unwrap();
    }

    async fn purge(&self) -> u64 {
        self.inbox.purge_expired(&self.pool).await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn t187_t189_postgres_commits_a_claim_with_the_handlers_writes() {
    let Some(server) = Server::postgres(&["-c", "fsync=off"]) else {
        return;
    };
    for level in ["read committed", "repeatable read", "serializable"] {
        let options: PgConnectOptions = server.url().parse().unwrap();
        let options = options.options([("default_transaction_isolation", level), ("lock_timeout", "7s")]);
        let pool = PgPoolOptions::new()
            .max_connections(20)
            .connect_lazy_with(options);
        let inbox = PostgresInbox::new().table("hooks.inbox").unwrap();
        for statement in ["DROP SCHEMA IF EXISTS hooks CASCADE", "CREATE SCHEMA hooks"] {
            sqlx::query(statement).execute(&pool).await.unwrap();
        }
        let missing = inbox.check(&pool).await.unwrap_err();
        assert_eq!(missing.kind(), SetupErrorKind::Missing, "{missing}");
        inbox.migrate(&pool).await.unwrap();
        inbox.check(&pool).await.unwrap();
        for statement in [
            "DROP TABLE IF EXISTS effect",
            "CREATE TABLE effect (event text NOT NULL)",
        ] {
            sqlx::query(statement).execute(&pool).await.unwrap();
        }
        keeps_its_word(PgDesk { pool, inbox }).await;
    }
}
