//! The senders with rules of their own: the published vectors, the peers' cases, and every change of one byte of them.
#![cfg(feature = "test-util")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]
#![allow(unreachable_pub, reason = "a test program has no outside")]

#[path = "own_senders/case.rs"]
mod case;
#[path = "own_senders/identity.rs"]
mod identity;
#[path = "own_senders/properties.rs"]
mod properties;
#[path = "own_senders/rare.rs"]
mod rare;
#[path = "own_senders/rules.rs"]
mod rules;
#[path = "support/shared.rs"]
mod shared;

use std::collections::BTreeMap;

use tower_webhook::Reason;

use case::{Case, Expected, known};

const SENDERS: [&str; 8] = [
    "adyen",
    "box",
    "braintree",
    "contentful",
    "hubspot",
    "mailgun",
    "mandrill",
    "twilio",
];

/// Cases that end otherwise than their file says, each with the reason.
const OTHERWISE: [(&str, &str); 3] = [
    (
        "twilio-form-special-char-url",
        "signed with a re-encoding of the query that one library of Twilio's tries; its own peer case is contested",
    ),
    (
        "box-body-with-carriage-return",
        "a line break within a JSON text: no JSON, and not what Box sends, which is `\\r`",
    ),
    (
        "box-body-with-back-slash",
        "a single backslash: no JSON, and not what Box sends, which is two",
    ),
];

/// Compares each case with what is expected of it; answers how many there were of each sender.
async fn compare(cases: &[Case]) -> BTreeMap<&str, usize> {
    let mut seen = BTreeMap::new();
    for case in cases.iter().filter(|case| case.expected != Expected::Contested) {
        let otherwise = OTHERWISE.iter().any(|(known, _)| *known == case.id);
        let outcome = case.outcome().await;
        let right = match case.expected {
            Expected::Accept => (outcome.status == 204) != otherwise,
            Expected::Challenge => outcome.status == 200,
            Expected::Reject | Expected::Contested => outcome.status == 401,
        };
        assert!(right, "{}: {outcome:?}", case.id);
        *seen.entry(case.provider.as_str()).or_insert(0) += 1;
    }
    seen
}

#[tokio::test]
async fn the_vectors_hold() {
    let Some(cases) = known("vectors.json", &SENDERS) else {
        return;
    };
    let seen = compare(&cases).await;
    println!("{seen:?}");
    assert_eq!(seen.values().sum::<usize>(), 51, "{seen:?}");
}

#[tokio::test]
async fn the_peers_cases_hold() {
    let Some(cases) = known("peer-cases.json", &SENDERS) else {
        return;
    };
    let seen = compare(&cases).await;
    println!("{seen:?}");
    assert_eq!(seen.values().sum::<usize>(), 55, "{seen:?}");
}

#[tokio::test]
async fn each_contested_case_ends_as_the_document_says() {
    let Some(cases) = known("peer-cases.json", &SENDERS) else {
        return;
    };
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/senders.md")).unwrap();
    let contested: Vec<_> = cases
        .iter()
        .filter(|case| case.expected == Expected::Contested)
        .collect();
    assert_eq!(contested.len(), 4);
    for case in contested {
        let reason = case.outcome().await.reason.unwrap();
        let row = format!("| `{}` | `{}` |", case.id, reason.code());
        assert!(
            text.contains(&row),
            "docs/senders.md must have a row that begins so: {row}"
        );
    }
}

/// Whether the verdict rests on the byte at this position of the body.
fn rests_on(case: &Case, position: usize) -> bool {
    let text = std::str::from_utf8(&case.body).unwrap();
    let within = |start: usize, piece: &str| (start..start + piece.len()).contains(&position);
    let in_value = |key: &str| {
        let marked = format!("\"{key}\"");
        let Some(start) = text.find(&marked).map(|at| at + marked.len()) else {
            return false;
        };
        let value = text[start..].trim_start_matches([':', ' ']);
        let value_at = text.len() - value.len();
        let end = value[1..].find('"').map_or(value.len(), |at| at + 2);
        within(value_at, &value[..end])
    };
    match case.provider.as_str() {
        "adyen" if case.header("HmacSignature").is_none() => {
            ["pspReference", "merchantReference", "eventCode", "hmacSignature"]
                .into_iter()
                .any(in_value)
        }
        "mailgun" => {
            ["token", "timestamp"].into_iter().any(in_value) || {
                let start = text.rfind("\"signature\":").unwrap() + 12;
                let start = start + text[start..].find('"').unwrap() + 1;
                within(start, &text[start..start + 64])
            }
        }
        // Whose public key a signature names is not asked.
        "braintree" => !within(text.find("=integration").unwrap() + 1, "integration_public_key"),
        _ => true,
    }
}

