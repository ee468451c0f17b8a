//! Section K: Tower and async behaviour.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use bytes::Bytes;
use http::Request;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tower::limit::ConcurrencyLimitLayer;
use tower::{Layer, ServiceBuilder, ServiceExt};
use tower_webhook::event::github;
use tower_webhook::provider::GITHUB;
use tower_webhook::store::MemoryStore;
use tower_webhook::testing::Delivery;
use tower_webhook::{Attempt, DedupLayer, Reason, Rejection, Verified, VerifyLayer, Webhook};

use crate::harness::{Stage, secret};
use crate::wire::{answer, head, serve};

fn push(id: &str) -> Request<Bytes> {
    Delivery::new(GITHUB, format!("{{\"id\":\"{id}\"}}"))
        .kind("push")
        .id(id)
        .sign(&secret())
        .unwrap()
}

fn layers() -> (VerifyLayer, DedupLayer) {
    (
        VerifyLayer::new(tower_webhook::github(secret())).unwrap(),
        DedupLayer::new(MemoryStore::default()),
    )
}

async fn post_once(address: std::net::SocketAddr, request: &Request<Bytes>) -> TcpStream {
    let mut socket = TcpStream::connect(address).await.unwrap();
    let length = format!("content-length: {}\r\n\r\n", request.body().len());
    socket
        .write_all(&[&head(request)[..], length.as_bytes(), request.body()].concat())
        .await
        .unwrap();
    socket
}

#[tokio::test]
async fn t161_inner_services_with_limits_are_driven_to_readiness() {
    let calls = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&calls);
    let handler = tower::service_fn(move |_: Request<Body>| {
        count.fetch_add(1, Ordering::SeqCst);
        async { Ok::<_, std::convert::Infallible>(axum::response::Response::new(Body::empty())) }
    });
    let inner = ServiceBuilder::new().concurrency_limit(2).service(handler);
    let buffered = tower::buffer::Buffer::new(inner, 8);
    let stack = layers().layer(buffered);
    let running: Vec<_> = (0..32)
        .map(|number| tokio::spawn(stack.clone().oneshot(push(&number.to_string()).map(Body::from))))
        .collect();
    for task in running {
        assert_eq!(task.await.unwrap().unwrap().status(), 200);
    }
    assert_eq!(calls.load(Ordering::SeqCst), 32);
}

#[tokio::test]
async fn t160_t161_a_slow_body_holds_no_inner_permit() {
    let handler = tower::service_fn(async |_: Request<Body>| {
        Ok::<_, std::convert::Infallible>(axum::response::Response::new(Body::empty()))
    });
    let stack = layers().layer(ConcurrencyLimitLayer::new(1).layer(handler));
    let (_open, body) = tokio::io::duplex(16);
    let stuck = push("stuck").map(|_| Body::new(Stuck(body)));
    let waiting = tokio::spawn(stack.clone().oneshot(stuck));
    tokio::task::yield_now().await;
    let next = stack.oneshot(push("next").map(Body::from)).await.unwrap();
    assert_eq!(next.status(), 200);
    assert!(!waiting.is_finished());
    waiting.abort();
}

/// A body whose first byte never comes.
struct Stuck(tokio::io::DuplexStream);

impl http_body::Body for Stuck {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        let _keeps_the_stream_open = &self.0;
        std::task::Poll::Pending
    }
}

fn count(calls: &AtomicUsize) -> std::future::Ready<()> {
    calls.fetch_add(1, Ordering::SeqCst);
    std::future::ready(())
}

#[tokio::test]
async fn t162_t163_without_the_layer_in_front_nothing_is_handed_over() {
    let calls = Arc::new(AtomicUsize::new(0));
    let (event, proof, attempt) = (Arc::clone(&calls), Arc::clone(&calls), Arc::clone(&calls));
    let handlers = Router::new()
        .route("/event", post(move |_: Webhook<github::Event>| count(&event)))
        .route("/proof", post(move |_: Verified| count(&proof)))
        .route("/attempt", post(move |_: Attempt| count(&attempt)));
    let wrong_order = Router::new()
        .route("/order", post(async || "unclaimed"))
        .layer(layers().0)
        .layer(layers().1);
    let app = handlers.merge(wrong_order);
    for path in ["/event", "/proof", "/attempt", "/order"] {
        let mut request = push("a").map(Body::from);
        *request.uri_mut() = path.parse().unwrap();
        let response = app.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 500, "{path}");
        assert_eq!(
            response.extensions().get::<Rejection>().unwrap().reason(),
            Reason::LayerMissing
        );
    }
}

