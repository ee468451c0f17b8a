//! How a MariaDB server is run.

use std::fs;
use std::io::Read;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::user::{User, is_root};
use super::{Engine, binary};

pub(super) struct MariaDb {
    server: PathBuf,
    installer: PathBuf,
    arguments: Vec<String>,
}

impl MariaDb {
    pub(super) fn find(arguments: &[&str]) -> Option<Self> {
        let server = binary::directory("MariaDB", &["mariadbd"], None)?;
        let installer = binary::directory("MariaDB", &["mariadb-install-db"], None)?;
        Some(Self {
            server: server.join("mariadbd"),
            installer: installer.join("mariadb-install-db"),
            arguments: arguments.iter().map(ToString::to_string).collect(),
        })
    }
}

impl Engine for MariaDb {
    fn name(&self) -> &'static str {
        "mariadbd"
    }

    fn prepare(&self, home: &Path, _: User) {
        fs::write(home.join("init.sql"), ACCOUNT).expect("a file can be written");
        let mut command = Command::new(&self.installer);
        command.args(["--no-defaults", "--skip-test-db", "--skip-name-resolve"]);
        command.arg("--auth-root-authentication-method=normal");
        command.arg(format!("--datadir={}", home.join("data").display()));
        keep_root(&mut command);
        super::run(apart(&mut command, home).current_dir(home));
    }

    fn command(&self, home: &Path, port: u16) -> Command {
        let mut command = Command::new(&self.server);
        command.arg("--no-defaults");
        command.arg(format!("--datadir={}", home.join("data").display()));
        command.arg(format!("--init-file={}", home.join("init.sql").display()));
        command.arg(format!("--socket={}", home.join("socket").display()));
        command.arg(format!("--pid-file={}", home.join("pid").display()));
        command.arg(format!("--port={port}"));
        command.args([
            "--bind-address=127.0.0.1",
            "--skip-name-resolve",
            "--max-connections=200",
        ]);
        keep_root(&mut command);
        apart(&mut command, home);
        command.args(&self.arguments);
        command
    }

    fn is_ready(&self, addr: SocketAddr) -> bool {
        let mut greeting = [0; 5];
        let asked = TcpStream::connect(addr).and_then(|mut stream| stream.read_exact(&mut greeting));
        // Behind the packet's head stands the protocol's version, or 255 for an error.
        asked.is_ok() && greeting[4] == 10
    }

    fn url(&self, addr: SocketAddr) -> String {
        format!("mysql://webhook@{addr}/webhook")
    }
}

/// With temporary tables in its own directory: a server that starts deletes all that it finds where others have theirs.
fn apart<'a>(command: &'a mut Command, home: &Path) -> &'a mut Command {
    command.env("TMPDIR", home)
}

/// As root it runs only when it is told so.
fn keep_root(command: &mut Command) {
    if is_root() {
        command.arg("--user=root");
    }
}

/// Run at each start, so it must bear repeating; each statement stands on one line.
const ACCOUNT: &str = "CREATE DATABASE IF NOT EXISTS webhook;\n\
                       CREATE USER IF NOT EXISTS 'webhook'@'%' IDENTIFIED BY '';\n\
                       GRANT ALL ON *.* TO 'webhook'@'%';\n";
