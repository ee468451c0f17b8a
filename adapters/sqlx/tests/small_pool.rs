//! Handlers that use the store's own pool, of two connections: a claim holds none of them while its handler runs (190).
#![cfg(any(feature = "mysql", feature = "postgres"))]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::post;
use tower::ServiceExt;
use tower_webhook::provider::GITHUB;
use tower_webhook::store::Store;
use tower_webhook::testing::Delivery;
use tower_webhook::{DedupLayer, Secret, VerifyLayer};
use tower_webhook_sqlx::sqlx;
use tower_webhook_testkit::server::Server;

/// Delivers 128 events twice, all at once, to a handler that queries the pool.
async fn wait_for_nobody<F>(store: impl Store, query: impl Fn() -> F + Clone + Send + Sync + 'static)
where
    F: Future<Output = ()> + Send,
{
    let runs = Arc::new(AtomicU64::new(0));
    let handler = {
        let runs = Arc::clone(&runs);
        move || async move {
            query().await;
            runs.fetch_add(1, Ordering::SeqCst);
        }
    };
    let secret = Secret::new("a secret that only this test knows").unwrap();
    let dedup = DedupLayer::new(store).claim_timeout(Duration::from_secs(20));
    let layers = (
        VerifyLayer::new(tower_webhook::github(secret.clone())).unwrap(),
        dedup.unwrap(),
    );
    let app = Router::new().route("/", post(handler).layer(layers));
    let deliveries: Vec<_> = (0..256)
        .map(|number| {
            let delivery = Delivery::new(GITHUB, format!(r#"{{"n":{}}}"#, number % 128)).kind("push");
            let request = delivery.id("1").sign(&secret).unwrap().map(Body::from);
            tokio::spawn(app.clone().oneshot(request))
        })
        .collect();
    for delivery in deliveries {
        let status = delivery.await.unwrap().unwrap().status();
        assert!([200, 503].contains(&status.as_u16()), "{status}");
    }
    assert_eq!(runs.load(Ordering::SeqCst), 128, "each event once");
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread")]
async fn t190_handlers_on_the_small_pool_of_postgres_wait_for_nobody() {
    use tower_webhook_sqlx::{PostgresStore, sqlx::postgres::PgPoolOptions};

    let Some(server) = Server::postgres(&["-c", "fsync=off"]) else {
        return;
    };
    let pool = PgPoolOptions::new().max_connections(2);
    let pool = pool
        .acquire_timeout(PATIENCE)
        .connect_lazy(&server.url())
        .unwrap();
    let store = PostgresStore::new(pool.clone());
    store.migrate().await.unwrap();
    wait_for_nobody(store, move || {
        let pool = pool.clone();
        async move {
            sqlx::query("SELECT pg_sleep(0.01)").execute(&pool).await.unwrap();
        }
    })
    .await;
}

#[cfg(feature = "mysql")]
#[tokio::test(flavor = "multi_thread")]
async fn t190_handlers_on_the_small_pool_of_mariadb_wait_for_nobody() {
    use tower_webhook_sqlx::{MySqlStore, sqlx::mysql::MySqlPoolOptions};

    let Some(server) = Server::mariadb(&["--innodb-flush-log-at-trx-commit=0"]) else {
        return;
    };
    let pool = MySqlPoolOptions::new().max_connections(2);
    let pool = pool
        .acquire_timeout(PATIENCE)
        .connect_lazy(&server.url())
        .unwrap();
    let store = MySqlStore::new(pool.clone());
    store.migrate().await.unwrap();
    wait_for_nobody(store, move || {
        let pool = pool.clone();
        async move {
            sqlx::query("SELECT SLEEP(0.01)").execute(&pool).await.unwrap();
        }
    })
    .await;
}

/// In which 128 handlers have had their turn, and those that wait in a circle have not.
const PATIENCE: Duration = Duration::from_secs(5);
