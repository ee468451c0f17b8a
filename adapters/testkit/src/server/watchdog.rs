//! Ends a server whose test program was killed and could not do it.

use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A shell that waits for a pipe from this program to close, which happens however the program ends. It outlives a signal
/// to the whole group, such as Ctrl-C is.
pub(super) struct Watchdog(Child);

impl Watchdog {
    pub(super) fn over(process: u32, home: &Path) -> Self {
        let shell = Command::new("sh")
            .args([
                "-c",
                r#"trap "" INT TERM; read -r line; kill -9 "$1"; rm -rf "$2""#,
                "watchdog",
            ])
            .arg(process.to_string())
            .arg(home)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Self(shell.expect("a shell can be run"))
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        // Killed before its pipe closes, so that it does nothing.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
