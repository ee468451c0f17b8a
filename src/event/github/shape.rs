//! How a payload's shape is told from another's, and the small leniencies GitHub's payloads ask for.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};

pub(super) use crate::event::read::Absent;

/// Reads a field that may be `null` but must be there (serde takes a plain `Option` as absent too).
pub(super) fn nullable<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer)
}

/// Reads a list and leaves out its `null`s: GitHub writes one where an account or a branch is gone.
///
/// They are left out as they are read: kept, each would take the room of what it stands for.
pub(super) fn without_nulls<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    deserializer.deserialize_seq(WithoutNulls(PhantomData))
}

struct WithoutNulls<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for WithoutNulls<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<T>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element::<Option<T>>()? {
            items.extend(item);
        }
        Ok(items)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::{Absent, nullable, without_nulls};

    #[derive(Debug, Deserialize)]
    struct Strict {
        #[serde(deserialize_with = "nullable")]
        there: Option<u8>,
        #[serde(default, deserialize_with = "without_nulls")]
        list: Vec<u8>,
        #[serde(default, rename = "foreign")]
        _foreign: Absent,
    }

    fn read(text: &str) -> Result<Strict, serde_json::Error> {
        serde_json::from_str(text)
    }

    #[test]
    fn a_nullable_field_may_be_null_but_not_absent() {
        assert_eq!(read(r#"{"there":null}"#).unwrap().there, None);
        assert_eq!(read(r#"{"there":7}"#).unwrap().there, Some(7));
        read("{}").unwrap_err();
    }

    #[test]
    fn a_list_loses_its_nulls() {
        assert_eq!(
            read(r#"{"there":1,"list":[null,1,null,2]}"#).unwrap().list,
            [1, 2]
        );
    }

    #[test]
    fn a_foreign_field_is_refused_whatever_it_holds() {
        for value in ["null", "0", "{}", "[]"] {
            let error = read(&format!(r#"{{"there":1,"foreign":{value}}}"#)).unwrap_err();
            assert!(error.to_string().contains("another kind"), "{error}");
        }
    }
}
