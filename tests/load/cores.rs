//! Which core computes for whom: attackers of a real receiver compute elsewhere.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// The receiver's core and everybody else's; none where there is but one, or no `taskset`.
pub(crate) struct Cores(Option<[String; 2]>);

impl Cores {
    /// Leaves the first core to the receiver, and comes first on its own where that is allowed: what a delivery waits for is the
    /// receiver then, not another program of this machine. To be called before this process has threads.
    pub(crate) fn take() -> Self {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let allowed = status
            .lines()
            .find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
        let mut numbers = allowed.unwrap_or_default().trim().split([',', '-']);
        let (Some(first), Some(last)) = (numbers.next(), numbers.next_back()) else {
            return Self(None);
        };
        let own = std::process::id().to_string();
        let is_moved = succeeds("taskset", &["-a", "-c", "-p", last, &own]);
        if is_moved && !succeeds("chrt", &["--fifo", "--pid", "1", &own]) {
            println!("    the genuine sender may not come first on its core");
        }
        Self(is_moved.then(|| [first.to_owned(), last.to_owned()]))
    }

    /// Whether the receiver has a core of its own.
    pub(crate) fn are_apart(&self) -> bool {
        self.0.is_some()
    }

    /// A program on the receiver's core.
    pub(crate) fn apart(&self, program: &Path) -> Command {
        self.on(0, program, PLAINLY)
    }

    /// A program on the other core that computes only when nobody else wants to.
    pub(crate) fn idly(&self, program: &Path) -> Command {
        self.on(1, program, IDLY)
    }

    fn on(&self, which: usize, program: &Path, how: &[&str]) -> Command {
        let Some(cores) = &self.0 else {
            let mut command = Command::new("nice");
            command
                .args(["-n", if how == IDLY { "19" } else { "0" }])
                .arg(program);
            return command;
        };
        let mut command = Command::new("taskset");
        command.args(["-c", &cores[which]]).args(how).arg(program);
        command
    }
}

const PLAINLY: &[&str] = &["chrt", "--other", "0"];
const IDLY: &[&str] = &["chrt", "--idle", "0"];

fn succeeds(program: &str, arguments: &[&str]) -> bool {
    let ended = Command::new(program)
        .args(arguments)
        .stdout(Stdio::null())
        .status();
    ended.is_ok_and(|status| status.success())
}
