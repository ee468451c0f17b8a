//! Exactly-once effects: a claim that commits with the handler's own writes, in an axum handler with SQLite.
//!
//! ```sh
//! cargo run -p tower-webhook-sqlx --features sqlite --example inbox
//! ```
//!
//! It sends itself the same event three times, the first time with a handler that fails half-way. With PostgreSQL or MySQL only the
//! pool and the inbox's type are others.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::routing::post;
use http::StatusCode;
use tower::ServiceExt;
use tower_webhook::dedup::Unclaimed;
use tower_webhook::event::Json;
use tower_webhook::provider::STANDARD_WEBHOOKS;
use tower_webhook::testing::Delivery;
use tower_webhook::{Secret, Verified, VerifyLayer, Webhook, standard_webhooks};
use tower_webhook_sqlx::sqlx::{self, SqlitePool};
use tower_webhook_sqlx::{SqliteInbox, SqliteStore};

#[derive(Clone)]
struct App {
    pool: SqlitePool,
    inbox: SqliteInbox,
    fails_next: Arc<AtomicBool>,
}

#[derive(serde::Deserialize)]
struct Payment {
    cents: i64,
}

async fn on_payment(
    State(app): State<App>,
    proof: Verified,
    Webhook(Json(payment)): Webhook<Json<Payment>>,
) -> Result<StatusCode, Unclaimed> {
    let mut tx = app.inbox.begin(&app.pool).await?;
    // A duplicate leaves here with its 200, one that is in flight with 503; dropping `tx` rolls it back.
    app.inbox.claim_in(&mut tx, &proof).await?;
    let pay = sqlx::query("UPDATE account SET cents = cents + ?").bind(payment.cents);
    pay.execute(&mut *tx).await?;
    if app.fails_next.swap(false, Ordering::SeqCst) {
        return Err(std::io::Error::other("the handler fails after its write").into());
    }
    // Only now are the event claimed and the account paid, both or neither.
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let directory = tempfile::tempdir()?;
    let file = SqliteStore::options().filename(directory.path().join("app.db"));
    let app = App {
        pool: SqlitePool::connect_with(file).await?,
        inbox: SqliteInbox::new(),
        fails_next: Arc::new(AtomicBool::new(true)),
    };
    app.inbox.migrate(&app.pool).await?;
    for statement in [
        "CREATE TABLE account (cents INTEGER NOT NULL)",
        "INSERT INTO account VALUES (0)",
    ] {
        sqlx::query(statement).execute(&app.pool).await?;
    }

    let secret = Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?;
    let router = Router::new()
        .route("/", post(on_payment))
        .layer(VerifyLayer::new(standard_webhooks(secret.clone()))?)
        .with_state(app.clone());
    for expected in [503, 204, 200] {
        let delivery = Delivery::new(STANDARD_WEBHOOKS, r#"{"cents":250}"#)
            .id("msg_1")
            .sign(&secret)?;
        let answer = router.clone().oneshot(delivery.map(Body::from)).await?;
        let cents: i64 = sqlx::query_scalar("SELECT cents FROM account")
            .fetch_one(&app.pool)
            .await?;
        println!("answered {}, the account holds {cents} cents", answer.status());
        assert_eq!(answer.status(), expected);
    }
    Ok(())
}
