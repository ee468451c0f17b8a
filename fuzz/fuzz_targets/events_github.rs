//! Any document as an event of GitHub: read without a panic, and what has no type is kept to the byte.
#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use serde::de::IgnoredAny;

use tower_webhook::event::github::Event;
use tower_webhook_fuzz::{allowance, changed, peak_of, with_a_field_more};

fuzz_target!(|input: &[u8]| {
    // The first line is the kind, the rest the document or what it is made of.
    let line = input.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let (kind, document) = (String::from_utf8_lossy(&input[..line]), changed(&input[line..]));
    let (event, peak) = peak_of(|| Event::from_parts(&kind, document.clone()));
    assert!(
        peak <= allowance(document.len()),
        "{} bytes cost {peak}",
        document.len()
    );

    let again = Event::from_parts(&kind, document.clone());
    assert_eq!(
        format!("{event:?}"),
        format!("{again:?}"),
        "one document, two events"
    );
    match &event {
        Event::Other(other) => {
            assert_eq!(other.body(), &document, "bytes were lost");
            assert_eq!(other.kind(), kind);
        }
        _ => {
            let text = std::str::from_utf8(&document).expect("a typed event is text");
            let fields = serde_json::from_str::<BTreeMap<String, IgnoredAny>>(text);
            assert!(fields.is_ok(), "a typed event is a JSON object");
            let more = Event::from_parts(&kind, with_a_field_more(&document));
            assert_eq!(
                format!("{event:?}"),
                format!("{more:?}"),
                "a field that no type knows made another event"
            );
        }
    }
});
