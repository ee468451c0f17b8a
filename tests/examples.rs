//! The two example commands against each other: a receiver that listens, and deliveries that are sent to it.
#![cfg(unix)]

use std::env;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

#[test]
fn a_signed_delivery_is_one_line_and_its_duplicate_none() {
    let receiver = Server::start();
    let sent = receiver.send(&["github", "push", "--id", "one", "--dup"]);
    assert_eq!(statuses(&sent), ["200 OK", "200 OK"]);
    assert_eq!(sent.status.code(), Some(0));

    let line = receiver.line().expect("a line for the event");
    let event: Value = serde_json::from_str(&line).expect("the line is JSON");
    assert_eq!(event["provider"], "github");
    assert_eq!(event["id"], "one");
    assert_eq!(event["id_signed"], false);
    assert_eq!(event["kind"], "push");
    assert_eq!(event["secret_index"], 0);
    let key = event["key"].as_str().unwrap_or_default();
    assert!(key.len() == 64 && key.bytes().all(|byte| byte.is_ascii_hexdigit()));

    // Whatever else was written would stand before this one's line.
    receiver.send(&["standard", "--id", "two"]);
    let next = receiver.line().expect("a line for the next event");
    assert!(next.contains(r#""id":"two""#), "{next}");
    assert!(receiver.stop().success());
}

#[test]
fn every_sender_is_received_and_every_forgery_refused() {
    let receiver = Server::start();
    for sender in ["github", "stripe", "slack", "slack-command", "standard"] {
        let sent = receiver.send(&[sender]);
        assert!(sent.status.success(), "{sender}: {sent:?}");
        assert!(receiver.line().is_some(), "{sender}");
        let forged = receiver.send(&[sender, "--tamper"]);
        assert_eq!(statuses(&forged), ["401 Unauthorized"], "{sender}");
        assert!(
            forged.status.success(),
            "{sender}: a refusal is what --tamper asks for"
        );
        if sender != "github" {
            let stale = receiver.send(&[sender, "--stale"]);
            assert_eq!(statuses(&stale), ["401 Unauthorized"], "{sender}");
        }
    }
    let wrong = receiver.send(&["github", "--secret", "a secret that the receiver doesn't have"]);
    assert_eq!(
        wrong.status.code(),
        Some(1),
        "not what an honest delivery should get"
    );
    assert!(receiver.stop().success());
}

#[test]
fn a_command_is_answered_with_a_message() {
    let receiver = Server::start();
    let sent = receiver.send(&["slack-command", "/hello"]);
    let answer = String::from_utf8_lossy(&sent.stdout).into_owned();
    let message: Value =
        serde_json::from_str(answer.trim_start_matches("200 OK ")).expect("the answer is JSON");
    assert!(
        message["text"]
            .as_str()
            .is_some_and(|text| text.contains("/hello"))
    );
}

#[test]
fn t104_a_slow_head_ends_its_connection() {
    let receiver = Server::start();
    // Nothing at all, the start of what could be HTTP/2 still, and half a head.
    let starts: [&[u8]; 3] = [b"", b"PRI * HTT", b"POST /github HTTP/1.1\r\nhost: x\r\n"];
    let opened = starts.map(|start| {
        let mut stream = TcpStream::connect(receiver.address).expect("the receiver accepts");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        stream.write_all(start).expect("the receiver reads");
        stream
    });
    for mut stream in opened {
        let mut answer = Vec::new();
        // A reset is an end too; only the timeout is none.
        if let Err(error) = stream.read_to_end(&mut answer) {
            assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
        }
    }
}

#[test]
fn a_server_out_of_descriptors_serves_again_when_there_are_some() {
    for example in ["receiver", "hyper"] {
        let server = Server::start_as(
            Command::new("sh")
                .args(["-c", "ulimit -n 60; exec \"$0\""])
                .arg(built(example)),
        );
        let crowd = [(); 80].map(|()| TcpStream::connect(server.address).expect("the kernel lets it wait"));
        server.told("can't accept");
        drop(crowd);
        let sent = server.send(&["github", "push"]);
        assert_eq!(statuses(&sent), ["200 OK"], "{example}");
    }
}

/// A receiver on a port of its own. It is killed when a test fails before it has stopped it.
struct Server {
    process: Child,
    address: SocketAddr,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
}

impl Server {
    fn start() -> Self {
        Self::start_as(&mut Command::new(built("receiver")))
    }

    fn start_as(command: &mut Command) -> Self {
        let mut process = without_settings(command)
            .env("ADDR", "127.0.0.1:0")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the receiver starts");
        let stdout = lines(process.stdout.take().expect("stdout is piped"));
        let stderr = lines(process.stderr.take().expect("stderr is piped"));
        let mut server = Self {
            process,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            stdout,
            stderr,
        };
        let listening = server.told("listening on http://");
        server.address = listening.parse().expect("an address");
        server
    }

    /// What stands behind this text on stderr, once it is written.
    fn told(&self, text: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let line = self.stderr.recv_timeout(left).expect("the receiver says so");
            if let Some((_, rest)) = line.split_once(text) {
                return rest.to_owned();
            }
        }
    }

    /// The next line on stdout; `None` when the receiver has ended.
    fn line(&self) -> Option<String> {
        match self.stdout.recv_timeout(PATIENCE) {
            Ok(line) => Some(line),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("the receiver wrote no line"),
        }
    }

    fn send(&self, words: &[&str]) -> Output {
        let mut command = Command::new(built("send"));
        let to = format!("http://{}", self.address);
        without_settings(&mut command).args(words).args(["--to", &to]);
        command.output().expect("the sender runs")
    }

    /// Asks it to end, and sees that it has written nothing more.
    fn stop(mut self) -> ExitStatus {
        let kill = format!("kill -TERM {}", self.process.id());
        let asked = Command::new("sh").args(["-c", &kill]).status();
        assert!(asked.is_ok_and(|status| status.success()));
        assert_eq!(self.line(), None);
        self.process.wait().expect("the receiver has ended")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// The lines of a stream, as they come.
fn lines(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

fn statuses(sent: &Output) -> Vec<String> {
    let stdout = String::from_utf8_lossy(&sent.stdout);
    stdout.lines().map(|line| line.trim_end().to_owned()).collect()
}

/// The demo secrets count, whatever the developer has set.
fn without_settings(command: &mut Command) -> &mut Command {
    let names = [
        "GITHUB_WEBHOOK_SECRET",
        "STRIPE_WEBHOOK_SECRET",
        "SLACK_SIGNING_SECRET",
        "STANDARD_WEBHOOK_SECRET",
        "SHOPIFY_CLIENT_SECRET",
        "TWILIO_AUTH_TOKEN",
        "TWILIO_PUBLIC_URL",
        "DISCORD_PUBLIC_KEY",
        "RUST_LOG",
    ];
    for name in names {
        command.env_remove(name);
    }
    command
}

/// Where this example stands, beside the test that runs. It is built once, as `cargo run --example` would.
fn built(example: &str) -> PathBuf {
    static PROFILE: OnceLock<PathBuf> = OnceLock::new();
    let profile = PROFILE.get_or_init(|| {
        let test = env::current_exe().expect("the test knows where it is");
        let profile = test
            .ancestors()
            .nth(2)
            .expect("target/PROFILE/deps/TEST")
            .to_owned();
        build(&profile);
        profile
    });
    profile.join("examples").join(example)
}

fn build(profile: &Path) {
    let name = match profile.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let mut command = Command::new(env!("CARGO"));
    command
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args([
            "build",
            "--quiet",
            "--example=receiver",
            "--example=hyper",
            "--example=send",
            "--profile",
            name,
        ])
        .arg("--target-dir")
        .arg(profile.parent().expect("the target folder"));
    // With the features of this very build, or cargo would build the crate once more.
    command.args(cfg!(feature = "aws-lc-rs").then_some("--features=aws-lc-rs"));
    command.args(cfg!(feature = "metrics").then_some("--features=metrics"));
    assert!(command.status().expect("cargo runs").success());
}

/// Longer than anything here may take: the receiver's own limit for a head is 10 seconds.
const PATIENCE: Duration = Duration::from_secs(30);
