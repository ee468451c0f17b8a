//! The cases that stand beside the checkout, since their bodies are other projects'.

use std::io::{Write, stderr};
use std::path::PathBuf;

use serde_json::Value;

/// A file of them; `None`, said aloud, where it is missing.
pub(crate) fn read(file: &str) -> Option<Value> {
    let folder = std::env::var_os("SHARED_DIR").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"),
        PathBuf::from,
    );
    let Ok(text) = std::fs::read(folder.join(file)) else {
        let said = format!(
            "SKIPPED: {file} is not at {}; nothing was compared with it\n",
            folder.display()
        );
        // Not by a macro: the test runner keeps what those print of a test that passes.
        stderr()
            .write_all(said.as_bytes())
            .expect("there is an error output");
        return None;
    };
    Some(serde_json::from_slice(&text).expect("a JSON file"))
}
