//! A TCP proxy between a client and its server, with faults that a test sets and clears.
//!
//! ```no_run
//! # async fn test(server: tower_webhook_testkit::server::Server) {
//! use tower_webhook_testkit::proxy::{Fault, Proxy};
//!
//! let proxy = Proxy::to(server.addr()).await;
//! let url = server.url_through(proxy.addr());
//! // … connect to `url` …
//! proxy.set(Fault::CutAfterRequest);
//! // … each request is carried out, and its answer is lost …
//! proxy.set(Fault::None);
//! # }
//! ```

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// What happens to the bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: they pass.
    #[default]
    None,
    /// What the client sends arrives this much later.
    Delay(Duration),
    /// The connection is reset before the request reaches the server.
    Reset,
    /// Both ends stay connected and no byte passes, as when a host between them has vanished. What the connection swallowed is
    /// gone: when the fault is cleared, it is reset by the next byte, as the vanished host would when it is back.
    HalfOpen,
    /// The request reaches the server and is carried out; the connection is reset before its answer reaches the client.
    CutAfterRequest,
    /// Connections are reset, and new ones pass nothing for this long.
    SlowAccept(Duration),
}

/// A fault, and which one it is of those that were set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Setting {
    fault: Fault,
    number: u64,
}

/// A running proxy; it ends when it is dropped.
#[derive(Debug)]
pub struct Proxy {
    addr: SocketAddr,
    fault: watch::Sender<Setting>,
    strikes: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Starts a proxy to this server, without a fault.
    ///
    /// # Panics
    ///
    /// When the machine has no free port.
    pub async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("the machine has a free port");
        let addr = listener.local_addr().expect("a listener has an address");
        let (fault, faults) = watch::channel(Setting::default());
        let strikes = Arc::new(AtomicU64::new(0));
        let task = tokio::spawn(accept(listener, server, faults, Arc::clone(&strikes)));
        Self {
            addr,
            fault,
            strikes,
            task,
        }
    }

    /// Where clients find it.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Sets the fault for each connection there is and will be.
    pub fn set(&self, fault: Fault) {
        self.fault.send_modify(|setting| {
            setting.fault = fault;
            setting.number += 1;
        });
    }

    /// How often a fault has struck since the last call; a test can tell by it that its fault took place.
    #[must_use]
    pub fn take_strikes(&self) -> u64 {
        self.strikes.swap(0, Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(
    listener: TcpListener,
    server: SocketAddr,
    faults: watch::Receiver<Setting>,
    strikes: Arc<AtomicU64>,
) {
    while let Ok((client, _)) = listener.accept().await {
        let link = Link {
            faults: faults.clone(),
            strikes: Arc::clone(&strikes),
        };
        // A connection that fails is closed, which is all that its client needs to see.
        tokio::spawn(async move { drop(link.serve(client, server).await) });
    }
}

/// One connection.
struct Link {
    faults: watch::Receiver<Setting>,
    strikes: Arc<AtomicU64>,
}

impl Link {
    async fn serve(mut self, mut client: TcpStream, server: SocketAddr) -> io::Result<()> {
        // The fault that a connection was accepted under has struck it and does no more.
        let accepted = *self.faults.borrow_and_update();
        if let Fault::SlowAccept(pause) = accepted.fault {
            self.strike();
            sleep(pause).await;
        }
        let Ok(mut server) = TcpStream::connect(server).await else {
            return client.set_zero_linger();
        };
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let (mut up, mut down) = ([0; 16 * 1024], [0; 16 * 1024]);
        // Whether the server's next bytes are an answer that must not arrive.
        let mut cut = false;
        loop {
            tokio::select! {
                read = client.read(&mut up) => {
                    let read = read?;
                    if read == 0 {
                        return Ok(());
                    }
                    match self.fault() {
                        Fault::None => {}
                        Fault::SlowAccept(_) if self.is(accepted) => {}
                        Fault::Delay(pause) => {
                            self.strike();
                            sleep(pause).await;
                        }
                        Fault::Reset | Fault::SlowAccept(_) => {
                            self.strike();
                            return client.set_zero_linger();
                        }
                        Fault::HalfOpen => return self.swallow(client, server).await,
                        Fault::CutAfterRequest => cut = true,
                    }
                    server.write_all(&up[..read]).await?;
                }
                read = server.read(&mut down) => {
                    let read = read?;
                    if read == 0 {
                        return Ok(());
                    }
                    if self.fault() == Fault::HalfOpen {
                        return self.swallow(client, server).await;
                    }
                    if cut {
                        self.strike();
                        return client.set_zero_linger();
                    }
                    client.write_all(&down[..read]).await?;
                }
                changed = self.faults.changed() => {
                    if changed.is_err() {
                        return Ok(());
                    }
                    if matches!(self.fault(), Fault::SlowAccept(_)) && !self.is(accepted) {
                        self.strike();
                        return client.set_zero_linger();
                    }
                }
            }
        }
    }

    /// Reads and drops what the client sends for as long as the fault lasts, then resets the connection.
    async fn swallow(mut self, mut client: TcpStream, server: TcpStream) -> io::Result<()> {
        self.strike();
        let mut dropped = [0; 16 * 1024];
        loop {
            tokio::select! {
                read = client.read(&mut dropped) => {
                    if read? == 0 {
                        return Ok(());
                    }
                    if self.fault() != Fault::HalfOpen {
                        drop(server);
                        return client.set_zero_linger();
                    }
                }
                changed = self.faults.changed() => {
                    if changed.is_err() {
                        return Ok(());
                    }
                }
            }
        }
    }

    fn fault(&self) -> Fault {
        self.faults.borrow().fault
    }

    fn is(&self, setting: Setting) -> bool {
        *self.faults.borrow() == setting
    }

    fn strike(&self) {
        self.strikes.fetch_add(1, Ordering::SeqCst);
    }
}
