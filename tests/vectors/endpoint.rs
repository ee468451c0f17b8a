//! An endpoint to test against: a layer in front of a handler that notes what reaches it.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use http_body::{Body, Frame};
use http_body_util::BodyExt;
use tokio::runtime::{Builder, Runtime};
use tower::{Layer, Service, ServiceExt, service_fn};

use tower_webhook::{Attempt, Key, Rejection, Verified};

/// A body that arrives in these pieces.
#[derive(Debug, Default)]
pub(crate) struct Pieces(VecDeque<Bytes>);

impl Pieces {
    pub(crate) fn new(pieces: impl IntoIterator<Item = Bytes>) -> Self {
        Self(pieces.into_iter().collect())
    }
}

impl From<Bytes> for Pieces {
    fn from(whole: Bytes) -> Self {
        Self::new([whole])
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.pop_front().map(|piece| Ok(Frame::data(piece))))
    }
}

/// What the handler was given.
#[derive(Debug, Clone)]
#[allow(dead_code, reason = "not every test looks at all of it")]
pub(crate) struct Reached {
    pub(crate) proof: Verified,
    pub(crate) body: Bytes,
    /// The event's key, where a dedup layer made one.
    pub(crate) key: Option<Key>,
}

/// What became of a request: the answer, and what reached the handler.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
    pub(crate) reached: Option<Reached>,
    /// The code of the reason for which it was refused.
    pub(crate) reason: Option<&'static str>,
}

impl Outcome {
    /// Whether it is the answer of all those whose senders are not proven: 401, empty, and nothing came of it.
    pub(crate) fn is_refused(&self) -> bool {
        self.status == StatusCode::UNAUTHORIZED && self.body.is_empty() && self.reached.is_none()
    }
}

/// A runtime for one test; the layers' deadlines need its timer.
pub(crate) fn runtime() -> Runtime {
    Builder::new_current_thread().enable_time().build().unwrap()
}

/// A request by POST; `None` when a header is none that HTTP can carry.
pub(crate) fn post<'a>(
    headers: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    body: impl Into<Pieces>,
) -> Option<Request<Pieces>> {
    let mut request = Request::new(body.into());
    *request.method_mut() = Method::POST;
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        request
            .headers_mut()
            .append(name, HeaderValue::from_bytes(value).ok()?);
    }
    Some(request)
}

/// Sends the request through the layer to a handler that answers 200.
pub(crate) async fn deliver<L>(layer: &L, request: Request<impl Into<Pieces>>) -> Outcome
where
    L: Layer<Handler>,
    L::Service: Service<Request<Pieces>, Response = Response<Pieces>, Error = Infallible>,
{
    let noted = Arc::new(Mutex::new(None));
    let service = layer.layer(handler(Arc::clone(&noted)));
    let response = service.oneshot(request.map(Into::into)).await.unwrap();
    let reason = response
        .extensions()
        .get::<Rejection>()
        .map(|rejection| rejection.reason().code());
    let (head, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let reached = noted.lock().unwrap().take();
    Outcome {
        status: head.status,
        body,
        reached,
        reason,
    }
}

/// The handler's type, by which a layer's service can be named.
pub(crate) type Handler = tower::util::BoxCloneSyncService<Request<Pieces>, Response<Pieces>, Infallible>;

fn handler(noted: Arc<Mutex<Option<Reached>>>) -> Handler {
    Handler::new(service_fn(move |request: Request<Pieces>| {
        let noted = Arc::clone(&noted);
        async move {
            let proof = request.extensions().get::<Verified>().cloned().unwrap();
            let key = request
                .extensions()
                .get::<Attempt>()
                .map(|attempt| *attempt.key());
            let body = request.into_body().collect().await.unwrap().to_bytes();
            let before = noted.lock().unwrap().replace(Reached { proof, body, key });
            assert!(before.is_none(), "one request, one call");
            Ok(Response::new(Pieces::default()))
        }
    }))
}
