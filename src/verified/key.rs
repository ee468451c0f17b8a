//! [`Key`]: the name of an event in a store.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

/// The name under which a store keeps an event: a hash, so that nothing a sender writes reaches the store.
///
/// It is shown, and read back, as 64 hexadecimal digits:
///
/// ```
/// use tower_webhook::{Key, ParseKeyErrorKind};
///
/// let key: Key = "6f1c".repeat(16).parse()?; // as the log's field `key` shows it
/// assert_eq!(key.as_bytes()[..2], [0x6f, 0x1c]);
///
/// let error = "6f1c".parse::<Key>().unwrap_err();
/// assert_eq!(error.kind(), ParseKeyErrorKind::Length);
/// # Ok::<(), tower_webhook::ParseKeyError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key([u8; 32]);

impl Key {
    /// The key for these 32 bytes, for a store that reads its keys back and for tests.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The key's bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({self})")
    }
}

impl FromStr for Key {
    type Err = ParseKeyError;

    /// Reads what [`Display`](fmt::Display) writes, in capitals too.
    fn from_str(text: &str) -> Result<Self, ParseKeyError> {
        let refused = |kind| ParseKeyError { kind };
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if pairs.len() != 32 || !rest.is_empty() {
            return Err(refused(ParseKeyErrorKind::Length));
        }
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let mut bytes = [0; 32];
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            let value = digit(*high).zip(digit(*low)).map(|(high, low)| high << 4 | low);
            *byte = value
                .and_then(|value| u8::try_from(value).ok())
                .ok_or(refused(ParseKeyErrorKind::Digit))?;
        }
        Ok(Self(bytes))
    }
}

/// Why a text is no [`Key`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseKeyError {
    kind: ParseKeyErrorKind,
}

/// The ways in which a text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ParseKeyErrorKind {
    /// It has not 64 digits.
    Length,
    /// It holds something else than hexadecimal digits.
    Digit,
}

impl ParseKeyError {
    /// Which way it is.
    #[must_use]
    pub fn kind(&self) -> ParseKeyErrorKind {
        self.kind
    }
}

impl fmt::Display for ParseKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            ParseKeyErrorKind::Length => {
                "a key has 64 hexadecimal digits; copy all of it from the log's field `key`, and nothing around it"
            }
            ParseKeyErrorKind::Digit => {
                "a key is nothing but its 64 hexadecimal digits; copy it from the log's field `key`"
            }
        })
    }
}

impl Error for ParseKeyError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_key_shows_is_read_back() {
        let key = Key::from_bytes(std::array::from_fn(|place| u8::try_from(place * 8).unwrap_or(0)));
        let shown = key.to_string();
        assert_eq!(shown.parse(), Ok(key));
        assert_eq!(shown.to_uppercase().parse(), Ok(key));
    }

    #[test]
    fn what_is_no_key_is_refused_and_not_repeated() {
        let shown = Key::from_bytes([0xab; 32]).to_string();
        let cases = [
            (String::new(), ParseKeyErrorKind::Length),
            (shown[1..].to_owned(), ParseKeyErrorKind::Length),
            (format!("{shown}a"), ParseKeyErrorKind::Length),
            (format!("{shown}\n"), ParseKeyErrorKind::Length),
            (shown.replace('a', "é"), ParseKeyErrorKind::Length),
            (format!("{}g", &shown[1..]), ParseKeyErrorKind::Digit),
            (format!("+{}", &shown[1..]), ParseKeyErrorKind::Digit),
            (format!("{}é", &shown[2..]), ParseKeyErrorKind::Digit),
        ];
        for (text, kind) in cases {
            let error = text.parse::<Key>().expect_err("no key");
            assert_eq!(error.kind(), kind, "{text:?}");
            let said = error.to_string();
            assert!(
                said.contains("64") && said.contains("log") && (text.is_empty() || !said.contains(&text))
            );
        }
    }
}
