//! Finds the programs of a server, or says loudly that they are missing.

use std::env;
use std::fs;
use std::io::{Write, stderr};
use std::path::{Path, PathBuf};

/// The directory that holds all of these programs; of Debian's versioned ones (`/usr/lib/postgresql/15/bin`) the newest.
///
/// # Panics
///
/// When there is none although `REQUIRE_SERVERS=1` asks for it.
pub(super) fn directory(server: &str, programs: &[&str], versioned: Option<&str>) -> Option<PathBuf> {
    let has_all = |directory: &PathBuf| programs.iter().all(|program| directory.join(program).is_file());
    let found = versioned
        .into_iter()
        .flat_map(newest_first)
        .chain(on_path())
        .chain(["/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"].map(PathBuf::from))
        .find(has_all);
    if found.is_none() {
        missing(&format!("{server} ({})", programs.join(", ")));
    }
    found
}

/// Says that a test is not run because this is not installed.
///
/// # Panics
///
/// When `REQUIRE_SERVERS=1` asks for it.
pub(crate) fn missing(what: &str) {
    assert!(
        env::var_os("REQUIRE_SERVERS").is_none_or(|required| required != "1"),
        "{what} is not installed, and REQUIRE_SERVERS=1 asks for it"
    );
    // Not by a macro: the test runner keeps what those print of a test that passes.
    drop(writeln!(stderr(), "NOT TESTED: {what} is not installed"));
}

/// The `bin` directories of each version below this one.
fn newest_first(parent: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).into_iter().flatten().map_while(Result::ok);
    let mut versions: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    let number = |path: &Path| -> u32 {
        let name = path.file_name().and_then(|name| name.to_str());
        name.and_then(|name| name.parse().ok()).unwrap_or(0)
    };
    versions.sort_by_key(|path| std::cmp::Reverse(number(path)));
    versions.into_iter().map(|version| version.join("bin")).collect()
}

fn on_path() -> Vec<PathBuf> {
    env::var_os("PATH").map_or_else(Vec::new, |path| env::split_paths(&path).collect())
}
