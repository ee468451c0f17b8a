//! The layer in the servers it is for: axum and plain hyper, and behind a sender that signs nothing.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::routing::{post, post_service};
use http::StatusCode;
use http_body_util::{BodyExt, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tower::{ServiceBuilder, ServiceExt};
use tower_webhook::event::Json;
use tower_webhook::provider::{Scheme, each, header, json};
use tower_webhook::store::MemoryStore;
use tower_webhook::testing::Delivery;
use tower_webhook::{
    Attempt, Binding, Body, Context, DedupLayer, EventRouter, SplitLayer, UnsignedBody, VerifyLayer, Webhook,
};

use super::harness::{BATCH, batch, secret};

type Seen = Arc<Mutex<Vec<String>>>;

#[tokio::test]
async fn an_axum_handler_gets_each_event() {
    #[derive(serde::Deserialize)]
    struct Thing {
        id: String,
    }
    let seen = Seen::default();
    let heard = Arc::clone(&seen);
    let handler = move |attempt: Attempt, Webhook(Json(thing)): Webhook<Json<Thing>>| async move {
        assert_eq!(attempt.number(), 1);
        heard.lock().unwrap().push(thing.id);
        StatusCode::NO_CONTENT
    };
    let layers = (
        VerifyLayer::new(BATCH.with(secret())).unwrap(),
        SplitLayer::new(),
        DedupLayer::new(MemoryStore::default()),
    );
    let app: Router = Router::new().route("/", post(handler).layer(layers));
    let request = Delivery::new(BATCH, batch(&["a", "b", "a"]))
        .sign(&secret())
        .unwrap();
    let response = app.oneshot(request.map(axum::body::Body::from)).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(*seen.lock().unwrap(), ["a", "b"]);
}

#[tokio::test]
async fn a_router_takes_each_by_its_kind() {
    let seen = Seen::default();
    let heard = Arc::clone(&seen);
    let events = EventRouter::new().on_kind("thing.*", move |context: Context| {
        let place = context.delivery().place().unwrap().to_owned();
        heard.lock().unwrap().push(place);
        async {}
    });
    let layers = (VerifyLayer::new(BATCH.with(secret())).unwrap(), SplitLayer::new());
    let app: Router = Router::new().route("/", post_service(events).layer(layers));
    let body = r#"{"events":[{"type":"other"},{"type":"thing.made"}]}"#;
    let request = Delivery::new(BATCH, body).sign(&secret()).unwrap();
    let response = app.oneshot(request.map(axum::body::Body::from)).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(*seen.lock().unwrap(), ["/events/1"]);
}

#[tokio::test]
async fn plain_hyper_serves_it_over_a_socket() {
    let seen = Seen::default();
    let heard = Arc::clone(&seen);
    let events = EventRouter::new().otherwise(move |context: Context| {
        let id = context.delivery().id().map(|id| (*id.value()).to_owned());
        heard.lock().unwrap().extend(id);
        async {}
    });
    let service = ServiceBuilder::new()
        .map_request(|request: http::Request<hyper::body::Incoming>| request.map(Body::new))
        .layer(VerifyLayer::new(BATCH.with(secret())).unwrap())
        .layer(SplitLayer::new())
        .layer(DedupLayer::new(MemoryStore::default()))
        .service(events);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let server = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
        drop(
            server
                .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
                .await,
        );
    });
    let stream = TokioIo::new(TcpStream::connect(address).await.unwrap());
    let (mut client, connection) = hyper::client::conn::http1::handshake(stream).await.unwrap();
    let connection = tokio::spawn(connection);
    for _ in 0..2 {
        let request = Delivery::new(BATCH, batch(&["a", "b"])).sign(&secret()).unwrap();
        let response = client.send_request(request.map(Full::new)).await.unwrap();
        assert_eq!(response.status(), 200);
        assert!(
            response
                .into_body()
                .collect()
                .await
                .unwrap()
                .to_bytes()
                .is_empty()
        );
    }
    assert_eq!(*seen.lock().unwrap(), ["a", "b"]);
    drop(client);
    connection.await.unwrap().unwrap();
    server.await.unwrap();
}

#[tokio::test]
async fn the_events_of_an_unsigned_delivery_are_unsigned() {
    const TOKEN: Scheme = Scheme::token("token")
        .signature(header("x-token").token(""))
        .events(&[each("/entry/*/events/*")
            .id(json("/id"))
            .context(&["/entry/*/id"])]);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&seen);
    let handler = move |event: UnsignedBody| async move { heard.lock().unwrap().push(event) };
    let layers = (
        VerifyLayer::new(TOKEN.with(secret())).unwrap(),
        SplitLayer::new(),
        DedupLayer::new(MemoryStore::default()),
    );
    let app: Router = Router::new().route("/", post(handler).layer(layers));
    let body = r#"{"entry":[{"id":"e","events":[{"id":"a"},{"id":"b"}]}]}"#;
    let request = Delivery::new(TOKEN, body).sign(&secret()).unwrap();
    let response = app.oneshot(request.map(axum::body::Body::from)).await.unwrap();
    assert_eq!(response.status(), 200);
    let seen = seen.lock().unwrap();
    let ids: Vec<_> = seen.iter().map(|event| *event.id().unwrap().value()).collect();
    assert_eq!(ids, ["a", "b"]);
    for event in &*seen {
        assert!(!event.id().unwrap().is_signed());
        assert_eq!(event.binding(), Binding::Bearer);
        assert_eq!(event.context("/entry/*/id"), Some("e"));
        assert!(event.place().unwrap().starts_with("/entry/0/events/"));
        assert_eq!(event.whole().danger_unsigned_body(), body);
    }
}
