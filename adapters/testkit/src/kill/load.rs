//! The senders: each event several times, out of order, until each delivery has had its 2xx.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::Uri;
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::receiver::delivery;

pub(super) struct Load {
    shared: Arc<Shared>,
    senders: JoinSet<()>,
}

struct Shared {
    /// Deliveries that have had no 2xx yet and that no sender holds.
    waiting: Mutex<Vec<u64>>,
    acknowledged: Mutex<Vec<u64>>,
    next: AtomicU64,
    /// Whether there are no new events any more.
    is_over: AtomicBool,
    target: watch::Sender<Option<SocketAddr>>,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Load {
    pub(super) fn start() -> Self {
        let shared = Arc::new(Shared {
            waiting: Mutex::default(),
            acknowledged: Mutex::default(),
            next: AtomicU64::new(0),
            is_over: AtomicBool::new(false),
            target: watch::Sender::new(None),
            client: Client::builder(TokioExecutor::new()).build_http(),
        });
        let mut senders = JoinSet::new();
        for _ in 0..SENDERS {
            senders.spawn(send(Arc::clone(&shared)));
        }
        Self { shared, senders }
    }

    pub(super) fn send_to(&self, addr: SocketAddr) {
        self.shared.target.send_replace(Some(addr));
    }

    /// Sends nothing new, waits until each delivery has had its 2xx, and gives the events.
    pub(super) async fn finish(self) -> Vec<u64> {
        self.shared.is_over.store(true, Ordering::SeqCst);
        let ended = timeout(PATIENCE, self.senders.join_all()).await;
        assert!(ended.is_ok(), "some deliveries were refused for ever");
        let mut events = std::mem::take(&mut *lock(&self.shared.acknowledged));
        events.sort_unstable();
        events.dedup();
        let sent = self.shared.next.load(Ordering::SeqCst);
        assert_eq!(events.len() as u64, sent, "each event sent was acknowledged");
        events
    }
}

async fn send(shared: Arc<Shared>) {
    while let Some(event) = shared.next_delivery() {
        if shared.deliver(event).await {
            lock(&shared.acknowledged).push(event);
        } else {
            lock(&shared.waiting).push(event);
            sleep(PAUSE).await;
        }
    }
}

impl Shared {
    /// Any of the deliveries that wait; new ones are written while there may be.
    fn next_delivery(&self) -> Option<u64> {
        let mut waiting = lock(&self.waiting);
        if waiting.len() < WAITING && !self.is_over.load(Ordering::SeqCst) {
            let event = self.next.fetch_add(1, Ordering::SeqCst);
            waiting.extend([event; COPIES]);
        }
        let count = waiting.len();
        (count > 0).then(|| waiting.swap_remove(fastrand::usize(..count)))
    }

    /// Whether the delivery had its 2xx.
    async fn deliver(&self, event: u64) -> bool {
        let mut target = self.target.subscribe();
        let addr = target.wait_for(Option::is_some).await.ok().and_then(|addr| *addr);
        let uri = addr.and_then(|addr| format!("http://{addr}/").parse::<Uri>().ok());
        let mut request = delivery(event).map(Full::new);
        *request.uri_mut() = uri.expect("a receiver says its address");
        let answer = timeout(ANSWER, self.client.request(request)).await;
        matches!(answer, Ok(Ok(response)) if response.status().is_success())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

const SENDERS: usize = 8;
/// How often each event is delivered at least.
const COPIES: usize = 3;
/// Among so many deliveries the next is chosen: that is how far out of order they come.
const WAITING: usize = 64;
const PAUSE: Duration = Duration::from_millis(20);
/// After which a sender gives an answer up, as real ones do.
const ANSWER: Duration = Duration::from_secs(10);
const PATIENCE: Duration = Duration::from_secs(120);
