//! A server in a process and on a core of its own, with what can be seen of it from outside.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const FIRST_CORE: &str = "0";
const SECOND_CORE: &str = "1";

pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    pub(crate) fn start(name: &str) -> Self {
        let program = std::env::current_exe().expect("a program knows where it is");
        let mut command = Command::new("taskset");
        command
            .args(["-c", FIRST_CORE])
            .arg(program)
            .args(["serve", name]);
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .expect("taskset is installed");
        let mut line = String::new();
        let mut printed = BufReader::new(child.stdout.take().expect("it is piped"));
        printed.read_line(&mut line).expect("a server says where it is");
        let address = line.trim().parse().expect("a server says where it is");
        Self { child, address }
    }

    /// How long it has computed.
    pub(crate) fn computed(&self) -> Duration {
        let text = self.proc("schedstat");
        let nanos = text.split_whitespace().next().and_then(|text| text.parse().ok());
        Duration::from_nanos(nanos.expect("Linux counts a task's time"))
    }

    /// Bytes of memory in use.
    pub(crate) fn memory(&self) -> u64 {
        self.status("VmRSS:")
    }

    /// The most bytes that were ever in use.
    pub(crate) fn most_memory(&self) -> u64 {
        self.status("VmHWM:")
    }

    fn status(&self, name: &str) -> u64 {
        let text = self.proc("status");
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        kibibytes.expect("Linux tells a process's memory") << 10
    }

    fn proc(&self, file: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).expect("the server runs")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that has ended is none to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A core that has nothing to do sleeps, and takes its time to wake. This keeps the servers' core awake for as long as it lives, and
/// computes only when nobody else wants to.
pub(crate) struct Awake(Child);

impl Awake {
    pub(crate) fn start() -> Self {
        let program = std::env::current_exe().expect("a program knows where it is");
        let mut command = Command::new("chrt");
        command
            .args(["--idle", "0", "taskset", "-c", FIRST_CORE])
            .arg(program)
            .arg("spin");
        Self(command.spawn().expect("`chrt` is installed"))
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        // One that has ended is none to kill.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Leaves the first core to the servers.
pub(crate) fn move_to_second_core() {
    let id = std::process::id().to_string();
    let moved = Command::new("taskset")
        .args(["-a", "-c", "-p", SECOND_CORE, &id])
        .stdout(Stdio::null())
        .status();
    assert!(
        moved.is_ok_and(|status| status.success()),
        "it needs `taskset` and two cores"
    );
}
