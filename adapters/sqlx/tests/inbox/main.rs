//! Claims inside the handler's own transaction: exactly once, whatever comes at once (189).
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod desk;
mod kills;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::routing::post;
use http::{Request, Response, StatusCode};
use tower::ServiceExt;
use tower_webhook::dedup::Unclaimed;
use tower_webhook::provider::STANDARD_WEBHOOKS;
use tower_webhook::testing::Delivery;
use tower_webhook::{Reason, Rejection, Secret, Verified, VerifyLayer};

use desk::{Desk, Hold};

fn secret() -> Secret {
    Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap()
}

fn delivery(id: &str, body: &str) -> Request<Body> {
    let delivery = Delivery::new(STANDARD_WEBHOOKS, body.to_owned()).id(id);
    delivery.sign(&secret()).unwrap().map(Body::from)
}

struct Stage<D> {
    desk: D,
    hold: Arc<Hold>,
    app: Router,
}

impl<D: Desk> Stage<D> {
    fn new(desk: D) -> Self {
        let hold = Arc::<Hold>::default();
        let verify = VerifyLayer::new(tower_webhook::standard_webhooks(secret())).unwrap();
        let app = Router::new()
            .route("/", post(handle::<D>))
            .layer(verify)
            .with_state((desk.clone(), Arc::clone(&hold)));
        Self { desk, hold, app }
    }

    async fn send(&self, id: &str, body: &str) -> Response<Body> {
        self.app.clone().oneshot(delivery(id, body)).await.unwrap()
    }

    async fn told(&self, id: &str, body: &str) -> u16 {
        self.send(id, body).await.status().as_u16()
    }
}

async fn handle<D: Desk>(
    State((desk, hold)): State<(D, Arc<Hold>)>,
    proof: Verified,
) -> Result<StatusCode, Unclaimed> {
    desk.handle(&proof, &hold).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What every engine must do.
async fn keeps_its_word<D: Desk>(desk: D) {
    let stage = Arc::new(Stage::new(desk));
    while_one_is_open(&stage).await;
    after_a_rollback(&stage).await;
    with_other_content(&stage).await;
    after_retention(&stage).await;
    of_many_one(&stage).await;
}

async fn while_one_is_open<D: Desk>(stage: &Arc<Stage<D>>) {
    stage.hold.close();
    let running = Arc::clone(stage);
    let first = tokio::spawn(async move { running.told("open", "{}").await });
    stage.hold.somebody_waits().await;
    let duplicate = stage.send("open", "{}").await;
    assert_eq!(duplicate.status(), 503, "the first transaction is still open");
    assert!(duplicate.headers().contains_key("retry-after"));
    let rejection = duplicate.extensions().get::<Rejection>().unwrap();
    assert_eq!(rejection.reason(), Reason::InFlight);
    stage.hold.open();
    assert_eq!(first.await.unwrap(), 204);
    assert_eq!(stage.told("open", "{}").await, 200, "it is committed");
    assert_eq!(stage.desk.effects("open").await, 1);
}

async fn after_a_rollback<D: Desk>(stage: &Stage<D>) {
    stage.hold.fail_once();
    let failed = stage.send("rolled-back", "{}").await;
    assert_eq!(failed.status(), 503);
    assert!(failed.headers().contains_key("retry-after"));
    assert_eq!(
        stage.desk.effects("rolled-back").await,
        0,
        "a rollback leaves nothing"
    );
    assert_eq!(stage.told("rolled-back", "{}").await, 204, "so the next try runs");
    assert_eq!(stage.told("rolled-back", "{}").await, 200);
    assert_eq!(stage.desk.effects("rolled-back").await, 1);
}

async fn with_other_content<D: Desk>(stage: &Stage<D>) {
    assert_eq!(stage.told("conflict", r#"{"a":1}"#).await, 204);
    assert_eq!(stage.told("conflict", r#"{"a":2}"#).await, 422);
    assert_eq!(
        stage.told("conflict", r#"{"a":1}"#).await,
        200,
        "and nothing was overwritten"
    );
    assert_eq!(stage.desk.effects("conflict").await, 1);
}

async fn after_retention<D: Desk>(stage: &Stage<D>) {
    assert_eq!(stage.told("old", "{}").await, 204);
    assert_eq!(stage.desk.purge().await, 0, "a purge leaves what is kept");
    assert_eq!(stage.told("old", "{}").await, 200);
    stage.desk.let_retention_end().await;
    assert_eq!(
        stage.told("old", r#"{"other":1}"#).await,
        204,
        "it is a new event"
    );
    assert_eq!(stage.desk.effects("old").await, 2);
    stage.desk.let_retention_end().await;
    assert!(stage.desk.purge().await >= 4, "each of the events so far is over");
    assert_eq!(stage.told("old", "{}").await, 204);
}

async fn of_many_one<D: Desk>(stage: &Arc<Stage<D>>) {
    let racers: Vec<_> = (0..16)
        .map(|_| {
            let stage = Arc::clone(stage);
            tokio::spawn(async move { stage.told("race", "{}").await })
        })
        .collect();
    let mut first = 0;
    for racer in racers {
        match racer.await.unwrap() {
            204 => first += 1,
            200 | 503 => {}
            other => panic!("a racer was told {other}"),
        }
    }
    assert_eq!((first, stage.desk.effects("race").await), (1, 1));
}
