//! Reading an event's document: the JSON or the form in a verified body.

use bytes::Bytes;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error, Visitor};
use serde::forward_to_deserialize_any;

use super::EventError;
use crate::error::BoxError;
use crate::provider::read::is_form_type;
use crate::provider::{form, json};
use crate::verified::Verified;

impl Verified {
    /// The event's JSON document: the body, or, where the sender wraps its JSON in a form field (GitHub's and Slack's
    /// `payload`), that field, decoded.
    ///
    /// # Errors
    ///
    /// When the body is a form without that field.
    pub fn document(&self) -> Result<Bytes, EventError> {
        match self.policy().wrapper {
            Some(wrapper) if self.is_form() => {
                let fields = form::fields(self.body()).map_err(EventError::shape)?;
                let field = fields.into_iter().find(|(name, _)| name == wrapper);
                let (_, document) =
                    field.ok_or_else(|| EventError::shape("the form holds no JSON document"))?;
                Ok(Bytes::from(document.into_owned()))
            }
            _ => Ok(self.body().clone()),
        }
    }

    /// Whether the request says that its body is a form.
    pub(crate) fn is_form(&self) -> bool {
        self.content_type()
            .is_some_and(|value| is_form_type(value.as_bytes()))
    }
}

/// A type of the sender's or the user's, from a JSON document no deeper than 127 levels.
pub(crate) fn from_json<T: DeserializeOwned>(document: &[u8]) -> Result<T, serde_json::Error> {
    json::from_slice(document)
}

/// A type that is an object's, from a JSON document no deeper than 127 levels.
///
/// serde's structs would take a list of their fields' values too; no sender writes an event so.
pub(crate) fn from_object<T: DeserializeOwned>(document: &[u8]) -> Result<T, serde_json::Error> {
    match document.trim_ascii_start().first() {
        Some(b'{') => from_json(document),
        _ => Err(serde_json::Error::custom("the document is no JSON object")),
    }
}

/// Reads a struct that lies in another from an object alone, as [`from_object`] does for a whole document.
pub(crate) fn object<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(ObjectOnly(deserializer))
}

struct ObjectOnly<D>(D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for ObjectOnly<D> {
    type Error = D::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(visitor)
    }

    // A type of the user's may be anything else.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_any(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_option(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_newtype_struct(name, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map identifier ignored_any
    }
}

/// Reads `null` as the type's default: senders write `null` in some payloads for what they leave out of others.
pub(crate) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

/// A field that gives a payload away as another kind's.
///
/// GitHub and Shopify sign the body but not the header that names its kind, and some payloads have every field of another kind and
/// more. The type with fewer fields names one of the others as `Absent`, so that the kind can't be changed on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Absent;

impl<'de> Deserialize<'de> for Absent {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(D::Error::custom("a field of another kind's payload"))
    }
}

/// A type of the sender's or the user's, from a form without doubtful bytes and double fields.
///
/// What serde says of a form may quote it, and errors end up in logs.
pub(crate) fn from_form<T: DeserializeOwned>(body: &[u8]) -> Result<T, BoxError> {
    form::fields(body)?;
    serde_urlencoded::from_bytes(body).map_err(|_| "the form's fields don't fit the type".into())
}

/// Whether one of these patterns stands for the kind; a `*` at the end stands for any rest.
pub(crate) fn is_one_of(patterns: &[&str], kind: &str) -> bool {
    patterns.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(start) => kind.starts_with(start),
        None => *pattern == kind,
    })
}
