//! Writing values into a JSON document by pointers, whose parents are made where there are none.

use serde_json::{Map, Value};

/// The value at this pointer, made with all its parents if it isn't there; a `0` or a `*` is the first element of an array.
pub(super) fn made_at<'v>(document: &'v mut Value, pointer: &str) -> &'v mut Value {
    pointer
        .split('/')
        .skip(1)
        .fold(document, |parent, key| match key {
            "0" | "*" => first_of(parent),
            key => member(parent, key.replace("~1", "/").replace("~0", "~")),
        })
}

/// A text as JSON has it; one of digits is a number.
pub(super) fn number_or_text(text: &str) -> Value {
    text.parse::<u64>().map_or_else(|_| text.into(), Value::from)
}

/// The first element of what is to be an array.
fn first_of(value: &mut Value) -> &mut Value {
    if value.get(0).is_none() {
        *value = Value::Array(vec![Value::Null]);
    }
    &mut value[0]
}

/// This member of what is to be an object.
fn member(value: &mut Value, key: String) -> &mut Value {
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    &mut value[key]
}
