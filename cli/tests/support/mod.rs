//! The command as a receiver, and as the sender that it hears from.
#![allow(dead_code, reason = "each test binary uses its own part")]

pub(crate) mod keys;
pub(crate) mod receiver;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// A listener that is stopped with the test.
pub(crate) struct Listener {
    process: Child,
    address: String,
}

impl Listener {
    pub(crate) fn start(provider: &str, secret: &str) -> Self {
        Self::start_at(provider, secret, "https://hooks.example.com")
    }

    /// The listener of a sender that was given this URL.
    pub(crate) fn start_at(provider: &str, secret: &str, url: &str) -> Self {
        Self::start_with(provider, &[secret], url)
    }

    /// The same with several secrets.
    pub(crate) fn start_with(provider: &str, secrets: &[&str], url: &str) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_webhook"))
            .args(["listen", "--provider", provider])
            .args(secrets.iter().map(|secret| format!("--secret={secret}")))
            .args(["--addr", "127.0.0.1:0", "--url", url])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(process.stderr.take().unwrap()).lines();
        let line = said.next().unwrap().unwrap();
        let address = line.strip_prefix("listening on ").unwrap().to_owned();
        Self { process, address }
    }

    /// Ends it and answers what it printed.
    pub(crate) fn stop(mut self) -> String {
        self.process.kill().unwrap();
        let mut printed = String::new();
        std::io::Read::read_to_string(&mut self.process.stdout.take().unwrap(), &mut printed).unwrap();
        printed
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) fn send(listener: &Listener, provider: &str, secret: &str, more: &[&str]) -> String {
    send_kind(listener, provider, "test.made", secret, more)
}

pub(crate) fn send_kind(
    listener: &Listener,
    provider: &str,
    kind: &str,
    secret: &str,
    more: &[&str],
) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_webhook"))
        .args([
            "send",
            provider,
            kind,
            "--to",
            &listener.address,
            "--secret",
            secret,
        ])
        .args(more)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}
