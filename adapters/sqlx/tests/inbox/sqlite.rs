//! The inbox in SQLite.

use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::sqlite::SqlitePoolOptions;
use tower_webhook::Verified;
use tower_webhook::dedup::Unclaimed;
use tower_webhook_sqlx::{SetupErrorKind, SqliteInbox, SqliteStore, sqlx};

use crate::desk::{Desk, Hold, id};
use crate::keeps_its_word;

#[derive(Clone)]
struct SqliteDesk {
    pool: SqlitePool,
    inbox: SqliteInbox,
}

impl Desk for SqliteDesk {
    async fn handle(&self, proof: &Verified, hold: &Hold) -> Result<(), Unclaimed> {
        let mut tx = self.inbox.begin(&self.pool).await?;
        self.inbox.claim_in(&mut tx, proof).await?;
        let note = sqlx::query("INSERT INTO effect VALUES (?)").bind(id(proof));
        note.execute(&mut *tx).await?;
        hold.pass().await?;
        tx.commit().await?;
        Ok(())
    }

    async fn effects(&self, id: &str) -> i64 {
        let count = sqlx::query_scalar("SELECT count(*) FROM effect WHERE event = ?").bind(id.to_owned());
        count.fetch_one(&self.pool).await.unwrap()
    }

    async fn let_retention_end(&self) {
        let end = sqlx::query("UPDATE webhook_inbox SET expires_at = 1");
        end.execute(&self.pool).await.unwrap();
    }

    async fn purge(&self) -> u64 {
        self.inbox.purge_expired(&self.pool).await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn t189_t191_sqlite_commits_a_claim_with_the_handlers_writes() {
    let directory = tempfile::tempdir().unwrap();
    let options = SqliteStore::options().filename(directory.path().join("app.db"));
    // Shorter than the test holds a writer up.
    let options = options.busy_timeout(Duration::from_millis(300));
    let pool = SqlitePoolOptions::new()
        .max_connections(4)
        .connect_lazy_with(options);
    let inbox = SqliteInbox::new();
    let missing = inbox.check(&pool).await.unwrap_err();
    assert_eq!(missing.kind(), SetupErrorKind::Missing, "{missing}");
    inbox.migrate(&pool).await.unwrap();
    inbox.check(&pool).await.unwrap();
    sqlx::query("CREATE TABLE effect (event TEXT NOT NULL)")
        .execute(&pool)
        .await
        .unwrap();
    keeps_its_word(SqliteDesk { pool, inbox }).await;
}
