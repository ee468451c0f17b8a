//! The test program, run again as a worker: a process of its own that a test talks to by lines, and can kill.
//!
//! A test that wants workers names itself. Run as a worker, the same test finds its orders and does the work instead:
//!
//! ```no_run
//! use tower_webhook_testkit::process::{self, Process};
//!
//! # fn each_has_its_own_id() {
//! const NAME: &str = "each_has_its_own_id"; // as the test runner calls this test
//! if let Some(orders) = process::orders(NAME) {
//!     process::say(&std::process::id().to_string());
//!     return;
//! }
//! let mut worker = Process::start(NAME, "some orders");
//! assert_ne!(worker.hear(), std::process::id().to_string());
//! # }
//! ```

use std::env;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Lines, Write, stdin, stdout};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A worker; it is killed when its handle is dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    said: Lines<BufReader<ChildStdout>>,
    ear: ChildStdin,
}

impl Process {
    /// Runs this test of this program as a worker with these orders.
    ///
    /// # Panics
    ///
    /// When the program can't be run again.
    #[must_use]
    pub fn start(test: &str, orders: &str) -> Self {
        Self::start_in(test, orders, &[])
    }

    /// The same with these variables in the worker's environment.
    ///
    /// # Panics
    ///
    /// When the program can't be run again.
    #[must_use]
    pub fn start_in(test: &str, orders: &str, environment: &[(&str, &OsStr)]) -> Self {
        let program = env::current_exe().expect("a program knows where it is");
        let mut child = Command::new(program)
            .args(["--exact", test, "--nocapture", "--test-threads=1"])
            .env(variable(test), orders)
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the test program can be run again");
        let said = child.stdout.take().expect("its output is piped");
        let ear = child.stdin.take().expect("its input is piped");
        Self {
            child,
            said: BufReader::new(said).lines(),
            ear,
        }
    }

    /// The next line that the worker [says](say).
    ///
    /// # Panics
    ///
    /// When the worker ends without another word.
    pub fn hear(&mut self) -> String {
        self.try_hear()
            .expect("the worker ended before it said what was asked of it; its own panic is above")
    }

    /// The next line that the worker says; `None` when it has ended.
    pub fn try_hear(&mut self) -> Option<String> {
        self.said
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.split_once(MARK).map(|(_, said)| said.to_owned()))
    }

    /// Tells the worker a line, which it [reads](listen).
    ///
    /// # Panics
    ///
    /// When the worker has ended.
    pub fn tell(&mut self, line: &str) {
        writeln!(self.ear, "{line}").expect("the worker listens");
    }

    /// Tells the worker a line and hears its answer.
    ///
    /// # Panics
    ///
    /// When the worker has ended.
    pub fn ask(&mut self, line: &str) -> String {
        self.tell(line);
        self.hear()
    }

    /// The worker's process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills the worker with SIGKILL and waits until it is gone.
    pub fn kill(&mut self) {
        // One that has ended by itself can't be killed, and is gone all the same.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The orders, where this process is a worker of this test.
#[must_use]
pub fn orders(test: &str) -> Option<String> {
    env::var(variable(test)).ok()
}

/// Says a line to the test that started this worker.
///
/// # Panics
///
/// When the test is gone.
pub fn say(line: &str) {
    let mut out = stdout().lock();
    writeln!(out, "{MARK}{line}")
        .and_then(|()| out.flush())
        .expect("the test that started this worker listens");
}

/// The next line that the test tells; `None` when it is gone. It waits, so an async worker asks from a thread that may wait.
#[must_use]
pub fn listen() -> Option<String> {
    let mut line = String::new();
    let read = stdin().lock().read_line(&mut line).unwrap_or(0);
    (read > 0).then(|| line.trim_end().to_owned())
}

fn variable(test: &str) -> String {
    format!("TOWER_WEBHOOK_WORKER_{}", test.replace("::", "_"))
}

/// Tells a worker's words from what the test runner prints.
const MARK: &str = "@worker ";
