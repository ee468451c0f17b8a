//! How a PostgreSQL server is run.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::user::User;
use super::{Engine, binary};

pub(super) struct Postgres {
    binaries: PathBuf,
    arguments: Vec<String>,
}

impl Postgres {
    pub(super) fn find(arguments: &[&str]) -> Option<Self> {
        let programs = ["postgres", "initdb"];
        Some(Self {
            binaries: binary::directory("PostgreSQL", &programs, Some("/usr/lib/postgresql"))?,
            arguments: arguments.iter().map(ToString::to_string).collect(),
        })
    }
}

impl Engine for Postgres {
    fn name(&self) -> &'static str {
        "postgres"
    }

    fn prepare(&self, home: &Path, user: User) {
        let mut command = Command::new(self.binaries.join("initdb"));
        command.arg("-D").arg(home.join("data"));
        command.args([
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ]);
        user.run(&mut command);
        super::run(command.current_dir(home));
    }

    fn command(&self, home: &Path, port: u16) -> Command {
        let mut command = Command::new(self.binaries.join("postgres"));
        command.arg("-D").arg(home.join("data"));
        command.arg("-p").arg(port.to_string());
        command.args(["-h", "127.0.0.1", "-k", "", "-c", "max_connections=200"]);
        command.args(&self.arguments);
        command
    }

    fn is_ready(&self, addr: SocketAddr) -> bool {
        let mut kind = [0];
        let asked = TcpStream::connect(addr).and_then(|mut stream| {
            stream.write_all(STARTUP)?;
            stream.read_exact(&mut kind)
        });
        // While it recovers it answers with an error.
        asked.is_ok() && kind == *b"R"
    }

    fn url(&self, addr: SocketAddr) -> String {
        format!("postgres://postgres@{addr}/postgres")
    }

    fn refuses_root(&self) -> bool {
        true
    }
}

/// Length, protocol 3.0, and the user: <https://www.postgresql.org/docs/current/protocol-message-formats.html>, `StartupMessage`.
const STARTUP: &[u8] = b"\x00\x00\x00\x17\x00\x03\x00\x00user\x00postgres\x00\x00";
