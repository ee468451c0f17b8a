//! A fault that begins and ends: on the wire, or by the death of the server.

use std::fmt;
use std::net::SocketAddr;

use tokio::sync::Mutex;

use crate::proxy::{Fault, Proxy};
use crate::server::Server;

pub(super) struct Trouble {
    addr: SocketAddr,
    kind: Kind,
}

enum Kind {
    Wire { proxy: Proxy, fault: Fault },
    Server(Mutex<Server>),
}

impl Trouble {
    pub(super) async fn on_the_wire(server: SocketAddr, fault: Fault) -> Self {
        let proxy = Proxy::to(server).await;
        Self {
            addr: proxy.addr(),
            kind: Kind::Wire { proxy, fault },
        }
    }

    pub(super) fn of_the_server(server: Server) -> Self {
        Self {
            addr: server.addr(),
            kind: Kind::Server(Mutex::new(server)),
        }
    }

    pub(super) fn addr(&self) -> SocketAddr {
        self.addr
    }

    pub(super) async fn begin(&self) {
        match &self.kind {
            Kind::Wire { proxy, fault } => proxy.set(*fault),
            Kind::Server(server) => server.lock().await.kill(),
        }
    }

    /// Ends the fault, which must have struck.
    pub(super) async fn end(&self) {
        match &self.kind {
            Kind::Wire { proxy, .. } => {
                proxy.set(Fault::None);
                assert!(
                    proxy.take_strikes() > 0,
                    "{self}: the fault met no byte, so that nothing is proven"
                );
            }
            Kind::Server(server) => {
                let mut server = server.lock().await;
                // It waits for the server.
                tokio::task::block_in_place(|| server.start());
            }
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Wire { fault, .. } => write!(f, "{fault:?}"),
            Kind::Server(_) => f.write_str("a restart of the server"),
        }
    }
}
