//! Reading JSON that an outsider wrote: bounded in depth, without duplicates where it matters, in one pass.

mod scan;

use std::borrow::Cow;
use std::ops::Range;

use serde::de::{Deserialize, Error as _};
use smallvec::{SmallVec, smallvec};

use scan::{Malformed, Scanner};

/// The values at some pointers, each as the raw text it has in the document.
pub(crate) type Picked<'a> = SmallVec<[Option<&'a str>; 4]>;

/// The values at some pointers.
///
/// The whole document is read: it must be JSON to its last byte, no deeper than 127 levels, with no number that overflows.
/// A key on the way to a pointer that stands there twice makes the document unreadable: two readers would disagree about it.
pub(crate) fn pick<'a>(document: &'a [u8], pointers: &[&str]) -> Result<Picked<'a>, serde_json::Error> {
    let document = str::from_utf8(document).map_err(serde_json::Error::custom)?;
    let unreadable = |malformed: Malformed| {
        let advice = format!(
            "not JSON from byte {} on, or a key that matters stands twice",
            malformed.at
        );
        serde_json::Error::custom(advice)
    };
    let mut picked = smallvec![None; pointers.len()];
    let mut scanner = Scanner::new(document);
    let wanted: Wanted<'_> = pointers.iter().copied().enumerate().collect();
    walk(&mut scanner, &wanted, &mut picked)
        .and_then(|()| scanner.end())
        .map_err(unreadable)?;
    Ok(picked)
}

/// A type from a document that is JSON to its last byte and no deeper than 127 levels.
///
/// The document is looked through first: what a type skips, serde_json checks neither for depth nor for broken text.
pub(crate) fn from_slice<'d, T: Deserialize<'d>>(document: &'d [u8]) -> Result<T, serde_json::Error> {
    pick(document, &[])?;
    serde_json::from_slice(document).map_err(quiet)
}

/// The error without what it quotes of the document: errors end up in logs, and the document may be anybody's or hold a
/// credential. The name of a field that is missing or there twice is the type's own.
fn quiet(error: serde_json::Error) -> serde_json::Error {
    let text = error.to_string();
    let names_a_field = text.starts_with("missing field `") || text.starts_with("duplicate field `");
    if names_a_field || !text.contains(['"', '`']) {
        return error;
    }
    let (line, column) = (error.line(), error.column());
    serde_json::Error::custom(format_args!(
        "a value that doesn't fit its place, at line {line} column {column}"
    ))
}

/// The string that this raw JSON text is, if it is one.
pub(crate) fn string(raw: &str) -> Option<Cow<'_, str>> {
    match raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(plain) if !plain.contains('\\') => Some(Cow::Borrowed(plain)),
        Some(_) => serde_json::from_str(raw).ok().map(Cow::Owned),
        None => None,
    }
}

/// Where a picked value stands in its document.
pub(crate) fn span(document: &[u8], raw: &str) -> Option<Range<usize>> {
    let start = (raw.as_ptr() as usize).checked_sub(document.as_ptr() as usize)?;
    (start + raw.len() <= document.len()).then(|| start..start + raw.len())
}

/// What is left of the pointers at one level, each with the slot its value goes to.
type Wanted<'p> = SmallVec<[(usize, &'p str); 4]>;

/// Reads a value and descends along the wanted pointers.
fn walk<'d>(
    scanner: &mut Scanner<'d>,
    wanted: &Wanted<'_>,
    picked: &mut Picked<'d>,
) -> Result<(), Malformed> {
    if wanted.is_empty() {
        return scanner.value().map(drop);
    }
    if scanner.is_at_array() {
        return walk_array(scanner, wanted, picked);
    }
    if !scanner.is_at_object() {
        return scanner.value().map(drop);
    }
    let mut seen = SmallVec::<[usize; 4]>::new();
    scanner.object(|scanner, key| {
        let below = below(wanted, key);
        let Some((slot, _)) = below.first().copied() else {
            return scanner.value().map(drop);
        };
        if seen.contains(&slot) {
            return scanner.malformed();
        }
        seen.push(slot);
        keep(scanner, &below, picked)
    })
}

