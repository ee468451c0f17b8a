//! The receiver in a process of its own, with what can be seen of it from outside.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::Duration;

pub(crate) struct Receiver {
    child: Child,
    address: SocketAddr,
    log: PathBuf,
}

/// The most that was seen of each.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Most {
    pub(crate) memory: u64,
    pub(crate) files: u64,
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let here = std::env::current_exe().unwrap();
        let program = here.ancestors().nth(2).unwrap().join("examples/receiver");
        let log = here.with_file_name(format!("load-{}.log", std::process::id()));
        let child = Command::new(&program)
            .env("ADDR", "127.0.0.1:0")
            .env("RUST_LOG", "off")
            .env_remove("GITHUB_WEBHOOK_SECRET")
            .stdout(Stdio::null())
            .stderr(fs::File::create(&log).unwrap())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}; cargo build --example receiver", program.display()));
        let address = loop {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let text = fs::read_to_string(&log).unwrap();
            if let Some((_, rest)) = text.split_once("listening on http://") {
                break rest.lines().next().unwrap().parse().unwrap();
            }
        };
        Self { child, address, log }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many descriptors are open.
    pub(crate) fn files(&self) -> u64 {
        files(self.child.id())
    }

    /// Bytes of memory in use.
    pub(crate) fn memory(&self) -> u64 {
        memory(self.child.id())
    }

    /// Looks again and again, until the attackers are gone. On a thread of its own: to count thousands of descriptors takes
    /// milliseconds, in which no genuine delivery must have to wait for it.
    pub(crate) fn watch(&self) -> JoinHandle<Most> {
        let id = self.child.id();
        thread::spawn(move || {
            let mut most = Most::default();
            loop {
                let files = files(id);
                most.memory = most.memory.max(memory(id));
                most.files = most.files.max(files);
                if files < most.files / 2 {
                    return most;
                }
                thread::sleep(Duration::from_secs(1));
            }
        })
    }

    /// Stops as it would for a new version, with nothing to complain about.
    pub(crate) fn stop(mut self) {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &id])
                .status()
                .unwrap()
                .success()
        );
        assert!(self.child.wait().unwrap().success(), "the receiver failed");
        let log = fs::read_to_string(&self.log).unwrap();
        assert!(!log.contains("panicked"), "{log}");
        fs::remove_file(&self.log).unwrap();
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        // Where a check has failed; a receiver that has ended is none to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn files(id: u32) -> u64 {
    fs::read_dir(format!("/proc/{id}/fd")).map_or(0, |entries| entries.count() as u64)
}

fn memory(id: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kibibytes.unwrap_or_default() << 10
}
