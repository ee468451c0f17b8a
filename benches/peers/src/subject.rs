//! The verifiers: this library's layer, and what its peers offer for the same senders.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use slack_morphism::SlackSigningSecret;
use slack_morphism::signature_verifier::SlackEventSignatureVerifier;
use tower::util::{ServiceFn, service_fn};
use tower::{Layer, Service};
use tower_webhook::provider::{GITHUB, SLACK, STANDARD_WEBHOOKS, Scheme};
use tower_webhook::testing::Delivery;
use tower_webhook::{Secret, VerifyLayer};
use webhook_verify::{Provider, Secret as TheirSecret};

/// One way to verify, and how long so many verifications take.
pub(crate) struct Subject {
    pub(crate) name: &'static str,
    pub(crate) verify: Box<dyn FnMut(usize) -> Duration>,
}

impl Subject {
    pub(crate) fn new(name: &'static str, verify: impl FnMut(usize) -> Duration + 'static) -> Self {
        let verify = Box::new(verify);
        Self { name, verify }
    }
}

type Body = Full<Bytes>;
type Handler = ServiceFn<fn(Request<Body>) -> Ready<Result<Response<Body>, Infallible>>>;

pub(crate) const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

/// This library and its peers, for the senders that both know.
pub(crate) fn subjects(size: usize) -> Vec<Subject> {
    vec![
        layered("GitHub: this library's layer", ours(GITHUB), signed(GITHUB, size)),
        layered(
            "GitHub: `webhook-verify`'s layer",
            webhook_verify(),
            signed(GITHUB, size),
        ),
        layered(
            "Standard Webhooks: this library's layer",
            ours(STANDARD_WEBHOOKS),
            signed(STANDARD_WEBHOOKS, size),
        ),
        standardwebhooks(signed(STANDARD_WEBHOOKS, size)),
        svix(signed(STANDARD_WEBHOOKS, size)),
        layered("Slack: this library's layer", ours(SLACK), signed(SLACK, size)),
        slack_morphism(signed(SLACK, size)),
    ]
}

pub(crate) fn body(size: usize) -> Vec<u8> {
    let (start, end) = (br#"{"type":"event_callback","text":""#, br#""}"#);
    let mut text = start.to_vec();
    text.resize(size - end.len(), b'x');
    text.extend_from_slice(end);
    text
}

fn signed(scheme: Scheme, size: usize) -> Request<Bytes> {
    let delivery = Delivery::new(scheme, body(size)).id("msg_1").kind("push");
    let signed = delivery.sign(&Secret::new(SECRET).expect("a secret"));
    signed.expect("a delivery is signed")
}

fn ours(scheme: Scheme) -> impl Service<Request<Body>, Response = Response<Body>, Error: std::fmt::Debug> {
    let secret = Secret::new(SECRET).expect("a secret");
    let layer = VerifyLayer::new(scheme.with(secret)).expect("the sender is described");
    layer.layer(handler())
}

fn webhook_verify() -> impl Service<Request<Body>, Response = Response<Body>, Error: std::fmt::Debug> {
    let secret = TheirSecret::new(SECRET);
    webhook_verify::tower::VerifyLayer::<Body>::new(Provider::GitHub, secret).layer(handler())
}

fn handler() -> Handler {
    service_fn(|_| ready(Ok(Response::new(Body::default()))))
}

/// A layer around a handler that does nothing, called with requests that were made before.
fn layered<S>(name: &'static str, mut service: S, request: Request<Bytes>) -> Subject
where
    S: Service<Request<Body>, Response = Response<Body>, Error: std::fmt::Debug> + 'static,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    let runtime = runtime.expect("a runtime starts");
    Subject::new(name, move |times| {
        let requests: Vec<_> = (0..times).map(|_| request.clone().map(Full::new)).collect();
        runtime.block_on(async {
            let start = Instant::now();
            for request in requests {
                let answer = service.call(request).await.expect("the handler doesn't fail");
                assert!(answer.status().is_success(), "a good delivery was refused");
            }
            start.elapsed()
        })
    })
}

/// A function that is given the headers and the body.
fn called(name: &'static str, verify: impl Fn() -> bool + 'static) -> Subject {
    Subject::new(name, move |times| {
        let start = Instant::now();
        for _ in 0..times {
            assert!(verify(), "a good delivery was refused");
        }
        start.elapsed()
    })
}

fn standardwebhooks(request: Request<Bytes>) -> Subject {
    let webhook = standardwebhooks::Webhook::new(SECRET).expect("a secret");
    called("Standard Webhooks: `standardwebhooks`", move || {
        webhook.verify(request.body(), request.headers()).is_ok()
    })
}

fn svix(request: Request<Bytes>) -> Subject {
    let webhook = svix::webhooks::Webhook::new(SECRET).expect("a secret");
    called("Standard Webhooks: `svix`", move || {
        webhook.verify(request.body(), request.headers()).is_ok()
    })
}

fn slack_morphism(request: Request<Bytes>) -> Subject {
    let verifier = SlackEventSignatureVerifier::new(&SlackSigningSecret::from(SECRET.to_owned()));
    let header = |name: &str| {
        let value = request.headers().get(name).expect("a signed delivery has it");
        value.to_str().expect("it is text").to_owned()
    };
    let hash = header(SlackEventSignatureVerifier::SLACK_SIGNED_HASH_HEADER);
    let time = header(SlackEventSignatureVerifier::SLACK_SIGNED_TIMESTAMP);
    let text = String::from_utf8(request.into_body().to_vec()).expect("the body is text");
    called("Slack: `slack-morphism`", move || {
        verifier.verify(&hash, &text, &time).is_ok()
    })
}