/// As [`walk`], along the pointers that name an element by its position.
fn walk_array<'d>(
    scanner: &mut Scanner<'d>,
    wanted: &Wanted<'_>,
    picked: &mut Picked<'d>,
) -> Result<(), Malformed> {
    let mut position = 0;
    scanner.array(|scanner| {
        let below = element(wanted, position);
        position += 1;
        match below.is_empty() {
            true => scanner.value().map(drop),
            false => keep(scanner, &below, picked),
        }
    })
}

/// The wanted pointers that go through this element, shortened by it (RFC 6901, section 4).
fn element<'p>(wanted: &Wanted<'p>, position: usize) -> Wanted<'p> {
    let shorten = |(slot, rest): &(usize, &'p str)| {
        let rest = rest.strip_prefix('/')?;
        let (digits, rest) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let is_position = digits == "0" || digits.starts_with(|letter| matches!(letter, '1'..='9'));
        (is_position && digits.parse() == Ok(position)).then_some((*slot, rest))
    };
    wanted.iter().filter_map(shorten).collect()
}

/// Reads a value that pointers lead to or through: a pointer may end here and another go on.
fn keep<'d>(scanner: &mut Scanner<'d>, below: &Wanted<'_>, picked: &mut Picked<'d>) -> Result<(), Malformed> {
    let text = if below.iter().all(|(_, rest)| rest.is_empty()) {
        scanner.raw()?
    } else {
        scanner.text_of(|scanner| walk(scanner, below, picked))?
    };
    let ending = below.iter().filter(|(_, rest)| rest.is_empty());
    ending.for_each(|(slot, _)| picked[*slot] = Some(text));
    Ok(())
}

/// The wanted pointers that go through this key, shortened by it.
fn below<'p>(wanted: &Wanted<'p>, key: &str) -> Wanted<'p> {
    if wanted.is_empty() {
        return Wanted::new();
    }
    let key = unescaped(key);
    let shorten = |(slot, rest): &(usize, &'p str)| {
        let rest = rest.strip_prefix('/')?;
        let (step, rest) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        is_step(step, &key).then_some((*slot, rest))
    };
    wanted.iter().filter_map(shorten).collect()
}

/// Whether the step of a pointer names this key: `~1` in it stands for a slash and `~0` for a tilde (RFC 6901, section 4).
fn is_step(step: &str, key: &str) -> bool {
    match step.contains('~') {
        true => step.replace("~1", "/").replace("~0", "~") == key,
        false => step == key,
    }
}

