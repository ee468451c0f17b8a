//! Any document as an event of Stripe: read without a panic, and what has no type is kept to the byte.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;

use tower_webhook::event::stripe::Event;
use tower_webhook_fuzz::{allowance, changed, peak_of, with_a_field_more};

fuzz_target!(|input: &[u8]| {
    let document = changed(input);
    let document = document.as_slice();
    let (event, peak) = peak_of(|| Event::from_parts("fallback", document.to_vec()));
    assert!(
        peak <= allowance(document.len()),
        "{} bytes cost {peak}",
        document.len()
    );
    let again = Event::from_parts("fallback", document.to_vec());
    assert_eq!(
        format!("{event:?}"),
        format!("{again:?}"),
        "one document, two events"
    );

    // Texts that no type asks for may hold what a stricter reader refuses; then there is nothing to compare with.
    let Ok(value) = serde_json::from_slice::<Value>(document) else {
        assert!(
            std::str::from_utf8(document).is_ok() || matches!(event, Event::Other(_)),
            "a typed event is text"
        );
        return;
    };
    let stated = value.get("type").and_then(Value::as_str);
    match &event {
        Event::Other(other) => {
            assert_eq!(other.body(), document, "bytes were lost");
            assert!(Some(other.kind()) == stated || other.kind() == "fallback");
        }
        typed => {
            assert_eq!(Some(typed.kind()), stated, "the document names its kind");
            let more = Event::from_parts("fallback", with_a_field_more(document));
            assert_eq!(
                format!("{event:?}"),
                format!("{more:?}"),
                "a field that no type knows made another event"
            );
        }
    }
    if let Event::Charge(charge) = &event {
        let amount = value.pointer("/data/object/amount").and_then(Value::as_i64);
        assert_eq!(Some(charge.data.object.amount), amount, "an amount is exact");
    }
});
