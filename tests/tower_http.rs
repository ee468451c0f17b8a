//! What the verify room's page says of tower-http's layers is so.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::post;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use support::{secret, verify};
use tower::{ServiceBuilder, ServiceExt, service_fn};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;
use tower_webhook::provider::GITHUB;
use tower_webhook::store::MemoryStore;
use tower_webhook::testing::Delivery;
use tower_webhook::{Attempt, DedupLayer};

const LIMIT: Duration = Duration::from_secs(10);

fn delivery(body: &'static str) -> Request<Full<Bytes>> {
    let delivery = Delivery::new(GITHUB, body).kind("ping").id("1");
    delivery.sign(&secret()).unwrap().map(Full::new)
}

fn timeout() -> TimeoutLayer {
    TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, LIMIT)
}

/// An app whose handler takes too long the first time, and how often it began and ended.
fn slow_app(inside: bool) -> (Router, Arc<[AtomicU32; 2]>) {
    let runs = Arc::new([0, 0].map(AtomicU32::new));
    let counted = Arc::clone(&runs);
    let handler = post(move |attempt: Attempt| async move {
        counted[0].fetch_add(1, Ordering::Relaxed);
        if attempt.number() == 1 && counted[0].load(Ordering::Relaxed) == 1 {
            tokio::time::sleep(2 * LIMIT).await;
        }
        counted[1].fetch_add(1, Ordering::Relaxed);
    });
    let dedup = DedupLayer::new(MemoryStore::default());
    let route = match inside {
        true => handler.layer((TraceLayer::new_for_http(), verify(GITHUB), dedup, timeout())),
        false => handler.layer((TraceLayer::new_for_http(), timeout(), verify(GITHUB), dedup)),
    };
    (Router::new().route("/", route), runs)
}

async fn send(app: &Router, body: &'static str) -> u16 {
    let answer = app.clone().oneshot(delivery(body).map(Body::new)).await.unwrap();
    answer.status().as_u16()
}

#[tokio::test(start_paused = true)]
async fn a_timeout_inside_ends_the_handler_and_the_next_try_runs() {
    let (app, runs) = slow_app(true);
    assert_eq!((send(&app, "{}").await, send(&app, "{}").await), (503, 200));
    tokio::time::sleep(3 * LIMIT).await;
    assert_eq!(runs.each_ref().map(|count| count.load(Ordering::Relaxed)), [2, 1]);
}

#[tokio::test(start_paused = true)]
async fn a_timeout_outside_answers_the_sender_while_the_handler_goes_on() {
    let (app, runs) = slow_app(false);
    assert_eq!((send(&app, "{}").await, send(&app, "{}").await), (503, 503));
    tokio::time::sleep(3 * LIMIT).await;
    assert_eq!(send(&app, "{}").await, 200);
    assert_eq!(runs.each_ref().map(|count| count.load(Ordering::Relaxed)), [1, 1]);
}

#[tokio::test]
async fn a_lower_limit_outside_is_answered_with_its_own_status_where_the_length_is_declared() {
    let app = Router::new()
        .route("/", post(|| async {}))
        .layer(verify(GITHUB))
        .layer(RequestBodyLimitLayer::new(8));
    assert_eq!(send(&app, "{}").await, 200);
    let mut long = delivery(r#"{"zen":"longer"}"#).map(Body::new);
    let undeclared = app.clone().oneshot(long).await.unwrap();
    long = delivery(r#"{"zen":"longer"}"#).map(Body::new);
    long.headers_mut().insert("content-length", 16.into());
    let declared = app.oneshot(long).await.unwrap();
    assert_eq!(
        (undeclared.status().as_u16(), declared.status().as_u16()),
        (400, 413)
    );
}

#[tokio::test]
async fn in_a_plain_stack_what_changes_the_answers_body_stands_outside() {
    let service = ServiceBuilder::new()
        .layer(TraceLayer::new_for_http())
        .layer(verify(GITHUB))
        .layer(DedupLayer::new(MemoryStore::default()))
        .layer(timeout())
        .service(service_fn(|_: Request<Full<Bytes>>| async {
            Ok::<_, Infallible>(Response::new(Full::new(Bytes::from_static(b"seen"))))
        }));
    let answer = service.oneshot(delivery("{}")).await.unwrap();
    assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), "seen");
}
