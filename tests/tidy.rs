//! Keeps the house in order: what care forgets, a test remembers.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms of `src/`, outermost last: each may use those that stand before it, and none behind it.
const ROOMS: &str = "error body deadline rejection secret clock telemetry verified signature key_source provider verify split store dedup event answer handoff testing";

#[test]
fn imports_run_one_way() {
    let mut wrong = Vec::new();
    for file in sources("src") {
        let Some(room) = room(&file) else { continue };
        let position = place(room).unwrap_or_else(|| panic!("src/{room} is no known room: give it a place"));
        for (number, used) in uses(&read(&file)) {
            match place(&used) {
                Some(other) if other <= position => {}
                Some(_) => wrong.push(format!(
                    "{}:{number}: `{room}` uses `{used}`, which stands behind it",
                    file.display()
                )),
                None => wrong.push(format!(
                    "{}:{number}: `crate::{used}` is a name of the crate's face; import it from its room",
                    file.display()
                )),
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_order_is_found_out() {
    let text = "//! [`crate::testing`]\nuse crate::store;\nfn f() { crate::dedup::g() } // crate::event\n\
                #[cfg(test)]\nmod tests { use crate::testing; }\nuse crate::{clock, error::BoxError};\n";
    let used: Vec<_> = uses(text).into_iter().map(|(_, room)| room).collect();
    assert_eq!(used, ["store", "dedup", "clock", "error"]);
}

#[test]
fn every_file_says_what_it_is_for() {
    let folders = [
        "src",
        "tests",
        "examples",
        "benches",
        "fuzz/fuzz_targets",
        "adapters",
        "cli",
    ];
    for file in folders.iter().flat_map(|folder| sources(folder)) {
        let text = read(&file);
        let first = text.lines().next().unwrap_or_default();
        let said = first.starts_with("//! ") || file.ends_with("src/lib.rs") && first.starts_with("#![doc");
        assert!(said, "{} must begin with `//!` and a sentence", file.display());
    }
}

#[test]
fn no_file_is_a_novel() {
    let documents =
        [("README.md", 150), ("ARCHITECTURE.md", 150)].map(|(file, most)| (root().join(file), most));
    let sources = ["src", "adapters", "cli"]
        .iter()
        .flat_map(|folder| sources(folder))
        .map(|file| (file, 400));
    for (file, most) in sources.chain(documents) {
        let lines = read(&file).lines().count();
        assert!(lines <= most, "{} has {lines} lines of {most}", file.display());
    }
}

#[test]
fn the_readme_agrees_with_the_manifest() {
    let (readme, manifest) = (read("README.md"), read("Cargo.toml"));
    let version = value(&manifest, "version");
    let series = version.rsplit_once('.').map_or("", |(series, _)| series);
    for line in readme.lines().filter(|line| line.starts_with("tower-webhook = ")) {
        assert!(
            line.contains(&format!("\"{series}\"")),
            "`{line}` is not version {series}"
        );
    }
    let msrv = value(&manifest, "rust-version");
    assert!(
        readme.contains(&format!("Rust {msrv}")),
        "the README must name Rust {msrv}"
    );
}

#[test]
fn the_readme_has_a_row_for_each_feature_and_each_dependency() {
    let (readme, manifest) = (read("README.md"), read("Cargo.toml"));
    let mut features = keys(&manifest, "[features]");
    features.remove("default");
    assert_eq!(rows(&readme, "| feature |"), features);
    assert_eq!(rows(&readme, "| dependency |"), keys(&manifest, "[dependencies]"));
}

#[test]
fn the_readme_names_the_examples() {
    let readme = read("README.md");
    let entries = fs::read_dir(root().join("examples")).expect("the examples are there");
    for entry in entries.map_while(Result::ok) {
        let path = entry.path();
        let is_example = path.extension().is_some_and(|extension| extension == "rs");
        let is_package = path.join("Cargo.toml").exists();
        let name = path
            .file_stem()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let named = [format!("`{name}`"), format!("--example {name} ")]
            .iter()
            .any(|text| readme.contains(text));
        assert!(
            named || !(is_example || is_package),
            "the README must name the example `{name}`"
        );
    }
}

#[test]
fn the_changelog_knows_the_version() {
    let version = value(&read("Cargo.toml"), "version");
    let heading = format!("## [{version}]");
    let known = read("CHANGELOG.md")
        .lines()
        .filter(|line| line.starts_with(&heading))
        .count();
    assert_eq!(known, 1, "the changelog needs one heading `{heading}`");
}

#[test]
fn every_metric_is_listed() {
    let code = read("src/telemetry.rs");
    let named: BTreeSet<&str> = code
        .split('"')
        .filter(|text| text.starts_with("webhook_"))
        .collect();
    let page = read("docs/metrics.md");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `webhook_"));
    let listed: BTreeSet<String> = rows
        .filter_map(|row| Some(format!("webhook_{}", row.split(['{', '`']).next()?)))
        .collect();
    assert!(!named.is_empty());
    assert_eq!(named, listed.iter().map(String::as_str).collect());
}

fn place(room: &str) -> Option<usize> {
    ROOMS.split(' ').position(|known| known == room)
}

/// The room that a source file belongs to; none for `lib.rs`.
fn room(file: &Path) -> Option<&str> {
    let inside = file.strip_prefix(root().join("src")).ok()?;
    let first = inside.components().next()?.as_os_str().to_str()?;
    let name = first.strip_suffix(".rs").unwrap_or(first);
    // A room's tests may look at everything.
    let is_test = inside.file_stem().is_some_and(|stem| stem == "tests");
    (name != "lib" && !is_test).then_some(name)
}

/// The rooms that the code names as `crate::…`, with their lines; comments and test modules left out.
fn uses(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if line.trim() == "#[cfg(test)]" {
            skip_item(&mut lines);
            continue;
        }
        let code = line.split("//").next().unwrap_or_default();
        for rest in code.split("crate::").skip(1) {
            found.extend(names(rest).into_iter().map(|name| (number + 1, name)));
        }
    }
    found
}

/// Skips the item behind an attribute: to its semicolon or its closing brace.
fn skip_item<'a>(lines: &mut impl Iterator<Item = (usize, &'a str)>) {
    let mut depth = 0;
    for (_, line) in lines {
        depth += line.matches('{').count();
        depth -= line.matches('}').count().min(depth);
        if depth == 0 && (line.contains('}') || line.contains(';')) {
            return;
        }
    }
}

/// The first name behind `crate::`, or each of a braced list's.
fn names(rest: &str) -> Vec<String> {
    let name = |text: &str| -> String {
        let end = |letter: char| !(letter.is_alphanumeric() || letter == '_');
        text.trim().split(end).next().unwrap_or_default().to_owned()
    };
    match rest.strip_prefix('{') {
        Some(list) => list
            .split(['}', ';'])
            .next()
            .unwrap_or_default()
            .split(',')
            .map(name)
            .collect(),
        None => vec![name(rest)],
    }
}

/// The keys of a manifest's table.
fn keys(manifest: &str, heading: &str) -> BTreeSet<String> {
    let lines = manifest.lines().skip_while(|line| *line != heading).skip(1);
    lines
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(" = "))
        .map(|(key, _)| key.to_owned())
        .collect()
}

/// The first value of this key in the manifest.
fn value(manifest: &str, key: &str) -> String {
    let line = manifest
        .lines()
        .find_map(|line| line.strip_prefix(&format!("{key} = ")));
    line.unwrap_or_default().trim_matches('"').to_owned()
}

/// The names in backquotes in the first column of the table that begins so.
fn rows(text: &str, heading: &str) -> BTreeSet<String> {
    let rows = text.lines().skip_while(|line| !line.starts_with(heading)).skip(2);
    let firsts = rows
        .take_while(|line| line.starts_with('|'))
        .filter_map(|line| line.split('|').nth(1));
    firsts
        .flat_map(|first| first.split('`').skip(1).step_by(2))
        .map(str::to_owned)
        .collect()
}

fn sources(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().map_while(Result::ok) {
            let path = entry.path();
            if path.is_dir() && !path.ends_with("target") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn read(file: impl AsRef<Path>) -> String {
    let path = root().join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