/// A text as it is meant, from what stands between its quotes; copied only where it holds an escape.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    serde_json::from_str(&format!("\"{text}\"")).map_or(Cow::Borrowed(text), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(depth: usize) -> String {
        format!(
            r#"{{"id":"a","x":{}{}}}"#,
            "[".repeat(depth - 1),
            "]".repeat(depth - 1)
        )
    }

    #[test]
    fn picks_raw_values_along_pointers() {
        let document = br#"{"id":"evt_1","data":{"live":true,"n":9007199254740993},"e":"\u0069\"x"}"#;
        let picked = pick(
            document,
            &["/id", "/data/live", "/data/n", "/nope", "/data/id", "/e"],
        )
        .unwrap();
        assert_eq!(
            picked[..3],
            [Some(r#""evt_1""#), Some("true"), Some("9007199254740993")]
        );
        assert_eq!(picked[3..5], [None, None]);
        // Not copied: most ids and kinds hold no escape.
        assert!(matches!(string(picked[0].unwrap()), Some(Cow::Borrowed("evt_1"))));
        assert_eq!(string(picked[5].unwrap()).unwrap(), "i\"x");
        assert_eq!(span(document, picked[0].unwrap()), Some(6..13));
    }

    #[test]
    fn a_pointer_may_end_where_another_goes_on() {
        let document = br#"{"event": {"type":"x"} ,"flat":1}"#;
        let both = [Some(r#"{"type":"x"}"#), Some(r#""x""#)];
        assert_eq!(pick(document, &["/event", "/event/type"]).unwrap()[..], both);
        assert_eq!(
            pick(document, &["/event/type", "/event", "/event"]).unwrap()[..],
            [both[1], both[0], both[0]]
        );
        assert_eq!(
            pick(document, &["/flat/x", "/flat"]).unwrap()[..],
            [None, Some("1")]
        );
        let twice = br#"{"event":{"type":"x"},"event":1}"#;
        assert!(pick(twice, &["/event/type", "/event"]).is_err());
    }

    #[test]
    fn a_pointer_may_name_an_element_by_its_position() {
        let document = br#"[{"id":"a","in":[1,[2,"x"]]}, {"id":"b","id":"c"},"\u0041"]"#;
        let picked = pick(
            document,
            &["/0/id", "/0/in/1/1", "/2", "/3", "/02", "/0", "/0/in/x"],
        )
        .unwrap();
        assert_eq!(
            picked[..5],
            [Some("\"a\""), Some("\"x\""), Some("\"\\u0041\""), None, None]
        );
        assert_eq!(picked[5..], [Some(r#"{"id":"a","in":[1,[2,"x"]]}"#), None]);
        assert_eq!(pick(br#"{"0":{"id":1}}"#, &["/0/id"]).unwrap()[..], [Some("1")]);
        assert!(
            pick(document, &["/1/id"]).is_err(),
            "a key that matters stands twice"
        );
        assert!(
            pick(br#"[1,"\ud800"]"#, &["/0"]).is_err(),
            "no text, and nobody reads it"
        );
    }

    #[test]
    fn t121_t122_a_key_that_matters_may_not_stand_twice() {
        for twice in [
            r#"{"id":"a","id":"b"}"#,
            r#"{"id":"a","\u0069d":"b"}"#,
            r#"{"d":{"t":1},"d":{"t":2}}"#,
        ] {
            assert!(pick(twice.as_bytes(), &["/id", "/d/t"]).is_err(), "{twice}");
        }
        assert!(pick(br#"{"id":"a","other":1,"other":2}"#, &["/id"]).is_ok());
    }

    #[test]
    fn t123_case_makes_another_key() {
        assert_eq!(pick(br#"{"ID":"a"}"#, &["/id"]).unwrap()[..], [None]);
    }

    #[test]
    fn t124_t126_t127_what_is_not_json_is_refused() {
        let bad: [&[u8]; 8] = [
            br#"{"id":"a"} x"#,
            br#"{"id":"a"}{}"#,
            br#"{"x":1e400}"#,
            br#"{"x":NaN}"#,
            br#"{"x":"\ud800"}"#,
            b"{\"x\":\"\x01\"}",
            b"{\"x\":\"\xff\"}",
            b"",
        ];
        for document in bad {
            assert!(
                pick(document, &["/id"]).is_err(),
                "{:?}",
                String::from_utf8_lossy(document)
            );
        }
    }

    #[test]
    fn t127_a_text_that_no_type_asks_for_must_be_utf8_too() {
        #[derive(Debug, serde::Deserialize)]
        struct Id {
            id: String,
        }

        assert_eq!(
            from_slice::<Id>(b"{\"id\":\"a\",\"x\":\"\xc3\xa9\"}").unwrap().id,
            "a"
        );
        assert!(from_slice::<Id>(b"{\"id\":\"a\",\"x\":\"\xff\"}").is_err());
    }

    #[test]
    fn t125_depth_is_bounded_for_every_reader() {
        for (levels, fits) in [(127, true), (128, false), (100_000, false)] {
            let document = nested(levels);
            assert_eq!(pick(document.as_bytes(), &["/id"]).is_ok(), fits, "{levels}");
            assert_eq!(
                from_slice::<serde::de::IgnoredAny>(document.as_bytes()).is_ok(),
                fits,
                "{levels}"
            );
        }
        let quoted = format!(r#"{{"x":"{}\""}}"#, "[".repeat(1_000));
        assert!(from_slice::<serde::de::IgnoredAny>(quoted.as_bytes()).is_ok());
    }
}
