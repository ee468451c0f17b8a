//! Reading JSON that an outsider wrote: bounded in depth, without duplicates where it matters, in one pass.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// The values at some pointers, each as the raw text it has in the document.
///
/// The whole document is read: it must be JSON to its last byte, no deeper than 127 levels, with no number that overflows.
/// A key on the way to a pointer that stands there twice makes the document unreadable: two readers would disagree about it.
pub(crate) fn pick<'a>(
    document: &'a [u8],
    pointers: &[&str],
) -> Result<Vec<Option<&'a str>>, serde_json::Error> {
    let mut picked = vec![None; pointers.len()];
    let wanted = pointers.iter().copied().enumerate().collect();
    // Checked as a whole, which takes less time than text by text, as the reader of bytes does it.
    let document = str::from_utf8(document).map_err(serde_json::Error::custom)?;
    let mut reader = serde_json::Deserializer::from_str(document);
    Walk {
        wanted,
        picked: &mut picked,
    }
    .deserialize(&mut reader)?;
    reader.end()?;
    Ok(picked)
}

/// A type of the user's from a document that is JSON to its last byte and no deeper than 127 levels.
///
/// The document is looked through first: what a type skips, serde_json checks neither for depth nor for broken text.
pub(crate) fn from_slice<T: DeserializeOwned>(document: &[u8]) -> Result<T, serde_json::Error> {
    pick(document, &[])?;
    serde_json::from_slice(document)
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

/// Descends along the wanted pointers: each is what is left of it at this level, with the slot its value goes to. With
/// nothing wanted it only sees that the value is well formed.
#[derive(Default)]
struct Walk<'p, 's, 'de> {
    wanted: Vec<(usize, &'p str)>,
    picked: &'s mut [Option<&'de str>],
}

impl<'p, 'de> Walk<'p, '_, 'de> {
    /// The wanted pointers that go through this key, shortened by it.
    fn below(&self, key: &str) -> Vec<(usize, &'p str)> {
        let shorten = |(slot, rest): &(usize, &'p str)| {
            let rest = rest.strip_prefix('/')?.strip_prefix(key)?;
            (rest.is_empty() || rest.starts_with('/')).then_some((*slot, rest))
        };
        self.wanted.iter().filter_map(shorten).collect()
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_, '_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_, '_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = Vec::new();
        while let Some(key) = map.next_key_seed(Name)? {
            let wanted = self.below(&key);
            let Some((slot, rest)) = wanted.first().copied() else {
                map.next_value_seed(Walk::default())?;
                continue;
            };
            if seen.contains(&slot) {
                return Err(A::Error::custom("a key that matters stands twice"));
            }
            seen.push(slot);
            if rest.is_empty() {
                self.picked[slot] = Some(map.next_value::<&'de RawValue>()?.get());
            } else {
                map.next_value_seed(Walk {
                    wanted,
                    picked: &mut *self.picked,
                })?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(Walk::default())?.is_some() {}
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// A key, copied only where it holds an escape.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Cow<'de, str>, D::Error> {
        reader.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E>(self, key: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(key.to_owned()))
    }
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
        assert_eq!(string(picked[0].unwrap()).unwrap(), "evt_1");
        assert_eq!(string(picked[5].unwrap()).unwrap(), "i\"x");
        assert_eq!(span(document, picked[0].unwrap()), Some(6..13));
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
        assert_eq!(pick(br#"{"ID":"a"}"#, &["/id"]).unwrap(), [None]);
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
