//! As whom a server runs: PostgreSQL refuses root.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// The account under which a server runs.
#[derive(Debug, Clone, Copy)]
pub(super) enum User {
    /// That of the test.
    Own,
    /// Another one, since the test runs as root.
    Other { user: u32, group: u32 },
}

impl User {
    pub(super) fn for_server(refuses_root: bool) -> Self {
        if refuses_root && is_root() {
            let (user, group) = unprivileged();
            Self::Other { user, group }
        } else {
            Self::Own
        }
    }

    /// Has the command run as this user.
    pub(super) fn run(self, command: &mut Command) {
        if let Self::Other { user, group } = self {
            command.uid(user).gid(group);
        }
    }

    /// Gives the directory to this user.
    pub(super) fn own(self, directory: &Path) {
        if let Self::Other { user, group } = self {
            chown(directory, Some(user), Some(group)).expect("root may give a directory away");
        }
    }
}

pub(super) fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// Debian's `postgres` where there is one, else `nobody`, else the number that means nobody.
fn unprivileged() -> (u32, u32) {
    let accounts = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let ids = |name: &str| -> Option<(u32, u32)> {
        let line = accounts
            .lines()
            .find(|line| line.split(':').next() == Some(name))?;
        let mut ids = line.split(':').skip(2).map_while(|id| id.parse().ok());
        Some((ids.next()?, ids.next()?))
    };
    ids("postgres")
        .or_else(|| ids("nobody"))
        .unwrap_or((65_534, 65_534))
}
