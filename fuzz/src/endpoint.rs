//! An endpoint with both layers, whose handler and store note what reaches them.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use tokio::runtime::{Builder, Runtime};
use tower::{Layer, ServiceExt, service_fn};

use tower_webhook::provider::{self, Provider, Scheme};
use tower_webhook::testing::ManualClock;
use tower_webhook::{Attempt, DedupLayer, Key, Reason, RefusalClass, Rejection, Verified, VerifyLayer};

use crate::body::Frames;
use crate::memory::{allowance, peak_of};
use crate::sender::{NOW, secrets};
use crate::spy::Spy;

/// Both layers in front of a handler that answers 200.
pub struct Endpoint {
    layers: (VerifyLayer, DedupLayer),
    clock: ManualClock,
    spy: Spy,
    handled: Handled,
}

type Handled = Arc<Mutex<Vec<(Verified, Bytes, Key)>>>;

/// What became of a request.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub body: Bytes,
    pub reason: Option<Reason>,
}

impl Answer {
    /// Whether it is the answer to all whose sender is not proven.
    pub fn is_unproven(&self) -> bool {
        self.status == StatusCode::UNAUTHORIZED
            && self.body.is_empty()
            && self.reason.map(Reason::class) == Some(RefusalClass::Unauthenticated)
    }
}

impl Endpoint {
    /// An endpoint for this sender, at [`NOW`].
    pub fn new(scheme: Scheme) -> Self {
        Self::of(provider::Sender::new(scheme, secrets()))
    }

    /// An endpoint for this sender with secrets of its own, at [`NOW`].
    pub fn of(sender: impl Provider) -> Self {
        let (clock, spy) = (ManualClock::at_unix(NOW), Spy::default());
        let verify = VerifyLayer::new(sender).expect("a sound description");
        let layers = (verify.clock(clock.clone()), DedupLayer::new(spy.clone()));
        Self {
            layers,
            clock,
            spy,
            handled: Handled::default(),
        }
    }

    pub fn clock(&self) -> &ManualClock {
        &self.clock
    }

    pub fn spy(&self) -> &Spy {
        &self.spy
    }

    /// What the handler was given so far: the proof, the bytes, the key.
    pub fn handled(&self) -> Vec<(Verified, Bytes, Key)> {
        self.handled.lock().expect("nobody panicked").clone()
    }

    /// Delivers the request, and holds the layers to the memory that it may cost.
    pub fn deliver(&self, request: Request<Frames>) -> Answer {
        let heads = request
            .headers()
            .iter()
            .map(|(name, value)| name.as_str().len() + value.len());
        let size = heads.sum::<usize>() + request.body().len();
        let (answer, peak) = RUNTIME.with(|runtime| peak_of(|| runtime.block_on(self.answer(request))));
        let allowed = allowance(size);
        assert!(
            peak <= allowed,
            "{size} bytes cost {peak} bytes of memory, more than {allowed}"
        );
        answer
    }

    async fn answer(&self, request: Request<Frames>) -> Answer {
        let handled = Arc::clone(&self.handled);
        let handler = service_fn(move |request: Request<Frames>| {
            let handled = Arc::clone(&handled);
            async move {
                let (head, body) = request.into_parts();
                let proof = head.extensions.get::<Verified>().cloned().expect("a proof");
                let key = *head.extensions.get::<Attempt>().expect("an attempt").key();
                let body = body.collect().await.expect("a whole body").to_bytes();
                handled.lock().expect("nobody panicked").push((proof, body, key));
                Ok::<_, Infallible>(Response::new(Frames::default()))
            }
        });
        let response = self.layers.layer(handler).oneshot(request).await;
        let (head, body) = response.unwrap_or_else(|never| match never {}).into_parts();
        let reason = head.extensions.get::<Rejection>().map(Rejection::reason);
        let body = body.collect().await.expect("a whole body").to_bytes();
        Answer {
            status: head.status,
            body,
            reason,
        }
    }

    /// Holds the endpoint to having let nothing through.
    pub fn assert_untouched(&self) {
        assert_eq!(
            self.handled().len(),
            0,
            "an unproven delivery reached the handler"
        );
        assert_eq!(self.spy.verbs(), 0, "an unproven delivery reached the store");
    }
}

thread_local! {
    static RUNTIME: Runtime = Builder::new_current_thread().enable_time().build().expect("a runtime");
}
