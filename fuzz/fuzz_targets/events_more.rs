//! Any body as an event of Shopify, Discord, Twilio or Standard Webhooks: read without a panic, and what has no type is kept to the byte.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde::Deserialize;

use tower_webhook::event::{Other, discord, shopify, standard, twilio};
use tower_webhook_fuzz::{allowance, changed, peak_of, with_a_field_more};

const TOPICS: [&str; 6] = [
    "orders/create",
    "customers/update",
    "app/uninstalled",
    "customers/redact",
    "shop/redact",
    "themes/publish",
];

/// Data with a text and a list, as an application has them.
#[derive(Debug, Deserialize)]
struct Account {
    id: String,
    #[serde(default)]
    tags: Vec<String>,
}

impl standard::Data for Account {
    const KINDS: &'static [&'static str] = &["account.*"];
}

fuzz_target!(|input: &[u8]| {
    let Some((first, rest)) = input.split_first() else {
        return;
    };
    let body = &*changed(rest);
    let (sender, variant) = (first % 4, usize::from(first / 4));
    let (read, peak) = peak_of(|| read(sender, variant, body));
    assert!(peak <= allowance(body.len()), "{} bytes cost {peak}", body.len());
    let (shown, other) = read;
    let (again, _) = self::read(sender, variant, body);
    assert_eq!(shown, again, "one body, two events");
    match other {
        Some(other) => assert_eq!(other.body(), body, "bytes were lost"),
        None => {
            let (more, other) = self::read(sender, variant, &with_a_field_more(body));
            assert_eq!(
                (shown, true),
                (more, other.is_none()),
                "a field that no type knows made another event"
            );
        }
    }
});

/// What the event shows of itself by name, and the event where it has no type.
fn read(sender: u8, variant: usize, body: &[u8]) -> (String, Option<Other>) {
    let body = body.to_vec();
    match sender {
        0 => match shopify::Event::from_parts(TOPICS[variant % TOPICS.len()], body) {
            shopify::Event::Other(other) => (other.kind().to_owned(), Some(other)),
            typed => (typed.kind().to_owned(), None),
        },
        1 => match discord::Event::from_parts("said", body) {
            discord::Event::Other(other) => (other.kind().to_owned(), Some(other)),
            typed => (format!("{:?}", std::mem::discriminant(&typed)), None),
        },
        2 => match twilio::Event::from_parts("said", body) {
            twilio::Event::Other(other) => (other.kind().to_owned(), Some(other)),
            typed => (format!("{:?}", std::mem::discriminant(&typed)), None),
        },
        _ => match standard::Event::<Account>::from_parts("said", body) {
            standard::Event::Other(other) => (other.kind().to_owned(), Some(other)),
            standard::Event::Typed(event) => {
                let name = format!("{} {} {}", event.kind, event.data.id, event.data.tags.len());
                assert!(event.kind.starts_with("account."), "an event of another kind");
                (name, None)
            }
            other => panic!("neither typed nor kept: {}", other.kind()),
        },
    }
}
