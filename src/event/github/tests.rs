//! Bodies that are not what their kind promises: kept, explained, never guessed at and never a panic.

use super::Event;

/// A `star` payload whose sender has the given number, and `more` before the end.
fn star(sender: &str, more: &str) -> String {
    format!(
        r#"{{"action": "created", "starred_at": "t",
            "repository": {{
                "id": 7, "name": "kiln", "full_name": "potter/kiln", "private": false, "fork": false,
                "owner": {{"login": "potter", "id": 3}}, "html_url": "https://github.com/potter/kiln"
            }},
            "sender": {{"login": "potter", "id": {sender}}}{more}}}"#
    )
}

/// Reads a text as a `star`: the sender's number, or why it does not fit.
fn read(text: impl Into<Vec<u8>>) -> Result<u64, String> {
    let text = text.into();
    match Event::from_parts("star", text.clone()) {
        Event::Star(star) => Ok(star.sender.id),
        Event::Other(other) => {
            assert_eq!(
                (other.kind(), &other.body()[..]),
                ("star", &text[..]),
                "kept as it came"
            );
            Err(other.reason().expect("a reason").to_string())
        }
        event => panic!("{event:?}"),
    }
}

#[test]
fn an_unknown_kind_keeps_its_bytes_even_if_they_are_no_json() {
    for (kind, body) in [
        ("sponsorship", &b"{ \"a\":1 }\n"[..]),
        ("", b""),
        ("PUSH", b"\xff\x00"),
        ("star ", b"{}"),
    ] {
        let Event::Other(other) = Event::from_parts(kind, body) else {
            panic!("{kind:?} has no type")
        };
        assert_eq!((other.kind(), &other.body()[..]), (kind, body));
        assert!(other.reason().is_none(), "not a misfit: there is nothing to fit");
    }
}

#[test]
fn a_new_field_and_a_new_action_change_nothing() {
    let text = star("3", r#", "novelty": {"id": "not a number"}"#).replace("created", "polished");
    assert_eq!(read(text), Ok(3));
}

#[test]
fn a_number_is_exact_or_refused() {
    for exact in [0, (1 << 53) + 1, u64::MAX] {
        assert_eq!(read(star(&exact.to_string(), "")), Ok(exact));
    }
    for refused in [
        "18446744073709551616",
        "1e400",
        "1e3",
        "3.0",
        "-0",
        "-3",
        "NaN",
        "\"3\"",
        "null",
        "03",
    ] {
        read(star(refused, "")).expect_err(refused);
    }
}

#[test]
fn a_second_copy_of_a_field_is_refused() {
    for copy in [
        r#", "action": "deleted""#,
        r#", "\u0061ction": "deleted""#,
        r#", "starred_at": null"#,
    ] {
        assert!(
            read(star("3", copy)).unwrap_err().contains("duplicate field"),
            "{copy}"
        );
    }
    assert!(
        read(star("3, \"id\": 4", ""))
            .unwrap_err()
            .contains("duplicate field"),
        "inside an object"
    );
    assert_eq!(
        read(star("3", r#", "Action": "deleted", "ID": 4"#)),
        Ok(3),
        "another case is another field"
    );
}

#[test]
fn a_document_is_one_whole_document() {
    let text = star("3", "");
    assert_eq!(read(format!(" \n{text}\t\r\n")), Ok(3));
    for broken in [
        format!("{text}{text}"),
        format!("{text} x"),
        format!("\u{feff}{text}"),
        format!("[{text}]"),
    ] {
        read(broken).unwrap_err();
    }
    for end in 0..text.len() {
        read(&text[..end]).unwrap_err();
    }
}

#[test]
fn text_that_is_no_text_is_refused() {
    for broken in [r#""\ud800""#, "\"a\u{1}b\"", "\"line\nbreak\"", r#""\x""#] {
        read(star("3", "").replace(r#""created""#, broken)).expect_err(broken);
    }
    let mut bytes = star("3", "").into_bytes();
    let place = bytes.windows(7).position(|window| window == b"created").unwrap();
    bytes[place] = 0xff;
    read(bytes).unwrap_err();
}

#[test]
fn t125_deep_nesting_is_refused_wherever_it_stands() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    // The document itself is the first level.
    assert_eq!(
        read(star("3", &format!(r#", "novelty": {}"#, nested(126)))),
        Ok(3)
    );
    read(star(&nested(100_000), "")).unwrap_err();
    for (depth, fits) in [(127, false), (100_000, false)] {
        let read = read(star("3", &format!(r#", "novelty": {}"#, nested(depth))));
        assert_eq!(read.is_ok(), fits, "a field that is passed over counts too");
    }
}

#[test]
fn an_event_is_small_whatever_it_carries() {
    assert!(size_of::<Event>() <= 64, "{}", size_of::<Event>());
}
