//! A receiver as a user builds it: both layers over a handler, and a server in front where it is a process of its own.

use std::convert::Infallible;
use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::SystemTime;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tower::util::BoxCloneSyncService;
use tower::{Layer, ServiceExt, service_fn};
use tower_webhook::provider::GITHUB;
use tower_webhook::store::Store;
use tower_webhook::testing::Delivery;
use tower_webhook::{Attempt, Body, DedupLayer, Secret, Verified, VerifyLayer};

/// A receiver without its type.
pub type Receiver = BoxCloneSyncService<Request<Body>, Response<Full<Bytes>>, Infallible>;

/// What a handler is called with.
#[derive(Debug, Clone)]
pub struct Call {
    /// The delivery.
    pub delivery: Verified,
    /// The attempt that it is; none without a [`DedupLayer`].
    pub attempt: Option<Attempt>,
    /// When the request arrived, before any layer saw it.
    pub arrived: SystemTime,
}

impl Call {
    /// The number of the event, as [`delivery`] wrote it.
    ///
    /// # Panics
    ///
    /// When the body is another one.
    #[must_use]
    pub fn number(&self) -> u64 {
        let body = str::from_utf8(self.delivery.body()).ok();
        let number = body.and_then(|body| body.strip_prefix(r#"{"n":"#)?.strip_suffix('}')?.parse().ok());
        number.expect("the harness made the body")
    }
}

/// Both layers over this handler.
///
/// # Panics
///
/// Never: the sender's description is known to be sound.
pub fn receiver<S, F, Fut>(store: S, settings: impl FnOnce(DedupLayer) -> DedupLayer, handler: F) -> Receiver
where
    S: Store,
    F: Fn(Call) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = StatusCode> + Send + 'static,
{
    behind_verification(settings(DedupLayer::new(store)), handler)
}

/// The first layer and this one over this handler.
///
/// # Panics
///
/// Never: the sender's description is known to be sound.
pub fn behind_verification<F, Fut>(layer: impl Layer<Receiver, Service: IntoReceiver>, handler: F) -> Receiver
where
    F: Fn(Call) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = StatusCode> + Send + 'static,
{
    let handler = service_fn(move |request: Request<Body>| {
        let extensions = request.extensions();
        let call = Call {
            delivery: extensions.get().cloned().expect("the delivery was verified"),
            attempt: extensions.get().cloned(),
            arrived: extensions.get().copied().unwrap_or(SystemTime::UNIX_EPOCH),
        };
        let answer = handler(call);
        async move {
            let mut response = Response::new(Full::default());
            *response.status_mut() = answer.await;
            Ok::<_, Infallible>(response)
        }
    });
    let verify =
        VerifyLayer::new(tower_webhook::github(secret())).expect("the sender's description is sound");
    let layered = layer.layer(BoxCloneSyncService::new(handler)).into_receiver();
    let stamped = verify.layer(layered).map_request(|mut request: Request<Body>| {
        request.extensions_mut().insert(SystemTime::now());
        request
    });
    BoxCloneSyncService::new(stamped)
}

/// A service that can stand for a receiver.
pub trait IntoReceiver {
    /// The same without its type.
    fn into_receiver(self) -> Receiver;
}

impl<S> IntoReceiver for S
where
    S: tower::Service<Request<Body>, Response = Response<Full<Bytes>>, Error = Infallible>
        + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send,
{
    fn into_receiver(self) -> Receiver {
        BoxCloneSyncService::new(self)
    }
}

/// A signed delivery of the event with this number.
///
/// # Panics
///
/// Never: the secret fits the sender.
#[must_use]
pub fn delivery(number: u64) -> Request<Bytes> {
    let delivery = Delivery::new(GITHUB, format!(r#"{{"n":{number}}}"#));
    let signed = delivery
        .kind("push")
        .id(format!("event-{number}"))
        .sign(&secret());
    signed.expect("the secret fits the sender")
}

/// Serves on a free port until the process ends; `ready` is told the address.
///
/// # Panics
///
/// When the machine has no free port.
pub async fn serve(receiver: Receiver, ready: impl FnOnce(SocketAddr)) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .expect("the machine has a free port");
    ready(listener.local_addr().expect("a listener has an address"));
    while let Ok((stream, _)) = listener.accept().await {
        let service = receiver
            .clone()
            .map_request(|request: Request<Incoming>| request.map(Body::new));
        let connection =
            http1::Builder::new().serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
        // A client that hangs up ends its connection, which is no fault of the server.
        tokio::spawn(async move { drop(connection.await) });
    }
}

fn secret() -> Secret {
    Secret::new("a secret that only the tests know").expect("the secret is long enough")
}
