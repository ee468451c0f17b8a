//! What stands before and behind the layers, and waits: secrets, a body, a handler.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response, StatusCode};
use http_body::{Body, Frame};
use http_body_util::Full;
use tokio::task::yield_now;
use tokio::time::sleep;
use tower::{Layer, Service};
use tower_webhook::{Attempt, BoxError, Secret, SecretSource, Tenant, Verified};

use crate::scene::Scene;

pub(crate) fn secret() -> Secret {
    Secret::new("a secret that is long enough").unwrap()
}

/// Secrets that are asked for each time.
pub(crate) struct Vault;

impl SecretSource for Vault {
    async fn lookup(&self, _: &Parts) -> Result<Option<Tenant>, BoxError> {
        yield_now().await;
        Ok(Some(Tenant::unnamed(secret())))
    }
}

/// A body of a few bytes at a time, each after a wait.
pub(crate) struct Trickle {
    pieces: VecDeque<Bytes>,
    waited: bool,
    /// Whether its end never comes.
    pub(crate) endless: bool,
    /// For as long as there is a second one of these, the body is somewhere.
    pub(crate) alive: Arc<()>,
}

impl Trickle {
    pub(crate) fn is_read(&self) -> bool {
        self.pieces.is_empty()
    }
}

impl From<Bytes> for Trickle {
    fn from(whole: Bytes) -> Self {
        let pieces = whole.chunks(9).map(Bytes::copy_from_slice).collect();
        Self {
            pieces,
            waited: false,
            endless: false,
            alive: Arc::default(),
        }
    }
}

impl Body for Trickle {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.endless && self.is_read() {
            return Poll::Pending;
        }
        self.waited = !self.waited;
        if self.waited {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(self.pieces.pop_front().map(|piece| Ok(Frame::data(piece))))
    }
}

/// A layer that waits until it is ready.
pub(crate) struct Unready;

#[derive(Clone)]
pub(crate) struct UnreadyService<S> {
    inner: S,
    asked: bool,
}

impl<S> Layer<S> for Unready {
    type Service = UnreadyService<S>;

    fn layer(&self, inner: S) -> UnreadyService<S> {
        UnreadyService { inner, asked: false }
    }
}

impl<R, S: Service<R>> Service<R> for UnreadyService<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        if !std::mem::replace(&mut self.asked, true) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: R) -> S::Future {
        assert!(self.asked, "it was called before it was ready");
        self.inner.call(request)
    }
}

/// A handler that waits until it is ready, and twice while it runs; as long as it is told to in between.
#[derive(Clone)]
pub(crate) struct Handler {
    scene: Scene,
    asked: bool,
}

impl Handler {
    pub(crate) fn new(scene: &Scene) -> Self {
        Self {
            scene: scene.clone(),
            asked: false,
        }
    }
}

impl Service<Request<Trickle>> for Handler {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Full<Bytes>>, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        if !std::mem::replace(&mut self.asked, true) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Trickle>) -> Self::Future {
        let scene = self.scene.clone();
        // There is none where the store could not be asked.
        let attempt: Option<Attempt> = request.extensions().get().cloned();
        let proof = request.extensions().get::<Verified>().unwrap();
        let name = proof.id().map_or("", |id| *id.value()).to_owned();
        Box::pin(async move {
            let state = scene.state();
            state.begun.lock().unwrap().push(name.clone());
            let number = attempt.as_ref().map_or(0, Attempt::number);
            state
                .attempts
                .store(usize::try_from(number).unwrap(), Ordering::SeqCst);
            yield_now().await;
            if !state.takes.is_zero() {
                sleep(state.takes).await;
            }
            let fails = scene.is_to_fail(&name);
            yield_now().await;
            state.ended.lock().unwrap().push(name);
            let is_lost = attempt.is_some_and(|attempt| attempt.is_lost());
            state.told.fetch_add(usize::from(is_lost), Ordering::SeqCst);
            let mut answer = Response::new(Full::default());
            if fails {
                *answer.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            }
            Ok(answer)
        })
    }
}
