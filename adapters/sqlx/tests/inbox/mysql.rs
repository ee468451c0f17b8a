//! The inbox in MariaDB, at each isolation level.

use sqlx::MySqlPool;
use sqlx::mysql::MySqlPoolOptions;
use tower_webhook::Verified;
use tower_webhook::dedup::Unclaimed;
use tower_webhook_sqlx::{MySqlInbox, SetupErrorKind, sqlx};
use tower_webhook_testkit::server::Server;

use crate::desk::{Desk, Hold, id};
use crate::keeps_its_word;

#[derive(Clone)]
struct MySqlDesk {
    pool: MySqlPool,
    inbox: MySqlInbox,
}

impl Desk for MySqlDesk {
    async fn handle(&self, proof: &Verified, hold: &Hold) -> Result<(), Unclaimed> {
        let mut tx = self.pool.begin().await?;
        self.inbox.claim_in(&mut tx, proof).await?;
        let timeout = sqlx::query_scalar("SELECT CAST(@@SESSION.innodb_lock_wait_timeout AS SIGNED)");
        let timeout: i64 = timeout.fetch_one(&mut *tx).await?;
        assert_eq!(timeout, 50, "the handler's own statements wait as before");
        let note = sqlx::query("INSERT INTO effect VALUES (?)").bind(id(proof));
        note.execute(&mut *tx).await?;
        hold.pass().await?;
        tx.commit().await?;
        Ok(())
    }

    async fn effects(&self, id: &str) -> i64 {
        let count = sqlx::query_scalar("SELECT COUNT(*) FROM effect WHERE event = ?").bind(id.to_owned());
        count.fetch_one(&self.pool).await.unwrap()
    }

    async fn let_retention_end(&self) {
        let end = sqlx::query("UPDATE inbox SET expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND");
        end.execute(&self.pool).await.unwrap();
    }

    async fn purge(&self) -> u64 {
        self.inbox.purge_expired(&self.pool).await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn t187_t189_mariadb_commits_a_claim_with_the_handlers_writes() {
    for level in ["READ-COMMITTED", "REPEATABLE-READ", "SERIALIZABLE"] {
        let isolation = format!("--transaction-isolation={level}");
        let arguments = ["--innodb-flush-log-at-trx-commit=0", isolation.as_str()];
        let Some(server) = Server::mariadb(&arguments) else {
            return;
        };
        let pool = MySqlPoolOptions::new()
            .max_connections(20)
            .connect_lazy(&server.url())
            .unwrap();
        let inbox = MySqlInbox::new().table("webhook.inbox").unwrap();
        let missing = inbox.check(&pool).await.unwrap_err();
        assert_eq!(missing.kind(), SetupErrorKind::Missing, "{missing}");
        inbox.migrate(&pool).await.unwrap();
        inbox.check(&pool).await.unwrap();
        let effect = sqlx::query("CREATE TABLE effect (event VARCHAR(64) NOT NULL)");
        effect.execute(&pool).await.unwrap();
        keeps_its_word(MySqlDesk { pool, inbox }).await;
    }
}
