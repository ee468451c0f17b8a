//! Bodies that something on the way has changed.

use tower_webhook::provider::senders;

use crate::{check, delivery, raw, secret};

#[test]
fn a_body_that_was_written_anew_is_found_in_whatever_way_it_was_written_before() {
    let stripe = "{\n  \"id\": \"evt_1\",\n  \"object\": \"event\",\n  \"data\": {\n    \"object\": {\n      \"id\": \"in_1\",\n      \"amount\": 1.50,\n      \"tags\": [],\n      \"a\": [\n        1,\n        \"x: {y, z}\"\n      ]\n    }\n  },\n  \"api_version\": null\n}";
    let compact = r#"{"id":"evt_1","object":"event","data":{"object":{"id":"in_1","amount":1.50,"tags":[],"a":[1,"x: {y, z}"]}},"api_version":null}"#;
    let spaced = r#"{"id": "evt_1", "object": "event", "data": {"object": {"id": "in_1", "amount": 1.50, "tags": [], "a": [1, "x: {y, z}"]}}, "api_version": null}"#;
    let four = stripe.replace("  ", "    ");
    let cases = [
        (stripe, compact, "indented by 2 spaces"),
        (stripe, spaced, "indented by 2 spaces"),
        (compact, stripe, "without white space"),
        (spaced, compact, "a space behind each comma"),
        (&four, compact, "indented by 4 spaces"),
        (
            r#"{"z":"Zo\u00eb \ud83d\ude00","a":1}"#,
            "{\"z\":\"Zo\u{eb} \u{1f600}\",\"a\":1}",
            r"by `\u`",
        ),
        (
            "{\"z\":\"Zo\u{eb} \u{1f600}\",\"a\":1}",
            r#"{"z": "Zo\u00eb \ud83d\ude00", "a": 1}"#,
            "as they are",
        ),
        (
            r#"{"z":"Zo\u00eb","url":"https:\/\/a.b\/c"}"#,
            "{\"z\":\"Zo\u{eb}\",\"url\":\"https://a.b/c\"}",
            r"slashes by `\/`",
        ),
    ];
    for (signed, came, wanted) in cases {
        let signed = delivery(senders::by_name("stripe").copied().unwrap(), signed.to_owned());
        let request = raw(signed.sign(&secret()), Some(came.as_bytes()));
        // Also long after, when nobody says at what time it came.
        for more in [&[] as &[&str], &["--now", "1900000000"]] {
            let (code, text) = check(&senders::by_name("stripe").copied().unwrap(), &request, more);
            let cause = text
                .lines()
                .find(|line| line.starts_with("cause"))
                .unwrap_or_default();
            assert!(
                code == 1 && cause.contains("parsed and written anew") && cause.contains(wanted),
                "{wanted}: {text}"
            );
        }
    }
}

#[test]
fn a_form_that_was_written_anew_is_found() {
    let scheme = *senders::by_name("slack").unwrap();
    let signed = delivery(scheme, "text=a%20b&x=1").form().sign(&secret());
    let (_, text) = check(&scheme, &raw(signed, Some(b"text=a+b&x=1")), &[]);
    assert!(text.contains("the form was parsed and written anew"), "{text}");
}
