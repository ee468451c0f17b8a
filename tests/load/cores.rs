//! Which core computes for whom: attackers of a real receiver compute elsewhere.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// The receiver's core and everybody else's; none where there is but one, or no `taskset`.
pub(crate) struct Cores(Option<[String; 2]>);

impl Cores {
    /// Leaves the first core to the receiver. To be called before this process has threads.
    pub(crate) fn take() -> Self {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let allowed = status
            .lines()
            .find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
        let mut numbers = allowed.unwrap_or_default().trim().split([',', '-']);
        let (Some(first), Some(last)) = (numbers.next(), numbers.next_back()) else {
            return Self(None);
        };
        let moved = Command::new("taskset")
            .args(["-a", "-c", "-p", last, &std::process::id().to_string()])
            .stdout(Stdio::null())
            .status();
        let is_moved = moved.is_ok_and(|status| status.success());
        Self(is_moved.then(|| [first.to_owned(), last.to_owned()]))
    }

    /// Whether the receiver has a core of its own.
    pub(crate) fn are_apart(&self) -> bool {
        self.0.is_some()
    }

    /// A program on the receiver's core.
    pub(crate) fn apart(&self, program: &Path) -> Command {
        self.on(0, program, &[])
    }

    /// A program on the other core that computes only when nobody else wants to.
    pub(crate) fn idly(&self, program: &Path) -> Command {
        self.on(1, program, IDLY)
    }

    fn on(&self, which: usize, program: &Path, how: &[&str]) -> Command {
        let Some(cores) = &self.0 else {
            let mut command = Command::new("nice");
            command
                .args(if how.is_empty() { ["-n", "0"] } else { ["-n", "19"] })
                .arg(program);
            return command;
        };
        let mut command = Command::new("taskset");
        command.args(["-c", &cores[which]]).args(how).arg(program);
        command
    }
}

const IDLY: &[&str] = &["chrt", "--idle", "0"];
