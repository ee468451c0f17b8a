//! What holds for every delivery: the events' bytes are the elements' bytes, in their order, and each key is the event's own.

use proptest::prelude::*;
use serde_json::value::RawValue;
use tower_webhook::provider::Scheme;

use super::harness::{BARE, BATCH, Handler, NESTED, code, stack, store};

/// JSON of any shape, written with blanks here and there.
fn value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap()),
        Just("null".to_owned()),
        Just("1E5".to_owned()),
        Just("9007199254740993".to_owned()),
        Just(r#""\u0041\/""#.to_owned()),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4)
                .prop_map(|items| format!("[ {}]", items.join(" ,\n"))),
            proptest::collection::btree_map("[x-z]{1,4}", inner, 0..4).prop_map(|fields| {
                let fields: Vec<_> = fields
                    .iter()
                    .map(|(key, value)| format!("\t\"{key}\" :{value}"))
                    .collect();
                format!("{{{}}}", fields.join(", "))
            }),
        ]
    })
}

/// Sends the body and gives what the handler was shown, with the places.
fn opened(scheme: Scheme, body: String) -> Vec<(String, String)> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let (handler, (store, _)) = (Handler::default(), store());
        let stack = stack(scheme, store, &handler);
        let status = code(&stack, scheme, body).await;
        assert!((200..300).contains(&status), "{status}");
        let said = |shown: super::harness::Shown| {
            let place = shown.proof.place().unwrap().to_owned();
            (place, String::from_utf8(shown.body.to_vec()).unwrap())
        };
        handler.shown().into_iter().map(said).collect()
    })
}

/// Each once: a second of the same content is a duplicate.
fn distinct(events: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    events
        .into_iter()
        .filter(|event| seen.insert(event.clone()))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_events_bytes_are_the_elements_bytes(events in proptest::collection::vec(value(), 0..6), blank in "[ \n\t]{0,3}") {
        let joined = events.join(&format!("{blank},{blank}"));
        let body = format!("{blank}[{blank}{joined}{blank}]{blank}");
        let elements: Vec<&RawValue> = serde_json::from_str(&body).unwrap();
        let elements = elements.iter().map(|element| element.get().to_owned()).collect();
        let shown: Vec<_> = opened(BARE, body).into_iter().map(|(_, event)| event).collect();
        prop_assert_eq!(shown, distinct(elements));
    }

    #[test]
    fn an_event_s_place_leads_to_its_value(events in proptest::collection::vec(value(), 0..6)) {
        let body = format!(r#"{{"before":[0],"events":[{}],"behind":{{}}}}"#, events.join(","));
        let whole: serde_json::Value = serde_json::from_str(&body).unwrap();
        for (place, event) in opened(BATCH, body) {
            let value: serde_json::Value = serde_json::from_str(&event).unwrap();
            prop_assert_eq!(whole.pointer(&place), Some(&value));
        }
    }

    #[test]
    fn nothing_of_a_nested_delivery_is_left_out(entries in proptest::collection::vec(proptest::collection::vec(value(), 0..4), 0..4)) {
        let entry = |(index, changes): (usize, &Vec<String>)| {
            let name = ["changes", "messaging"][index % 2];
            format!(r#"{{"id":{index},"{name}":[{}]}}"#, changes.join(","))
        };
        let written: Vec<_> = entries.iter().enumerate().map(entry).collect();
        let body = format!(r#"{{"entry":[{}]}}"#, written.join(","));
        let shown: Vec<_> = opened(NESTED, body).into_iter().map(|(_, event)| event).collect();
        let all: Vec<_> = entries.into_iter().flat_map(distinct).collect();
        prop_assert_eq!(shown, all);
    }
}
