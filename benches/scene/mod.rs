//! What the benches of the layers share: signed requests, the layers over a handler that does nothing, and the bare hash.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Request, Response};
use http_body_util::Full;
use tower::util::{ServiceFn, service_fn};
use tower::{Layer, Service};
use tower_webhook::provider::{GITHUB, STRIPE, Scheme, Sender};
use tower_webhook::store::MemoryStore;
use tower_webhook::testing::Delivery;
use tower_webhook::{DedupLayer, Secret, VerifyLayer, github, stripe};

pub(crate) type Body = Full<Bytes>;
type Handler = ServiceFn<fn(Request<Body>) -> Ready<Result<Response<Body>, Infallible>>>;

/// Half a kilobyte is a small event, a megabyte the usual limit.
pub(crate) const SIZES: [usize; 6] = [512, 1024, 4096, 16_384, 65_536, 1 << 20];

/// The MACs of the schemes in one block of key, made once.
pub(crate) struct BareHash(Keyed);

#[cfg(not(feature = "aws-lc-rs"))]
type Keyed = hmac::Hmac<sha2::Sha256>;
#[cfg(feature = "aws-lc-rs")]
type Keyed = aws_lc_rs::hmac::Context;

impl BareHash {
    /// The hash of the backend that the crate was built with.
    #[cfg(not(feature = "aws-lc-rs"))]
    pub(crate) fn new() -> Self {
        Self(hmac::KeyInit::new_from_slice(SECRET.as_bytes()).expect("HMAC takes any key"))
    }

    #[cfg(feature = "aws-lc-rs")]
    pub(crate) fn new() -> Self {
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, SECRET.as_bytes());
        Self(Keyed::with_key(&key))
    }

    /// What nobody who verifies can do without: the hash, finished and compared in constant time.
    pub(crate) fn verify(&self, body: &[u8], signature: &[u8; 32]) -> bool {
        let mut mac = self.0.clone();
        mac.update(body);
        self.matches(mac, signature)
    }

    #[cfg(not(feature = "aws-lc-rs"))]
    fn matches(&self, mac: Keyed, signature: &[u8; 32]) -> bool {
        hmac::Mac::verify_slice(mac, signature).is_ok()
    }

    #[cfg(feature = "aws-lc-rs")]
    fn matches(&self, mac: Keyed, signature: &[u8; 32]) -> bool {
        subtle::ConstantTimeEq::ct_eq(mac.sign().as_ref(), &signature[..]).into()
    }
}

#[cfg(not(feature = "aws-lc-rs"))]
use hmac::Mac as _;

/// GitHub as the layers below know it.
pub(crate) fn github_sender() -> Sender {
    github(secret())
}

/// Verification alone, for GitHub: the signature covers the body, id and kind are headers.
pub(crate) fn verify_github() -> impl Layered {
    VerifyLayer::new(github_sender())
        .expect("the secret is usable")
        .layer(handler())
}

/// Verification alone, for Stripe: the time is signed, id and kind are read from the JSON.
pub(crate) fn verify_stripe() -> impl Layered {
    VerifyLayer::new(stripe(secret()))
        .expect("the secret is usable")
        .layer(handler())
}

/// Verification and de-duplication over a memory store.
pub(crate) fn stack_github() -> impl Layered {
    let verify = VerifyLayer::new(github_sender()).expect("the secret is usable");
    (verify, DedupLayer::new(MemoryStore::default())).layer(handler())
}

/// The same for Stripe.
pub(crate) fn stack_stripe() -> impl Layered {
    let verify = VerifyLayer::new(stripe(secret())).expect("the secret is usable");
    (verify, DedupLayer::new(MemoryStore::default())).layer(handler())
}

/// What each of the services above is.
pub(crate) trait Layered:
    Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone
{
}
impl<S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone> Layered for S {}

/// A delivery of an event that never was before, with a body of this size.
pub(crate) fn github_event(size: usize) -> Request<Body> {
    event(GITHUB, document("", size))
}

/// The same from Stripe.
pub(crate) fn stripe_event(size: usize) -> Request<Body> {
    let start = format!(
        r#""id":"evt_{}","object":"event","type":"invoice.paid","livemode":true,"#,
        next()
    );
    event(STRIPE, document(&start, size))
}

/// The same delivery under another id, which GitHub's signature does not cover.
pub(crate) fn under_new_id(known: &Request<Body>) -> Request<Body> {
    let mut request = known.clone();
    let id = format!("72d3162e-cc78-11e3-81ab-{:012}", next());
    request.headers_mut().insert(
        "x-github-delivery",
        HeaderValue::from_str(&id).expect("an id is plain text"),
    );
    request
}

fn event(scheme: Scheme, body: Vec<u8>) -> Request<Body> {
    let length = HeaderValue::from(body.len());
    let mut request = Delivery::new(scheme, body)
        .id("72d3162e-cc78-11e3-81ab-4c9367dc0958")
        .kind("push")
        .sign(&secret())
        .expect("the secret is usable");
    request.headers_mut().insert(CONTENT_LENGTH, length);
    request.map(Full::new)
}

/// A JSON object of exactly this size: some fields, then lines of text as a commit or an invoice has them.
fn document(start: &str, size: usize) -> Vec<u8> {
    let mut text = format!("{{{start}\"lines\":[\"");
    let end = "\"]}";
    while text.len() + LINE.len() + end.len() < size {
        text.push_str(LINE);
    }
    text.extend(std::iter::repeat_n('x', size - text.len() - end.len()));
    text.push_str(end);
    text.into_bytes()
}

fn handler() -> Handler {
    service_fn(|_| ready(Ok(Response::new(Body::default()))))
}

fn secret() -> Secret {
    Secret::new(SECRET).expect("the secret is not empty")
}

fn next() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

const SECRET: &str = "whsec_5WbX5kEWLlfzsGNjH64I8lOOqUB6e8FH";
const LINE: &str = "a line of some sixty characters, as they stand in most events\",\"";
