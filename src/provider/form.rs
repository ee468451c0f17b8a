//! Reading forms that an outsider wrote: exact bytes, no field twice, a bounded number of fields.

use std::borrow::Cow;

use crate::error::BoxError;

/// Names and values, decoded.
pub(crate) type Fields<'a> = Vec<(Cow<'a, str>, Cow<'a, str>)>;

/// The fields of an `application/x-www-form-urlencoded` body, in order.
///
/// # Errors
///
/// As [`pairs`], and when a field stands twice.
pub(crate) fn fields(body: &[u8]) -> Result<Fields<'_>, BoxError> {
    let fields = pairs(body)?;
    let twice = |index: usize, name: &str| fields[..index].iter().any(|(known, _)| known == name);
    if fields
        .iter()
        .enumerate()
        .any(|(index, (name, _))| twice(index, name))
    {
        return Err("a field of the form stands twice".into());
    }
    Ok(fields)
}

/// The same where a field may stand more than once.
///
/// # Errors
///
/// When what is decoded is not UTF-8 (other readers put U+FFFD there), when a `%` is not
/// followed by two hexadecimal digits, or when there are more than 1,000 fields.
pub(crate) fn pairs(body: &[u8]) -> Result<Fields<'_>, BoxError> {
    let mut fields = Fields::new();
    for pair in body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
        let equals = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
        let (name, value) = (
            decode(&pair[..equals])?,
            decode(pair.get(equals + 1..).unwrap_or_default())?,
        );
        if fields.len() == MAX_FIELDS {
            return Err("the form has more than 1,000 fields".into());
        }
        fields.push((name, value));
    }
    Ok(fields)
}

/// The value of this one field, however many others there are.
///
/// # Errors
///
/// As [`fields`], for this field alone.
pub(crate) fn field<'a>(text: &'a [u8], wanted: &str) -> Result<Option<Cow<'a, str>>, BoxError> {
    let mut found = None;
    for pair in text.split(|byte| *byte == b'&') {
        let equals = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
        let is_wanted = decode(&pair[..equals]).is_ok_and(|name| name == wanted);
        if is_wanted
            && found
                .replace(decode(pair.get(equals + 1..).unwrap_or_default())?)
                .is_some()
        {
            return Err("the field stands twice".into());
        }
    }
    Ok(found)
}

fn decode(text: &[u8]) -> Result<Cow<'_, str>, BoxError> {
    if !text.iter().any(|byte| matches!(byte, b'%' | b'+')) {
        return Ok(Cow::Borrowed(std::str::from_utf8(text)?));
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => (digit(bytes.next())? << 4) | digit(bytes.next())?,
            other => *other,
        });
    }
    Ok(Cow::Owned(String::from_utf8(decoded)?))
}

fn digit(byte: Option<&u8>) -> Result<u8, BoxError> {
    match byte {
        Some(byte @ b'0'..=b'9') => Ok(byte - b'0'),
        Some(byte @ (b'a'..=b'f' | b'A'..=b'F')) => Ok((byte | 0x20) - b'a' + 10),
        _ => Err("a percent sign of the form is not followed by two hexadecimal digits".into()),
    }
}

/// Looking for a field twice takes the square of their number.
const MAX_FIELDS: usize = 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t132_names_and_values_are_decoded_once() {
        let read = fields(b"a=1+2%203&b=%25&c&=d;e&%61%62=x%2by").unwrap();
        let read: Vec<_> = read.iter().map(|(name, value)| (&**name, &**value)).collect();
        assert_eq!(
            read,
            [("a", "1 2 3"), ("b", "%"), ("c", ""), ("", "d;e"), ("ab", "x+y")]
        );
    }

    #[test]
    fn t132_t133_what_readers_disagree_about_is_refused() {
        for bad in ["a=1&a=2", "a=1&%61=2", "a=%FF", "%FF=a", "a=%4", "a=%zz", "a=%"] {
            assert!(fields(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(fields(b"a=\xff").is_err());
    }

    #[test]
    fn the_number_of_fields_is_bounded() {
        let form = |count: usize| (0..count).map(|n| format!("f{n}=")).collect::<Vec<_>>().join("&");
        assert!(fields(form(1_000).as_bytes()).is_ok());
        assert!(fields(form(1_001).as_bytes()).is_err());
    }
}
