//! What a delivery makes the layers allocate: nothing that a sender can inflate before it has proven itself.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::cell::Cell;
use std::convert::Infallible;
use std::future::{Future, Ready, poll_fn, ready};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use allocation_counter::{AllocationInfo, measure};
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HeaderName};
use http::{HeaderValue, Request, Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use tokio::runtime::Builder;
use tower::util::{ServiceFn, service_fn};
use tower::{Layer, Service};
use tower_webhook::provider::GITHUB;
use tower_webhook::store::MemoryStore;
use tower_webhook::testing::Delivery;
use tower_webhook::{DedupLayer, Secret, Verified, VerifyLayer, github};

#[test]
fn a_refusal_on_the_head_allocates_the_same_for_any_request() {
    let small = refused(unsigned(Pieces::declared(1024)));
    let long_body = refused(unsigned(Pieces::declared(20 << 20)));
    let mut many_headers = unsigned(Pieces::declared(1024));
    for number in 0..500 {
        let name = HeaderName::try_from(format!("x-header-{number}")).unwrap();
        let value = HeaderValue::try_from("v".repeat(1000)).unwrap();
        many_headers.headers_mut().insert(name, value);
    }
    assert_eq!(taken(small), taken(long_body));
    assert_eq!(taken(small), taken(refused(many_headers)));
    assert!(small.bytes_total < SMALL, "{small:?}");
}

#[test]
fn t100_a_declared_length_allocates_nothing() {
    let small = refused(signed(Pieces::declared(1 << 20)));
    let huge = refused(signed(Pieces::declared(1_000_000_000_000)));
    // The first is read and comes to its end too soon to match; the second is refused as it is.
    assert!(small.bytes_max < SMALL, "{small:?}");
    assert!(huge.bytes_max < SMALL, "{huge:?}");
}

#[test]
fn t099_a_body_in_pieces_is_joined_in_twice_its_size() {
    for size in [50_000, MIB, 2 * MIB + 1] {
        for piece in [1, 1000, 12_000, 32 << 10] {
            let peak = peak(size, piece);
            assert!(peak <= 2 * size + SLACK, "{size} in pieces of {piece}: {peak}");
        }
    }
}

#[test]
fn a_body_in_flight_takes_little_more_than_its_size() {
    for piece in [1, 1000, 12_000, 64 << 10] {
        let held = held_in_flight(MIB, piece);
        assert!(100 * held <= 115 * MIB, "pieces of {piece}: {held}");
    }
}

#[test]
fn a_body_in_one_piece_is_not_copied() {
    let body = Bytes::from(vec![b'x'; MIB]);
    let sent = body.as_ptr() as usize;
    let handler = service_fn(move |request: Request<Pieces>| {
        let verified = request.extensions().get::<Verified>().unwrap();
        assert_eq!(verified.body().as_ptr() as usize, sent);
        ready(Ok::<_, Infallible>(Response::new(Pieces::default())))
    });
    let request = Delivery::new(GITHUB, body)
        .sign(&secret())
        .unwrap()
        .map(Pieces::from);
    let (status, used) = serve(&mut verify().layer(handler), request);
    assert_eq!(status, StatusCode::OK);
    assert!(used.bytes_max < SMALL, "{used:?}");
}

/// The bound is what an event takes now; whoever adds an allocation sees it here.
#[test]
fn an_accepted_event_allocates_a_known_number_of_times() {
    let mut service = (verify(), DedupLayer::new(MemoryStore::default())).layer(handler());
    let mut used = AllocationInfo::default();
    for number in 0..2 * EVENTS {
        let request = event(number);
        let (status, one) = serve(&mut service, request);
        assert_eq!(status, StatusCode::OK);
        if number >= EVENTS {
            used += one;
        }
    }
    let tenths = used.count_total * 10 / EVENTS;
    println!(
        "{}.{} allocations, {} bytes an event",
        tenths / 10,
        tenths % 10,
        used.bytes_total / EVENTS
    );
    // A future for each layer; the proof and its place in the extensions; the same for the attempt; and now and then the store
    // grows. The `metrics` facade takes one for the labels of each of two counters. What AWS-LC takes in C is not seen here.
    let most = if cfg!(feature = "metrics") { 80 } else { 60 };
    assert!(tenths <= most + 1, "{tenths} tenths");
}

/// What was allocated; what was freed of the request's own doesn't count.
fn taken(used: AllocationInfo) -> (u64, u64, u64) {
    (used.count_total, used.bytes_total, used.bytes_max)
}

fn refused(request: Request<Pieces>) -> AllocationInfo {
    let (status, used) = serve(&mut verify().layer(handler()), request);
    assert!(status.is_client_error());
    used
}

/// The most that is held at once while a body of this size comes in pieces of that, the piece at hand included.
fn peak(size: usize, piece: usize) -> usize {
    let request = signed(Pieces::new(Bytes::from(vec![b'x'; size]), piece));
    let (status, used) = serve(&mut verify().layer(handler()), request);
    assert_eq!(status, StatusCode::OK);
    usize::try_from(used.bytes_max).unwrap()
}

/// What is held when all of a body has come in such pieces, except its end.
fn held_in_flight(size: usize, piece: usize) -> usize {
    let sent = Bytes::from(vec![b'x'; size]);
    let body = Pieces::new(sent.clone(), piece);
    let request = signed(body).map(|body| Pieces { stalls: true, ..body });
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    let mut service = verify().layer(handler());
    let mut steps = None;
    let used = measure(|| {
        runtime.block_on(async {
            let mut call = Box::pin(service.call(request));
            // A task yields now and then while a body comes in many pieces.
            poll_fn(|context| match call.as_mut().poll(context) {
                Poll::Pending if STALLED.take() => Poll::Ready(()),
                other => other.map(|_| unreachable!("the body has no end")),
            })
            .await;
            steps = Some(call);
        });
    });
    // Were it freed while it is counted, the layer would seem to hold a body less.
    drop(sent);
    usize::try_from(used.bytes_current).unwrap()
}

fn serve<S>(service: &mut S, request: Request<Pieces>) -> (StatusCode, AllocationInfo)
where
    S: Service<Request<Pieces>, Response = Response<Pieces>, Error = Infallible>,
{
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    let mut status = None;
    let used = measure(|| status = Some(runtime.block_on(service.call(request)).unwrap().status()));
    (status.unwrap(), used)
}

fn event(number: u64) -> Request<Pieces> {
    let delivery = Delivery::new(GITHUB, vec![b'x'; 1024]).id(format!("event-{number}"));
    let mut request = delivery.sign(&secret()).unwrap().map(Pieces::from);
    // As a server hands it over: with its length, and with room in its extensions.
    request
        .headers_mut()
        .insert(CONTENT_LENGTH, HeaderValue::from(1024));
    request.extensions_mut().insert(());
    request
}

fn signed(body: Pieces) -> Request<Pieces> {
    Delivery::new(GITHUB, body.bytes.clone())
        .sign(&secret())
        .unwrap()
        .map(|_| body)
}

fn unsigned(body: Pieces) -> Request<Pieces> {
    let mut request = signed(body);
    request.headers_mut().remove("x-hub-signature-256");
    request
}

fn verify() -> VerifyLayer {
    // No machine is so slow that a body ends for its time.
    let patience = Duration::from_secs(600);
    VerifyLayer::new(github(secret()))
        .unwrap()
        .deadline(patience)
        .unwrap()
}

fn secret() -> Secret {
    Secret::new("a long random webhook secret").unwrap()
}

type Handler = ServiceFn<fn(Request<Pieces>) -> Ready<Result<Response<Pieces>, Infallible>>>;

fn handler() -> Handler {
    service_fn(|_| ready(Ok(Response::new(Pieces::default()))))
}

/// A body that comes in pieces, each with memory of its own, and declares what it likes.
#[derive(Default)]
struct Pieces {
    bytes: Bytes,
    piece: usize,
    declared: u64,
    /// Never says that it has ended.
    stalls: bool,
}

thread_local! {
    /// Whether a body has nothing more to give.
    static STALLED: Cell<bool> = const { Cell::new(false) };
}

impl Pieces {
    fn new(bytes: Bytes, piece: usize) -> Self {
        Self {
            bytes,
            piece,
            declared: 0,
            stalls: false,
        }
    }

    /// No body at all, but this length.
    fn declared(length: u64) -> Self {
        Self {
            declared: length,
            ..Self::default()
        }
    }
}

impl From<Bytes> for Pieces {
    fn from(bytes: Bytes) -> Self {
        Self::new(bytes, usize::MAX)
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.stalls && self.bytes.is_empty() {
            STALLED.set(true);
            return Poll::Pending;
        }
        let next = self.piece.min(self.bytes.len());
        let piece = self.bytes.split_to(next);
        let piece = match self.piece {
            usize::MAX => piece,
            _ => Bytes::copy_from_slice(&piece),
        };
        Poll::Ready((!piece.is_empty()).then(|| Ok(Frame::data(piece))))
    }

    fn size_hint(&self) -> SizeHint {
        let mut hint = SizeHint::new();
        hint.set_lower(self.declared);
        hint
    }
}

const MIB: usize = 1 << 20;
/// The piece at hand and what the layers take for any delivery.
const SLACK: usize = 64 << 10;
const SMALL: u64 = 8 << 10;
const EVENTS: u64 = 4096;
