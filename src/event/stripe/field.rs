//! The field types that Stripe's objects share.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

/// What a program has attached to one of Stripe's objects: its own keys and texts.
///
/// Source: <https://docs.stripe.com/api/metadata>.
pub type Metadata = BTreeMap<String, String>;

/// A reference to another object, by its id.
///
/// Stripe writes such a field as the id or, expanded, as the whole object; either way this is the id. The object's own
/// state belongs to the moment the event was made, so fetch it from the API when you need it.
///
/// Source: <https://docs.stripe.com/api/expanding_objects>.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Expandable {
    id: Box<str>,
}

impl Expandable {
    /// The id of the object referred to.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl fmt::Display for Expandable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)
    }
}

impl<'de> Deserialize<'de> for Expandable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IdVisitor)
    }
}

/// Reads the id from either form without keeping, or even building, the object.
struct IdVisitor;

impl<'de> Visitor<'de> for IdVisitor {
    type Value = Expandable;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id or an object with an `id`")
    }

    fn visit_str<E: Error>(self, id: &str) -> Result<Expandable, E> {
        Ok(Expandable { id: id.into() })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Expandable, A::Error> {
        let mut id: Option<Box<str>> = None;
        while let Some(key) = map.next_key::<String>()? {
            if key != "id" {
                map.next_value::<IgnoredAny>()?;
            } else if id.replace(map.next_value()?).is_some() {
                return Err(A::Error::duplicate_field("id"));
            }
        }
        let id = id.ok_or_else(|| A::Error::missing_field("id"))?;
        Ok(Expandable { id })
    }
}

/// Reads metadata, where the same key twice is a contradiction and not a choice of ours.
pub(super) fn metadata<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Metadata, D::Error> {
    deserializer.deserialize_any(MetadataVisitor)
}

struct MetadataVisitor;

impl<'de> Visitor<'de> for MetadataVisitor {
    type Value = Metadata;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of texts, or null")
    }

    fn visit_unit<E: Error>(self) -> Result<Metadata, E> {
        Ok(Default::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Metadata, A::Error> {
        let mut metadata = Metadata::new();
        while let Some((key, value)) = map.next_entry()? {
            match metadata.entry(key) {
                Entry::Vacant(entry) => entry.insert(value),
                Entry::Occupied(_) => return Err(A::Error::custom("the same metadata key twice")),
            };
        }
        Ok(metadata)
    }
}
