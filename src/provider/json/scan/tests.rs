//! The scanner against `serde_json`, and what is rare in texts and numbers.

use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn is_json(document: &str) -> bool {
    let mut scanner = Scanner::new(document);
    scanner.value().and_then(|_| scanner.end()).is_ok()
}

/// Documents with what is rare in them, and a few changed bytes.
fn documents() -> impl Strategy<Value = String> {
    let pieces = [
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "\"a\"",
        "\"k\":",
        "\\",
        "\\u",
        "\\ud83d",
        "\\ude00",
        "00e9",
        "\\n",
        "\\x",
        "0",
        "-",
        "1",
        "12",
        ".",
        "e",
        "E",
        "+",
        "1e400",
        "1e-400",
        "true",
        "false",
        "null",
        "nul",
        " ",
        "\n",
        "\u{1}",
        "\u{7f}",
        "é",
        "😀",
        "a text of more than sixteen bytes",
        "{}",
        "[]",
        "\"\"",
    ];
    let soup =
        prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..12).prop_map(|all| all.concat());
    let leaf = prop_oneof![
        soup.clone(),
        Just("1.5e3".to_owned()),
        Just("-0".to_owned()),
        "\"[a-z\\\\\"é\u{0}-\u{20}]{0,40}\"",
        any::<String>().prop_map(|text| Value::from(text).to_string()),
        any::<f64>().prop_map(|number| Value::from(number).to_string()),
    ];
    let nested = leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|all| format!("[{}]", all.join(", "))),
            prop::collection::vec(inner, 0..4).prop_map(|all| {
                let members = all.iter().map(|value| format!("\"key\":{value}"));
                format!("{{{}}}", members.collect::<Vec<_>>().join(","))
            }),
        ]
    });
    prop_oneof![soup, nested]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn it_takes_for_json_what_serde_json_takes_for_it(document in documents()) {
        let wanted = serde_json::from_str::<Value>(&document).is_ok();
        prop_assert_eq!(is_json(&document), wanted, "{}", document);
    }
}

#[test]
fn every_byte_of_a_text_is_looked_at_wherever_it_stands() {
    for at in 0..40 {
        for (byte, is_good) in [
            ("\u{1}", false),
            ("\u{1f}", false),
            ("\\q", false),
            ("\\n", true),
            ("\u{7f}", true),
        ] {
            let text = format!("\"{}{byte}{}\"", "x".repeat(at), "x".repeat(40 - at));
            assert_eq!(is_json(&text), is_good, "{text:?}");
        }
    }
}

#[test]
fn half_of_a_pair_stands_alone_only_in_what_is_read_afterwards() {
    for (text, is_good) in [
        (r#""\ud83d\ude00""#, true),
        (r#""\uDBFF\uDFFF""#, true),
        (r#""\ud83d""#, false),
        (r#""\ude00""#, false),
        (r#""\ud83d\ud83d""#, false),
        (r#""\ud83d\u0041""#, false),
        (r#""\ud83dA""#, false),
    ] {
        assert_eq!(is_json(text), is_good, "{text}");
        assert_eq!(Scanner::new(text).raw(), Ok(text));
    }
}

#[test]
fn values_side_by_side_are_no_deeper_than_the_deepest_of_them() {
    for value in ["[]", "{}", "[[]]", r#"{"a":{}}"#] {
        let many = format!("[{}]", vec![value; 2 * usize::from(LEVELS)].join(","));
        assert!(is_json(&many), "{value}");
    }
}

#[test]
fn numbers_are_json_numbers_that_a_double_can_hold() {
    let long = "9".repeat(400);
    let zeros = format!("0.{}1", "0".repeat(400));
    for good in [
        "0",
        "-0",
        "10",
        "1.0",
        "1e5",
        "1E+5",
        "1e-400",
        "0e999",
        "18446744073709551616",
        &zeros,
    ] {
        assert!(is_json(good), "{good}");
    }
    for bad in [
        "01", "-", "+1", ".5", "1.", "1e", "1e+", "0x1", "1e400", "-1e400", "NaN", "1_0", &long,
    ] {
        assert!(!is_json(bad), "{bad}");
    }
}

/// Keys that hold what a pointer writes in another way, and the pointers beside them.
fn named() -> impl Strategy<Value = Value> {
    let key = prop::sample::select(vec!["a", "b", "a/b", "/a", "a/", "~", "~1", "~0", "a~b", ""]);
    Just(Value::from(1)).prop_recursive(4, 24, 3, move |inner| {
        prop::collection::btree_map(key.clone().prop_map(str::to_owned), inner, 0..4)
            .prop_map(|members| members.into_iter().collect())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn a_pointer_leads_where_serde_jsons_leads(document in named(), steps in prop::collection::vec(
        prop::sample::select(vec!["/a", "/b", "/a~1b", "/~1a", "/a~1", "/~0", "/~01", "/~00", "/a~0b", "/"]), 1..4))
    {
        let (text, pointer) = (document.to_string(), steps.concat());
        let picked = crate::provider::json::pick(text.as_bytes(), &[&pointer]).unwrap();
        let wanted = document.pointer(&pointer).map(Value::to_string);
        prop_assert_eq!(picked[0], wanted.as_deref(), "{} in {}", pointer, text);
    }
}

#[test]
fn a_key_with_a_slash_is_not_a_way_down() {
    let both = br#"{"data/id":"x","data":{"id":"y"}}"#;
    let picked = crate::provider::json::pick(both, &["/data/id"]).unwrap();
    assert_eq!(picked[0], Some(r#""y""#));
}
