//! Holds the rooms that see MACs and secrets to comparing them by `subtle` alone.

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms in which a MAC, a token or a secret is at hand.
const ROOMS: [&str; 4] = ["src/signature", "src/secret", "src/verify", "src/provider"];

/// What holds bytes that must not be compared in a time that depends on them.
const SECRETS: [&str; 17] = [
    "candidate",
    "computed",
    "decoded",
    "digest",
    "expected",
    "expose",
    "finalize",
    "finish",
    "hash",
    "hashed",
    "mac",
    "made",
    "secret",
    "shown",
    "sign",
    "signature",
    "token",
];

/// What compares byte by byte and ends where it knows.
const COMPARISONS: [&str; 8] = [
    " == ",
    " != ",
    ".eq(",
    ".ne(",
    ".cmp(",
    ".starts_with(",
    ".ends_with(",
    ".contains(",
];

/// Comparisons of something else by these names: where, the line's text, and what it compares.
const EXCEPTIONS: [(&str, &str, &str); 4] = [
    (
        "provider/keys.rs",
        "starts_with(PUBLIC",
        "the kind of a secret that the user configured, at start-up",
    ),
    (
        "provider/keys.rs",
        "SAMPLES.contains",
        "a configured secret with the documentations' samples, at start-up",
    ),
    (
        "provider/lint.rs",
        "known[hash] == traces[hash]",
        "traces of configured secrets, at start-up",
    ),
    (
        "provider/lint.rs",
        "starts_with(start",
        "the kind of a secret that the user configured, at start-up",
    ),
];

#[test]
fn t049_no_room_compares_a_mac_with_equals() {
    let mut wrong = Vec::new();
    for file in ROOMS.iter().flat_map(|room| sources(&root().join(room))) {
        let text = fs::read_to_string(&file).expect("a source file");
        let name = file.display().to_string();
        for (number, line) in comparisons(&text) {
            if !EXCEPTIONS
                .iter()
                .any(|(at, part, _)| name.ends_with(at) && line.contains(part))
            {
                wrong.push(format!("{name}:{number}: {line}"));
            }
        }
    }
    assert!(wrong.is_empty(), "compare by `ct_eq`:\n{}", wrong.join("\n"));
}

#[test]
fn each_exception_is_still_there() {
    for (file, part, _) in EXCEPTIONS {
        let text = fs::read_to_string(root().join("src").join(file)).expect("a source file");
        assert!(
            comparisons(&text).iter().any(|(_, line)| line.contains(part)),
            "{file}: {part}"
        );
    }
}

#[test]
fn a_comparison_is_found_out() {
    let bad = [
        "if tag.as_bytes() == shown.as_bytes() {",
        "let same = mac.finalize().into_bytes()[..] == wanted[..];",
        "match wanted != &decoded[..20] {",
        "made.eq(&other)",
        "self.shown.as_bytes().starts_with(prefix)",
        "secrets.contains(&secret.expose())",
        "let found = list.iter().any(|one| *one == hashed);",
    ];
    for line in bad {
        assert_eq!(comparisons(line).len(), 1, "{line}");
    }
    let good = [
        "if shown.len() == 32 {",
        "let header = scheme.signature.header_name() == other;",
        "self.bytes.ct_eq(signature)",
        "// made == shown",
        "if digests != 1 {",
    ];
    for line in good {
        assert!(comparisons(line).is_empty(), "{line}");
    }
    let in_a_test = "#[cfg(test)]\nmod tests {\n    fn f() { assert!(made == shown) }\n}\n";
    assert!(comparisons(in_a_test).is_empty());
}

/// The lines of code that compare something secret, with their numbers; a file's tests come last and are left out.
fn comparisons(text: &str) -> Vec<(usize, &str)> {
    let code = text.lines().take_while(|line| *line != "#[cfg(test)]");
    let mut found = Vec::new();
    for (number, line) in code.enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        let compares = COMPARISONS.iter().any(|comparison| {
            code.match_indices(comparison).any(|(at, _)| {
                let (before, behind) = (&code[..at], &code[at + comparison.len()..]);
                is_secret(left(before)) || is_secret(right(behind))
            })
        });
        if compares {
            found.push((number + 1, line.trim()));
        }
    }
    found
}

/// Whether an expression's value is one of the secrets, as far as its last telling name says.
fn is_secret(expression: &str) -> bool {
    let views = [
        "as_bytes",
        "as_slice",
        "as_ref",
        "as_str",
        "into_bytes",
        "to_vec",
        "clone",
    ];
    let names = expression.split(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
    let mut names =
        names.filter(|name| !name.is_empty() && !name.starts_with(|first: char| first.is_ascii_digit()));
    let last = names.rfind(|name| !views.contains(name));
    last.is_some_and(|name| SECRETS.contains(&name))
}

/// The expression that ends here.
fn left(text: &str) -> &str {
    let start = text.rfind([' ', '!', '|', '&']).map_or(0, |at| at + 1);
    &text[start..]
}

/// The expression that begins here.
fn right(text: &str) -> &str {
    let end = text.find([' ', ',', ';', '{']).unwrap_or(text.len());
    &text[..end]
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the rooms are there");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .flat_map(|path| match path.is_dir() {
            true => sources(&path),
            false => vec![path],
        })
        .filter(|path| path.file_name().is_some_and(|name| name != "tests.rs"))
        .collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn t056_constant_time_is_promised_where_it_is_measured_and_nowhere_else() {
    let read = |file: &str| fs::read_to_string(root().join(file)).expect("it is there");
    let script = read("constant-time/run");
    let promised = script.lines().find_map(|line| line.strip_prefix("promised="));
    let promise = format!(
        "**Constant time** is promised of comparisons on {} alone",
        promised.expect("it says what it measures for")
    );
    assert!(read("SECURITY.md").contains(&promise), "{promise}");
}
