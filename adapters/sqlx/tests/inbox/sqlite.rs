//! The inbox in SQLite.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::post;
use http::StatusCode;
use sqlx::SqlitePool;
use sqlx::sqlite::SqlitePoolOptions;
use tower::ServiceExt;
use tower_webhook::dedup::Unclaimed;
use tower_webhook::provider::senders::TELEGRAM;
use tower_webhook::testing::Delivery;
use tower_webhook::{Secret, UnsignedBody, Verified, VerifyLayer};
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

/// Telegram shows a token and signs no body.
#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_without_a_signed_body_is_claimed_by_its_content() {
    let directory = tempfile::tempdir().unwrap();
    let options = SqliteStore::options().filename(directory.path().join("app.db"));
    let pool = SqlitePoolOptions::new().connect_lazy_with(options);
    let inbox = SqliteInbox::new();
    inbox.migrate(&pool).await.unwrap();
    let secret = || Secret::new("token_of_this_test").unwrap();
    let handler = async move |proof: UnsignedBody| -> Result<StatusCode, Unclaimed> {
        let mut tx = inbox.begin(&pool).await?;
        inbox.claim_in(&mut tx, &proof).await?;
        tx.commit().await?;
        Ok(StatusCode::NO_CONTENT)
    };
    let verify = VerifyLayer::new(TELEGRAM.with(secret())).unwrap();
    let app = Router::new().route("/", post(handler)).layer(verify);
    let told = async |body: &'static str| {
        let delivery = Delivery::new(TELEGRAM, body).sign(&secret()).unwrap();
        let response = app.clone().oneshot(delivery.map(Body::from)).await.unwrap();
        response.status().as_u16()
    };
    assert_eq!(told(r#"{"update_id":1,"message":{}}"#).await, 204);
    assert_eq!(told(r#"{"update_id":1,"message":{}}"#).await, 200);
    let forged = told(r#"{"update_id":1,"message":{"text":"another"}}"#).await;
    assert_eq!(
        forged, 204,
        "an id that anybody may have written suppresses nothing"
    );
}
