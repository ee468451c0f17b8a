//! Section K: a panic that takes the process down, as `panic = "abort"` has it.
//!
//! The program itself is the receiver when it is told to be: the same test, with a place for the store in its environment.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use axum::Router;
use axum::routing::post;
use bytes::Bytes;
use http::Request;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tower_webhook::provider::GITHUB;
use tower_webhook::store::{Claim, Held, Lease, Retention, Store, StoreError, Ticket};
use tower_webhook::testing::Delivery;
use tower_webhook::{Attempt, DedupLayer, Fingerprint, Key, VerifyLayer};

use crate::harness::{Answer, secret};
use crate::wire::{answer, head, serve};

const TEST: &str = "k_process::t171_a_process_that_a_panic_ends_leaves_its_event_to_the_lease";
const PLACE: &str = "TOWER_WEBHOOK_T171";
const SERVES: &str = "the receiver serves ";
const LEASE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn t171_a_process_that_a_panic_ends_leaves_its_event_to_the_lease() {
    if let Some(place) = env::var_os(PLACE) {
        return receive(Folder(place.into())).await;
    }
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("t171-{}", std::process::id()));
    fs::create_dir_all(&place).unwrap();
    let folder = Folder(place);

    let mut first = Receiver::start(&folder);
    assert_eq!(first.post().await, None, "who dies answers nothing");
    assert!(!first.process.wait().unwrap().success());
    let second = Receiver::start(&folder);
    assert_eq!(second.post().await.unwrap().status, 503, "the dead one's claim");
    folder.advance(LEASE);
    let run = second.post().await.unwrap();
    assert_eq!((run.status, &run.body[..]), (200, &b"handled"[..]));
    let again = second.post().await.unwrap();
    assert_eq!((again.status, again.body.len()), (200, 0));

    drop(second);
    fs::remove_dir_all(&folder.0).unwrap();
}

/// Both layers over a handler whose first attempt panics, in a process that does not outlive a panic.
async fn receive(folder: Folder) {
    std::panic::set_hook(Box::new(|_| std::process::abort()));
    let handler = post(async |attempt: Attempt| {
        assert_ne!(attempt.number(), 1, "the first attempt panics");
        "handled"
    });
    let layers = (
        VerifyLayer::new(tower_webhook::github(secret())).unwrap(),
        DedupLayer::new(folder).lease(LEASE).unwrap(),
    );
    let address = serve(Router::new().route("/", handler.layer(layers))).await;
    println!("{SERVES}{address}");
    std::future::pending::<()>().await;
}

struct Receiver {
    process: Child,
    address: SocketAddr,
}

impl Receiver {
    fn start(folder: &Folder) -> Self {
        let mut process = Command::new(env::current_exe().unwrap())
            .args([TEST, "--exact", "--nocapture"])
            .env(PLACE, &folder.0)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let address = lines.find_map(|line| line.unwrap().split_once(SERVES)?.1.parse().ok());
        Self {
            process,
            address: address.expect("the receiver says where it serves"),
        }
    }

    /// Posts the one delivery; `None` when the connection ends without an answer.
    async fn post(&self) -> Option<Answer> {
        let delivery = Delivery::new(GITHUB, "{}").kind("push").id("1");
        let request: Request<Bytes> = delivery.sign(&secret()).unwrap();
        let length = format!("content-length: {}\r\n\r\n", request.body().len());
        let mut socket = TcpStream::connect(self.address).await.unwrap();
        let bytes = [&head(&request)[..], length.as_bytes(), request.body()].concat();
        socket.write_all(&bytes).await.unwrap();
        answer(&mut socket).await
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        // One that has ended on its own can't be killed, and needn't.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// A store in a folder, for one process at a time: a file for each key, and one for the time.
#[derive(Clone)]
struct Folder(PathBuf);

impl Folder {
    fn now(&self) -> u64 {
        let text = fs::read_to_string(self.0.join("now")).unwrap_or_default();
        text.parse().unwrap_or_default()
    }

    fn advance(&self, by: Duration) {
        let now = self.now() + by.as_secs();
        fs::write(self.0.join("now"), now.to_string()).unwrap();
    }

    /// The attempt of this record, and when its lease ends; `None` when it is done.
    fn read(&self, key: &Key) -> Option<(u32, Option<u64>)> {
        let text = fs::read_to_string(self.0.join(key.to_string())).ok()?;
        let (attempt, until) = text.split_once(' ')?;
        Some((attempt.parse().unwrap(), until.parse().ok()))
    }

    fn write(&self, key: &Key, attempt: u32, until: &str) {
        fs::write(self.0.join(key.to_string()), format!("{attempt} {until}")).unwrap();
    }

    /// Writes the record anew for whoever still holds it.
    fn settle(&self, ticket: &Ticket, until: &str) -> Held {
        match self.read(ticket.key()) {
            Some((attempt, Some(_))) if attempt == ticket.attempt() => {
                self.write(ticket.key(), attempt, until);
                Held::Yes
            }
            _ => Held::Lost,
        }
    }
}

impl Store for Folder {
    async fn claim(
        &self,
        key: &Key,
        _: &Fingerprint,
        lease: Lease,
        _: Retention,
    ) -> Result<Claim, StoreError> {
        let now = self.now();
        let attempt = match self.read(key) {
            Some((_, None)) => return Ok(Claim::Done),
            Some((_, Some(until))) if until > now => {
                let retry_after = Duration::from_secs(until - now);
                return Ok(Claim::InFlight { retry_after });
            }
            Some((attempt, Some(_))) => attempt + 1,
            None => 1,
        };
        self.write(key, attempt, &(now + lease.duration().as_secs()).to_string());
        Ok(Claim::Won(Ticket::new(*key, attempt.into(), attempt)))
    }

    async fn renew(&self, ticket: &Ticket, lease: Lease) -> Result<Held, StoreError> {
        let until = self.now() + lease.duration().as_secs();
        Ok(self.settle(ticket, &until.to_string()))
    }

    async fn complete(&self, ticket: &Ticket, _: Retention) -> Result<Held, StoreError> {
        Ok(self.settle(ticket, "done"))
    }

    async fn release(&self, ticket: &Ticket) -> Result<Held, StoreError> {
        Ok(self.settle(ticket, "0"))
    }

    async fn forget(&self, key: &Key) -> Result<bool, StoreError> {
        Ok(fs::remove_file(self.0.join(key.to_string())).is_ok())
    }
}