#[tokio::test]
async fn t165_no_way_through_a_router_goes_past_the_layer() {
    let calls = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&calls);
    let handler = move || {
        count.fetch_add(1, Ordering::SeqCst);
        async {}
    };
    let nested = Router::new()
        .route("/in", post(handler.clone()))
        .fallback(handler.clone());
    let app = Router::new()
        .route("/a", post(handler.clone()).get(handler.clone()))
        .nest("/nest", nested)
        .merge(Router::new().route("/merged", get(handler.clone())))
        .fallback(handler)
        .layer(layers());
    for path in ["/a", "/nest/in", "/nest/other", "/merged", "/nowhere"] {
        for method in ["POST", "GET"] {
            let request = Request::builder()
                .method(method)
                .uri(path)
                .body(Body::from("{}"))
                .unwrap();
            let status = app.clone().oneshot(request).await.unwrap().status().as_u16();
            assert!([401, 405].contains(&status), "{method} {path}: {status}");
        }
    }
    assert_eq!(calls.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn t166_a_connection_outlives_a_handlers_panic() {
    let stage = Stage::answering(
        tower_webhook::github(secret()),
        |verify| verify,
        |dedup| dedup,
        |call| async move {
            assert_ne!(call.attempt.unwrap().number(), 1, "the first attempt panics");
            "handled".into_response()
        },
    );
    let mut socket = post_once(serve(stage.router.clone()).await, &push("a")).await;
    assert_eq!(answer(&mut socket).await.unwrap().status, 500);
    let request = push("a");
    let length = format!("content-length: {}\r\n\r\n", request.body().len());
    socket
        .write_all(&[&head(&request)[..], length.as_bytes(), request.body()].concat())
        .await
        .unwrap();
    assert_eq!(answer(&mut socket).await.unwrap().status, 200);
    assert_eq!((stage.seen.released(), stage.seen.completed()), (1, 1));
}

#[tokio::test]
async fn t167_a_client_that_hangs_up_cuts_no_handler_off() {
    let (begun, go, done) = (
        Arc::new(Notify::new()),
        Arc::new(Notify::new()),
        Arc::new(Notify::new()),
    );
    let signals = (Arc::clone(&begun), Arc::clone(&go), Arc::clone(&done));
    let stage = Stage::answering(
        tower_webhook::github(secret()),
        |verify| verify,
        |dedup| dedup,
        move |_| {
            let (begun, go, done) = signals.clone();
            async move {
                begun.notify_one();
                go.notified().await;
                done.notify_one();
                "handled".into_response()
            }
        },
    );
    let socket = post_once(serve(stage.router.clone()).await, &push("a")).await;
    begun.notified().await;
    socket.set_zero_linger().unwrap();
    drop(socket);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(
        stage.send(push("a")).await.status,
        503,
        "the first attempt is still in flight"
    );
    go.notify_one();
    done.notified().await;
    while stage.seen.completed() == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(
        (stage.send(push("a")).await.status, stage.seen.handled()),
        (200, 1)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t173_parallel_calls_never_mix() {
    let stage = Arc::new(Stage::new(tower_webhook::github(secret())));
    let tasks: Vec<_> = (0..1_000)
        .map(|number| {
            let stage = Arc::clone(&stage);
            tokio::spawn(async move { stage.send(push(&number.to_string())).await.status })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), 200);
    }
    let calls = stage.seen.calls.lock().unwrap();
    assert_eq!(calls.len(), 1_000);
    for call in calls.iter() {
        let id = call.proof.id().unwrap();
        assert_eq!(call.body, format!("{{\"id\":\"{}\"}}", id.value()));
        assert_eq!(call.body, call.proof.body());
    }
}
