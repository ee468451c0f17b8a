//! The cases of the senders' and the peers' own public suites, read at test time.
#![allow(dead_code, reason = "each test binary uses its own part")]

pub(crate) mod shared;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;

/// A request, and whether its sender's receiver must take it.
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) secrets: Vec<String>,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) now: u64,
    pub(crate) accept: bool,
    /// The header that the case says is the sender's, where it has a sender of no name.
    pub(crate) header: Option<String>,
}

/// The cases of this sender on whose verdict everybody agrees; none when the file is not there.
pub(crate) fn cases(provider: &str) -> Option<Vec<Case>> {
    let all = shared::read("peer-cases.json")?;
    let all = all["cases"].as_array().expect("a list of cases");
    let known = all
        .iter()
        .filter(|case| case["provider"] == provider && case["tier"] != "contested");
    Some(known.map(read).collect())
}

fn read(case: &Value) -> Case {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    Case {
        id: text(&case["id"]),
        secrets: list(&case["secrets"]).iter().map(text).collect(),
        url: text(&case["url"]),
        headers: list(&case["headers"])
            .iter()
            .map(|pair| (text(&pair[0]), text(&pair[1])))
            .collect(),
        body: match case["body_encoding"].as_str() {
            Some("base64") => BASE64.decode(text(&case["body"])).expect("Base64"),
            _ => text(&case["body"]).into_bytes(),
        },
        now: case["now_unix"].as_u64().unwrap_or_default(),
        accept: case["expect"] == "accept",
        header: case["config"]["header"].as_str().map(str::to_owned),
    }
}
