//! A key source that has nothing and notes what it is asked for, behind the providers that ask.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use tokio::runtime::{Builder, Runtime};
use tower::{Layer, ServiceExt, service_fn};

use tower_webhook::key_source::{KeySource, KeyUrl};
use tower_webhook::provider::Provider;
use tower_webhook::testing::ManualClock;
use tower_webhook::{BoxError, VerifyLayer};

use crate::body::Frames;
use crate::memory::peak_of;
use crate::sender::NOW;

/// Notes each URL that it is asked for, and has none of the documents.
#[derive(Clone, Default)]
pub struct Asked(Arc<Mutex<Vec<String>>>);

impl KeySource for Asked {
    async fn fetch(&self, url: &KeyUrl) -> Result<Bytes, BoxError> {
        self.0.lock().expect("nobody panicked").push(url.as_str().into());
        Err("it has none".into())
    }
}

impl Asked {
    pub fn urls(&self) -> Vec<String> {
        self.0.lock().expect("nobody panicked").clone()
    }
}

/// The status that this provider's layer answers the request with. Nobody can have signed it, so no handler is behind it.
pub fn status(provider: impl Provider, request: Request<Frames>) -> StatusCode {
    let layer = VerifyLayer::new(provider).expect("a sound provider");
    let handler = service_fn(|_: Request<Frames>| async {
        unreachable!("an unproven delivery reached the handler");
        #[allow(unreachable_code, reason = "it gives the handler its type")]
        Ok::<Response<Frames>, Infallible>(Response::default())
    });
    let service = layer.clock(ManualClock::at_unix(NOW)).layer(handler);
    let heads = request
        .headers()
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len());
    let size = heads.sum::<usize>() + request.body().len();
    let answer = |runtime: &Runtime| peak_of(|| runtime.block_on(service.oneshot(request)));
    let (answered, peak) = RUNTIME.with(answer);
    // A text with escapes is decoded once, in a buffer that doubles; beside that there are the futures and the keys' shelf.
    let allowed = 4 * size + 16 * 1024;
    assert!(
        peak <= allowed,
        "{size} bytes cost {peak} bytes of memory, more than {allowed}"
    );
    answered.unwrap_or_else(|never| match never {}).status()
}

thread_local! {
    static RUNTIME: Runtime = Builder::new_current_thread().enable_time().build().expect("a runtime");
}
