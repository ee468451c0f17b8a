//! The cases about which the peers disagree: docs/senders.md has the answer to each, and gives it as it is.

use std::path::PathBuf;

use serde_json::Value;
use tower_webhook::provider::senders;

use crate::{outcome, shared};

#[tokio::test]
async fn each_contested_case_ends_as_the_document_says() {
    let Some(cases) = shared::read("peer-cases.json") else {
        return;
    };
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/senders.md");
    let text = std::fs::read_to_string(path).expect("docs/senders.md is there");
    let contested = cases["cases"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|case| case["tier"] == "contested");
    let (mut seen, mut missing) = (0, Vec::new());
    for case in contested {
        let Some(scheme) = senders::by_name(case["provider"].as_str().unwrap()) else {
            continue;
        };
        if scheme.is_own() {
            continue;
        }
        let id = case["id"].as_str().unwrap();
        let answer = match outcome(*scheme, case).await {
            Ok(()) => "accepted".to_owned(),
            Err(Some(reason)) => format!("`{}`", reason.code()),
            Err(None) => "refused at start-up".to_owned(),
        };
        let row = format!("| `{id}` | {answer} |");
        seen += 1;
        if !text.contains(&row) {
            missing.push(row);
        }
    }
    assert!(
        missing.is_empty(),
        "docs/senders.md must have rows that begin so:\n{}",
        missing.join("\n")
    );
    assert!(seen >= 20, "{seen}");
}

/// Whether the description's own word about its vectors is theirs.
#[test]
fn what_proves_a_description_is_what_the_vectors_say() {
    let Some(vectors) = shared::read("vectors.json") else {
        return;
    };
    for facts in senders::ALL.iter().map(tower_webhook::provider::Scheme::facts) {
        let (provider, scheme) = match facts.name {
            "adyen" => ("adyen", "adyen-item"),
            "adyen_platform" => ("adyen", "adyen-header"),
            "hubspot" => ("hubspot", "hubspot-v3"),
            "hubspot_v1" => ("hubspot", "hubspot-v1"),
            "hubspot_v2" => ("hubspot", "hubspot-v2"),
            // Their vectors stand among the peers' cases and in tests/own_senders.
            "contentful" | "mandrill" => continue,
            name => (name, ""),
        };
        let of_it = |vector: &&Value| {
            let named = scheme.is_empty() || vector["scheme"] == scheme;
            vector["provider"] == provider
                && named
                && vector["kind"] == "published"
                && vector["verified"] != false
        };
        let origins: Vec<_> = vectors.as_array().unwrap().iter().filter(of_it).collect();
        let by_the_sender = |vector: &&Value| {
            vector["origin"]
                .as_str()
                .is_some_and(|text| text.starts_with("provider"))
        };
        let wanted = match (origins.iter().any(by_the_sender), origins.is_empty()) {
            (true, _) => "published",
            (false, false) => "third party",
            (false, true) => "derived only",
        };
        assert_eq!(facts.vectors.name(), wanted, "{}", facts.name);
    }
}
