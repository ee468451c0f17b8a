//! Any body as an event of Slack: read without a panic, and what has no type is kept to the byte.
#![no_main]

use libfuzzer_sys::fuzz_target;

use tower_webhook::event::slack::{Event, SlashCommand};
use tower_webhook_fuzz::{allowance, changed, peak_of, with_a_field_more};

const TYPES: [Option<&str>; 4] = [
    None,
    Some("application/json"),
    Some("application/x-www-form-urlencoded"),
    Some("text/plain; charset=x"),
];

fuzz_target!(|input: &[u8]| {
    let Some((first, rest)) = input.split_first() else {
        return;
    };
    let body = &*changed(rest);
    let content_type = TYPES[usize::from(*first) % TYPES.len()];
    let (event, peak) = peak_of(|| Event::from_parts("fallback", content_type, body.to_vec()));
    assert!(peak <= allowance(body.len()), "{} bytes cost {peak}", body.len());
    let again = Event::from_parts("fallback", content_type, body.to_vec());
    assert_eq!(format!("{event:?}"), format!("{again:?}"), "one body, two events");

    if !matches!(event, Event::Other(_)) {
        let more = Event::from_parts("fallback", content_type, with_a_field_more(body));
        assert_eq!(
            format!("{event:?}"),
            format!("{more:?}"),
            "a field that no type knows made another event"
        );
    }
    match event {
        Event::Other(other) => {
            let wrapped = || {
                let fields: Vec<(String, String)> = serde_urlencoded::from_bytes(body).unwrap_or_default();
                fields
                    .into_iter()
                    .find(|(name, _)| name == "payload")
                    .map(|(_, value)| value)
            };
            let kept = other.body() == body || wrapped().is_some_and(|json| other.body() == json.as_bytes());
            assert!(kept, "bytes were lost");
        }
        Event::Command(command) => {
            let read = SlashCommand::from_form(body).expect("a command is a command");
            assert_eq!(*command, read);
        }
        _ => {}
    }
});
