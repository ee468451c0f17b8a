//! A receiver as an application builds it: the three layers over the memory store, on a port of its own.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::HttpService;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tower::{ServiceBuilder, service_fn};
use tower_webhook::key_source::{KeySource, KeyUrl};
use tower_webhook::provider::senders::{
    Adyen, BoxWebhooks, Braintree, Contentful, HTTP_MESSAGE_SIGNATURES, HubSpot, Mailgun, Mandrill, MsGraph,
    Twilio,
};
use tower_webhook::provider::{MessageSignatures, PayPal, Scheme, SignatureKey, Sns, jwt};
use tower_webhook::store::MemoryStore;
use tower_webhook::{Body, BoxError, DedupLayer, Secret, SplitLayer, UnsignedBody, Verified, VerifyLayer};

/// An event as the handler saw it: its id and its kind.
pub(crate) type Event = (Option<String>, Option<String>);

/// What handlers have seen since it was last asked.
#[derive(Clone, Default)]
pub(crate) struct Seen(Arc<Mutex<Vec<Event>>>);

impl Seen {
    pub(crate) fn take(&self) -> Vec<Event> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    fn note(&self, request: &Request<Body>) {
        let owned = |text: &str| text.to_owned();
        let extensions = request.extensions();
        let event = match (extensions.get::<Verified>(), extensions.get::<UnsignedBody>()) {
            (Some(event), _) => (
                event.id().map(|id| owned(id.value())),
                event.kind().map(|kind| owned(kind.value())),
            ),
            (_, Some(event)) => (
                event.id().map(|id| owned(id.value())),
                event.kind().map(|kind| owned(kind.value())),
            ),
            _ => panic!("a handler ran without a proof"),
        };
        self.0.lock().unwrap().push(event);
    }
}

/// Serves the sender's receiver until the test ends.
pub(crate) async fn serve(verify: VerifyLayer) -> (SocketAddr, Seen) {
    serve_over(None, verify).await
}

/// The same over TLS, where there is any.
pub(crate) async fn serve_over(tls: Option<TlsAcceptor>, verify: VerifyLayer) -> (SocketAddr, Seen) {
    let seen = Seen::default();
    let noted = seen.clone();
    let handler = service_fn(move |request: Request<Body>| {
        noted.note(&request);
        async { Ok::<_, Infallible>(Response::new(Body::empty())) }
    });
    let receiver = ServiceBuilder::new()
        .map_request(|request: Request<Incoming>| request.map(Body::new))
        .layer(verify)
        .layer(SplitLayer::new())
        .layer(DedupLayer::new(MemoryStore::default()))
        .service(handler);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (service, tls) = (TowerToHyperService::new(receiver.clone()), tls.clone());
            tokio::spawn(async move {
                // A client that is gone, or trusts nobody, is no failure of the receiver's.
                let _ = match tls {
                    None => answer(stream, service).await,
                    Some(tls) => match tls.accept(stream).await {
                        Ok(stream) => answer(stream, service).await,
                        Err(_) => return,
                    },
                };
            });
        }
    });
    (address, seen)
}

async fn answer<I, S>(stream: I, service: S) -> Result<(), hyper::Error>
where
    I: AsyncRead + AsyncWrite + Unpin,
    S: HttpService<Incoming, ResBody = Body>,
    S::Error: Into<BoxError>,
{
    let served = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    served.await
}

/// The sender's layer, for an endpoint of this URL; `published` is the certificate or the key that its key source answers with.
pub(crate) fn layer(scheme: &Scheme, secret: &Secret, url: &str, published: &str) -> VerifyLayer {
    let secrets = || secret.clone();
    let text = || String::from_utf8(secret.expose().to_vec()).unwrap();
    let source = Published(published.to_owned());
    let made = match scheme.name() {
        "adyen" => VerifyLayer::new(Adyen::new(secrets())),
        "box" => VerifyLayer::new(BoxWebhooks::new(secrets())),
        "braintree" => VerifyLayer::new(Braintree::new("the_public_key", secrets())),
        "contentful" => VerifyLayer::new(Contentful::new(secrets()).public_url(url)),
        "hubspot" => VerifyLayer::new(HubSpot::new(secrets()).public_url(url)),
        "hubspot_v1" => VerifyLayer::new(HubSpot::v1(secrets())),
        "hubspot_v2" => VerifyLayer::new(HubSpot::v2(secrets()).public_url(url)),
        "mailgun" => VerifyLayer::new(Mailgun::new(secrets())),
        "mandrill" => VerifyLayer::new(Mandrill::new(secrets()).public_url(url)),
        "twilio" => VerifyLayer::new(Twilio::new(secrets()).public_url(url)),
        "ms_graph" => VerifyLayer::new(MsGraph::new(secrets())),
        "messagebird" => VerifyLayer::new(jwt::messagebird(secrets(), url)),
        "monday" => VerifyLayer::new(jwt::monday(secrets(), url)),
        "google_pubsub" => VerifyLayer::new(jwt::pubsub(source, url, text()).unwrap()),
        "plaid" => VerifyLayer::new(jwt::plaid(source).unwrap()),
        "aws_sns" => VerifyLayer::new(Sns::new(source, [text()])),
        "paypal" => VerifyLayer::new(PayPal::live(source, text())),
        "rfc9421" => {
            let provider = MessageSignatures::new(HTTP_MESSAGE_SIGNATURES, url);
            VerifyLayer::new(provider.key("webhook-send", SignatureKey::hmac_sha256(secret)))
        }
        _ => VerifyLayer::new(scheme.with(secrets()).public_url(url)),
    };
    made.unwrap_or_else(|error| panic!("{}: {error}", scheme.name()))
}

/// A key source that answers with the same whatever is asked for.
struct Published(String);

impl KeySource for Published {
    async fn fetch(&self, _: &KeyUrl) -> Result<Bytes, BoxError> {
        Ok(Bytes::from(self.0.clone()))
    }
}
