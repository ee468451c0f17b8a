//! An endpoint that tells what a request got, and whether it got through.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Full};
use tower::{Layer, ServiceExt, service_fn};
use tower_webhook::provider::{Scheme, Sender};
use tower_webhook::testing::{Delivery, ManualClock};
use tower_webhook::{Reason, Rejection, Secret, VerifyLayer};

pub(crate) const NOW: u64 = 1_800_000_000;
pub(crate) const KEY: &str = "a key that only the sender and we know";

/// What a request got.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    pub(crate) reason: Option<Reason>,
    pub(crate) handled: usize,
}

impl Got {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn refused(&self) -> (u16, Option<Reason>) {
        assert_eq!((self.handled, self.body.as_str()), (0, ""));
        (self.status, self.reason)
    }

    /// Answered by the layer with this body of this type, which nothing takes for a page.
    pub(crate) fn assert_says(&self, media_type: &str, body: &str) {
        assert_eq!((self.status, self.handled), (200, 0), "{self:?}");
        assert_eq!(self.body, body);
        assert_eq!(self.header("content-type"), media_type);
        assert_eq!(self.header("x-content-type-options"), "nosniff");
    }
}

pub(crate) const TEXT: &str = "text/plain; charset=utf-8";
pub(crate) const JSON: &str = "application/json";

pub(crate) fn sender(scheme: Scheme) -> Sender {
    scheme
        .with(Secret::from_bytes(KEY).unwrap())
        .public_url("https://example.com/hooks")
}

pub(crate) async fn send(sender: Sender, request: Request<Bytes>) -> Got {
    through(VerifyLayer::new(sender).unwrap(), request).await
}

pub(crate) async fn through(layer: VerifyLayer, request: Request<Bytes>) -> Got {
    let handled = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&handled);
    let handler = service_fn(move |_: Request<Full<Bytes>>| {
        count.fetch_add(1, Ordering::SeqCst);
        async { Ok::<_, Infallible>(Response::new(Full::<Bytes>::default())) }
    });
    let layer = layer.clock(ManualClock::at_unix(NOW));
    let response = layer
        .layer(handler)
        .oneshot(request.map(Full::new))
        .await
        .unwrap();
    let reason = response.extensions().get::<Rejection>().map(Rejection::reason);
    let (head, body) = response.into_parts();
    Got {
        status: head.status.as_u16(),
        headers: head.headers,
        body: String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap(),
        reason,
        handled: handled.load(Ordering::SeqCst),
    }
}

/// The sender's handshake, signed with the key where it is signed.
pub(crate) fn asks(scheme: Scheme, challenge: &str) -> Request<Bytes> {
    let asked = Delivery::handshake(scheme, challenge).at(UNIX_EPOCH + Duration::from_secs(NOW));
    asked.sign(&Secret::new(KEY).unwrap()).unwrap()
}

pub(crate) fn bare(method: &str, uri: &str, headers: &[(&'static str, &str)]) -> Request<Bytes> {
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Bytes::new()).unwrap()
}