#[tokio::test]
async fn every_change_of_a_byte_is_refused() {
    let Some(mut cases) = known("vectors.json", &SENDERS) else {
        return;
    };
    cases.extend(known("peer-cases.json", &["contentful", "mandrill"]).unwrap_or_default());
    let mut changes = 0;
    for mut case in cases {
        // With two signatures of two keys, one may be wrong.
        case.headers.retain(|(name, _)| name != "box-signature-secondary");
        if case.expected != Expected::Accept || !case.is_accepted().await {
            continue;
        }
        for position in (0..case.body.len()).filter(|at| rests_on(&case, *at)) {
            let mut changed = case.clone();
            changed.body[position] ^= 1;
            assert!(
                !changed.is_accepted().await,
                "{}: byte {position} of the body",
                case.id
            );
            changes += 1;
        }
        for (index, (name, value)) in case.headers.iter().enumerate() {
            let unsigned = ["content-type", "box-delivery-id", "protocol"];
            let unsigned = unsigned.iter().any(|known| name.eq_ignore_ascii_case(known));
            if unsigned && case.provider != "contentful" {
                continue;
            }
            for position in 0..value.len() {
                let mut bytes = value.clone().into_bytes();
                bytes[position] ^= 1;
                let mut changed = case.clone();
                changed.headers[index].1 = String::from_utf8(bytes).unwrap();
                assert!(
                    !changed.is_accepted().await,
                    "{}: byte {position} of {name}",
                    case.id
                );
                changes += 1;
            }
        }
    }
    println!("{changes} changes");
    assert!(changes > 8_000, "{changes}");
}

#[tokio::test]
async fn every_change_of_a_byte_of_the_url_is_refused() {
    let Some(mut cases) = known("vectors.json", &["twilio", "hubspot", "contentful"]) else {
        return;
    };
    cases.extend(known("peer-cases.json", &["mandrill", "contentful"]).unwrap_or_default());
    let mut changes = 0;
    for case in cases {
        if case.expected != Expected::Accept || case.scheme == "hubspot-v1" || !case.is_accepted().await {
            continue;
        }
        // Contentful signs the path alone.
        let start = match case.provider.as_str() {
            "contentful" => case.url[8..].find('/').unwrap() + 8,
            _ => 0,
        };
        // The port is what Twilio's own systems are not of one mind about.
        let port = case.url.find(":1234").unwrap_or(usize::MAX - 5);
        for position in (start..case.url.len()).filter(|at| !(port..port + 5).contains(at)) {
            let mut bytes = case.url.clone().into_bytes();
            bytes[position] ^= 1;
            let mut changed = case.clone();
            changed.url = String::from_utf8(bytes).unwrap();
            assert!(!changed.is_accepted().await, "{}: {}", case.id, changed.url);
            changes += 1;
        }
    }
    println!("{changes} changes");
    assert!(changes > 1_000, "{changes}");
}

#[tokio::test]
async fn braintrees_challenge_is_answered() {
    let Some(cases) = known("vectors.json", &["braintree"]) else {
        return;
    };
    let case = cases
        .iter()
        .find(|case| case.expected == Expected::Challenge)
        .unwrap();
    let outcome = case.outcome().await;
    assert_eq!(
        outcome.body,
        "integration_public_key|d9b899556c966b3f06945ec21311865d35df3ce4"
    );
    for bad in [
        "",
        "20f9f8ed05f77439fe9",
        "20F9F8ED05F77439FE955C977E4C8A53",
        "20f9f8ed05f77439fe955c977e4c8a530",
        "PG5vdGlmaWNhdGlvbj4A",
    ] {
        let mut other = case.clone();
        other.url = format!("https://example.com/bt?bt_challenge={bad}");
        assert_eq!(
            other.outcome().await.reason,
            Some(Reason::MalformedHeader),
            "{bad}"
        );
    }
}
