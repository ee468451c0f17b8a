//! Private servers: each on a free port in a temporary directory, gone when its handle is.
//!
//! ```no_run
//! use tower_webhook_testkit::server::Server;
//!
//! let Some(mut server) = Server::redis(&[]) else {
//!     return; // said on stderr; with REQUIRE_SERVERS=1 the test has failed by now
//! };
//! println!("{}", server.url());
//! server.restart(); // SIGKILL, then the same data on the same port
//! ```
//!
//! A server also ends when the test program is killed: a watchdog holds the other end of a pipe to it.

pub(crate) mod binary;
mod mariadb;
mod postgres;
mod redis;
mod user;
mod watchdog;

use std::fmt;
use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use user::User;
use watchdog::Watchdog;

/// What differs from one engine to the next.
trait Engine: Send + Sync {
    fn name(&self) -> &'static str;

    /// Makes the data directory, once.
    fn prepare(&self, home: &Path, user: User);

    /// The command that runs the server in the foreground.
    fn command(&self, home: &Path, port: u16) -> Command;

    /// Whether the server takes commands.
    fn is_ready(&self, addr: SocketAddr) -> bool;

    /// Where clients find it, by way of this address.
    fn url(&self, addr: SocketAddr) -> String;

    /// Whether the server refuses to run as root.
    fn refuses_root(&self) -> bool {
        false
    }
}

/// A running server.
pub struct Server {
    engine: Box<dyn Engine>,
    running: Option<Running>,
    addr: SocketAddr,
    home: TempDir,
    user: User,
}

struct Running {
    child: Child,
    _watchdog: Watchdog,
}

impl Server {
    /// A Redis server without persistence, unless these arguments ask for it (`["--appendonly", "yes"]`).
    ///
    /// `None` when `redis-server` is not installed.
    ///
    /// # Panics
    ///
    /// When it does not start, or is missing although `REQUIRE_SERVERS=1` asks for it.
    #[must_use]
    pub fn redis(arguments: &[&str]) -> Option<Self> {
        Some(Self::start_new(Box::new(redis::Redis::find(arguments)?)))
    }

    /// A PostgreSQL server with a superuser `postgres` without password, with these arguments (`["-c", "fsync=off"]`).
    ///
    /// `None` when `initdb` and `postgres` are not installed.
    ///
    /// # Panics
    ///
    /// When it does not start, or is missing although `REQUIRE_SERVERS=1` asks for it.
    #[must_use]
    pub fn postgres(arguments: &[&str]) -> Option<Self> {
        Some(Self::start_new(Box::new(postgres::Postgres::find(arguments)?)))
    }

    /// A MariaDB server with a user and a database `webhook` without password, with these arguments.
    ///
    /// `None` when `mariadbd` and `mariadb-install-db` are not installed.
    ///
    /// # Panics
    ///
    /// When it does not start, or is missing although `REQUIRE_SERVERS=1` asks for it.
    #[must_use]
    pub fn mariadb(arguments: &[&str]) -> Option<Self> {
        Some(Self::start_new(Box::new(mariadb::MariaDb::find(arguments)?)))
    }

    /// Where clients find the server: `redis://127.0.0.1:40001`.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_through(self.addr)
    }

    /// Where clients find the server through a proxy at this address.
    #[must_use]
    pub fn url_through(&self, proxy: SocketAddr) -> String {
        self.engine.url(proxy)
    }

    /// The server's own address.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The directory with the server's data and its log (`log`).
    #[must_use]
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Kills the server with SIGKILL and waits until it is gone.
    pub fn kill(&mut self) {
        self.running = None;
    }

    /// Starts a killed server again, on the same port with the data that it left.
    ///
    /// # Panics
    ///
    /// When it does not start within half a minute.
    pub fn start(&mut self) {
        self.kill();
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            self.running = self.try_start();
            if self.running.is_some() {
                return;
            }
            // What a killed server leaves behind, a port or a segment of shared memory, is freed within moments.
            sleep(PAUSE);
        }
        panic!(
            "{} did not start on {}; its log ends:\n{}",
            self.engine.name(),
            self.addr,
            self.last_words()
        );
    }

    /// Kills the server with SIGKILL and starts it again.
    ///
    /// # Panics
    ///
    /// When it does not start within half a minute.
    pub fn restart(&mut self) {
        self.kill();
        self.start();
    }

    fn start_new(engine: Box<dyn Engine>) -> Self {
        let home = tempfile::Builder::new()
            .prefix("tower-webhook-")
            .tempdir()
            .expect("a temporary directory can be made");
        let user = User::for_server(engine.refuses_root());
        user.own(home.path());
        engine.prepare(home.path(), user);
        let mut server = Self {
            engine,
            running: None,
            addr: free_address(),
            home,
            user,
        };
        for _ in 0..PORT_TRIES {
            server.running = server.try_start();
            if server.running.is_some() {
                return server;
            }
            // Somebody else may have taken the port meanwhile.
            server.addr = free_address();
        }
        panic!(
            "{} did not start; its log ends:\n{}",
            server.engine.name(),
            server.last_words()
        );
    }

    /// Starts the server and waits until it takes commands; `None` when it ends before.
    fn try_start(&self) -> Option<Running> {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log())
            .expect("a log can be opened");
        let errors = log.try_clone().expect("a log can be shared");
        let mut command = self.engine.command(self.home.path(), self.addr.port());
        self.user.run(&mut command);
        let child = command
            .current_dir(self.home.path())
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors)
            .spawn()
            .unwrap_or_else(|error| panic!("{} can't be run: {error}", self.engine.name()));
        let watchdog = Watchdog::over(child.id(), self.home.path());
        let mut running = Running {
            child,
            _watchdog: watchdog,
        };
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if running.child.try_wait().ok().flatten().is_some() {
                return None;
            }
            if self.engine.is_ready(self.addr) {
                return Some(running);
            }
            sleep(PAUSE);
        }
        None
    }

    fn log(&self) -> PathBuf {
        self.home.path().join("log")
    }

    fn last_words(&self) -> String {
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A server that has ended by itself can't be killed, and is gone all the same.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("engine", &self.engine.name())
            .field("addr", &self.addr)
            .field("running", &self.running.is_some())
            .finish_non_exhaustive()
    }
}

/// Runs a command that prepares a server.
fn run(command: &mut Command) {
    let output = command
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("{command:?} can't be run: {error}"));
    assert!(
        output.status.success(),
        "{command:?} failed:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// An address on which nobody listens at the moment.
fn free_address() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .expect("the machine has a free port")
}

const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(20);
const PORT_TRIES: usize = 5;
