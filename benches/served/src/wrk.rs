//! Sends one request again and again over 64 connections, and sees what comes of it.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::process::Server;

const CONNECTIONS: &str = "64";
const SECONDS: &str = "1";
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/post.lua");

/// A request in a file, where `wrk` reads it.
pub(crate) struct Sent {
    file: PathBuf,
}

/// What came of a turn.
pub(crate) struct Turn {
    pub(crate) per_second: f64,
    /// What the server computed for each request.
    pub(crate) cpu_micros: f64,
    /// How much of the time the server computed; where it is less than all, the sender was the slower one.
    pub(crate) busy: f64,
    pub(crate) requests: u64,
    pub(crate) refused: u64,
    /// Connections that were cut while a request was sent or before its answer was whole.
    pub(crate) cut: u64,
}

impl Sent {
    pub(crate) fn new(request: &[u8]) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!(
            "served-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let file = std::env::temp_dir().join(name);
        fs::write(&file, request).expect("a file can be written");
        Self { file }
    }

    /// One turn with a server.
    pub(crate) fn to(&self, server: &Server) -> Turn {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let first = NUMBER.fetch_add(1_000_000, Ordering::Relaxed).to_string();
        let before = server.computed();
        let mut command = Command::new("wrk");
        command.args(["-t", "1", "-c", CONNECTIONS, "-d", SECONDS, "-s", SCRIPT]);
        command.arg(format!("http://{}/", server.address));
        command.arg("--").arg(&self.file).arg(&first);
        let output = command.output().expect("wrk is installed");
        let computed = server.computed() - before;
        let text = String::from_utf8_lossy(&output.stdout);
        let line = text.lines().find_map(|line| line.strip_prefix("counted "));
        let numbers: Option<Vec<u64>> =
            line.map(|line| line.split(' ').map(|word| word.parse().unwrap_or(0)).collect());
        let Some([requests, micros, refused, cut]) = numbers.as_deref() else {
            panic!("wrk says: {text}{}", String::from_utf8_lossy(&output.stderr));
        };
        let (number, seconds) = (*requests as f64, *micros as f64 / 1e6);
        Turn {
            per_second: number / seconds,
            cpu_micros: computed.as_secs_f64() * 1e6 / number,
            busy: computed.as_secs_f64() / seconds,
            requests: *requests,
            refused: *refused,
            cut: *cut,
        }
    }
}

impl Drop for Sent {
    fn drop(&mut self) {
        // What can't be removed from a directory for temporary files does no harm there.
        let _ = fs::remove_file(&self.file);
    }
}
