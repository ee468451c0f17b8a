//! The receiver in a process of its own, with what can be seen of it from outside.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::cores::Cores;

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

pub(crate) struct Watch {
    stop: Sender<()>,
    watching: JoinHandle<Most>,
}

impl Watch {
    pub(crate) fn end(self) -> Most {
        drop(self.stop);
        self.watching.join().unwrap()
    }
}

impl Receiver {
    pub(crate) async fn start(cores: &Cores) -> Self {
        let here = std::env::current_exe().unwrap();
        let program = here.ancestors().nth(2).unwrap().join("examples/receiver");
        let log = here.with_file_name(format!("load-{}.log", std::process::id()));
        let child = cores
            .apart(&program)
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

    /// How long it has computed, in all its threads.
    pub(crate) fn computed(&self) -> Duration {
        let text = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let (_, fields) = text.rsplit_once(')').unwrap();
        let ticks = fields.split_whitespace().skip(11).take(2);
        Duration::from_millis(10) * ticks.map(|ticks| ticks.parse::<u32>().unwrap()).sum()
    }

    /// Looks again and again until it is told to stop, and says each minute what it sees.
    pub(crate) fn watch(&self) -> Watch {
        let id = self.child.id();
        let (stop, stopped) = mpsc::channel();
        let watching = thread::spawn(move || {
            let mut most = Most::default();
            for second in 1.. {
                let (files, memory) = (files(id), memory(id));
                most.memory = most.memory.max(memory);
                most.files = most.files.max(files);
                if second % 60 == 0 {
                    println!(
                        "    minute {}: {} MiB, {files} descriptors",
                        second / 60,
                        memory >> 20
                    );
                }
                if stopped.recv_timeout(Duration::from_secs(1)) != Err(RecvTimeoutError::Timeout) {
                    break;
                }
            }
            most
        });
        Watch { stop, watching }
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
    // A new kernel says how many there are without having them counted, which takes milliseconds.
    let path = format!("/proc/{id}/fd");
    let told = fs::metadata(&path).map_or(0, |entry| entry.len());
    if told > 0 {
        return told;
    }
    fs::read_dir(path).map_or(0, |entries| entries.count() as u64)
}

fn memory(id: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kibibytes.unwrap_or_default() << 10
}
