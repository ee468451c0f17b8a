//! How a Redis server is run.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::user::User;
use super::{Engine, binary};

pub(super) struct Redis {
    binaries: PathBuf,
    arguments: Vec<String>,
}

impl Redis {
    pub(super) fn find(arguments: &[&str]) -> Option<Self> {
        Some(Self {
            binaries: binary::directory("Redis", &["redis-server"], None)?,
            arguments: arguments.iter().map(ToString::to_string).collect(),
        })
    }
}

impl Engine for Redis {
    fn name(&self) -> &'static str {
        "redis-server"
    }

    fn prepare(&self, _: &Path, _: User) {}

    fn command(&self, home: &Path, port: u16) -> Command {
        let mut command = Command::new(self.binaries.join("redis-server"));
        command.arg("--port").arg(port.to_string());
        command.args(["--bind", "127.0.0.1", "--save", ""]);
        command.arg("--dir").arg(home);
        command.args(&self.arguments);
        command
    }

    fn is_ready(&self, addr: SocketAddr) -> bool {
        let mut answer = [0; 5];
        let asked = TcpStream::connect(addr).and_then(|mut stream| {
            stream.write_all(b"PING\r\n")?;
            stream.read_exact(&mut answer)
        });
        // Without the password that it was given it is ready too; while it loads its data it says so (`-LOADING`).
        asked.is_ok() && (answer == *b"+PONG" || answer == *b"-NOAU")
    }

    fn url(&self, addr: SocketAddr) -> String {
        format!("redis://{addr}")
    }
}
