//! The fields of a form: none unknown, none twice, each of its form.

use crate::error::BoxError;
use crate::event::EventError;
use crate::provider::form;

/// What a field's value looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Two capital letters and 32 hexadecimal digits.
    Sid,
    /// Digits.
    Number,
    /// Lower-case letters, `-` and `_`.
    Word,
    /// Digits and `-`.
    Date,
    /// A phone number, a short code, or a channel's address.
    Address,
    /// An [`Address`](Self::Address), or a sender's name of up to eleven letters and digits.
    Sender,
    /// What a phone number's country, state, city or postal code can be.
    Region,
    /// An address in the web.
    Url,
    /// The keys of a telephone.
    Keys,
    /// Any text.
    Text,
}

/// The names that a form may have, with what their values look like. A `#` at the end stands for a number.
pub(super) type Known = &'static [(&'static str, Class)];

pub(super) struct Fields<'a>(form::Fields<'a>);

impl<'a> Fields<'a> {
    pub(super) fn read(form: &'a [u8], known: &[Known]) -> Result<Self, EventError> {
        let fields = form::fields(form).map_err(EventError::shape)?;
        for (name, value) in &fields {
            let field = known.iter().copied().flatten().find(|(known, _)| is(known, name));
            let (field, class) = field.ok_or_else(|| {
                EventError::shape("the form has a field that Twilio doesn't document for it")
            })?;
            let fits = class.fits(value) && class.stands_alone(value, known);
            if !fits && !value.is_empty() {
                return Err(EventError::shape(unfit(field)));
            }
        }
        Ok(Self(fields))
    }

    /// The value; `None` where there is none or an empty one.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut named = self.0.iter().filter(|(known, _)| known == name);
        named
            .next()
            .map(|(_, value)| &**value)
            .filter(|value| !value.is_empty())
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }

    pub(super) fn required(&self, name: &'static str) -> Result<String, EventError> {
        self.text(name)
            .ok_or_else(|| EventError::shape(format!("the form lacks its `{name}`")))
    }

    pub(super) fn number(&self, name: &'static str) -> Result<Option<u64>, EventError> {
        let number = self.get(name).map(str::parse).transpose();
        number.map_err(|_| EventError::shape(unfit(name)))
    }
}

/// Whether a name is the known one; a `#` of the known one is a number without a leading zero.
fn is(known: &str, name: &str) -> bool {
    match known.strip_suffix('#') {
        Some(start) => name.strip_prefix(start).is_some_and(|digits| {
            let canonical = digits == "0" || !digits.starts_with('0');
            (1..=2).contains(&digits.len()) && canonical && digits.bytes().all(|byte| byte.is_ascii_digit())
        }),
        None => known == name,
    }
}

impl Class {
    /// Whether an address has not swallowed a field behind it: it holds the name of none. Short names are left out, of which
    /// only those of fields that must be there are documented, so that `client:Tom` is an address.
    fn stands_alone(self, value: &str, known: &[Known]) -> bool {
        let mut names = known
            .iter()
            .copied()
            .flatten()
            .map(|(name, _)| name.trim_end_matches('#'));
        !matches!(self, Self::Address | Self::Sender | Self::Url)
            || !names.any(|name| name.len() >= SHORT && value.contains(name))
    }

    fn fits(self, value: &str) -> bool {
        let all = |allowed: fn(u8) -> bool| value.bytes().all(allowed);
        match self {
            Self::Sid => {
                let (letters, rest) = value.split_at_checked(2).unwrap_or_default();
                letters.bytes().all(|byte| byte.is_ascii_uppercase())
                    && rest.len() == 32
                    && rest.bytes().all(|byte| byte.is_ascii_hexdigit())
            }
            Self::Number => all(|byte| byte.is_ascii_digit()),
            Self::Word => all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'_')),
            Self::Date => all(|byte| byte.is_ascii_digit() || byte == b'-'),
            Self::Keys => {
                all(|byte| byte.is_ascii_digit() || matches!(byte, b'*' | b'#' | b'A'..=b'D' | b'w'))
            }
            Self::Region => !value.contains(['+', ':']),
            Self::Url => value.starts_with("https://") || value.starts_with("http://"),
            Self::Address => is_address(value),
            Self::Sender => {
                let name = value.len() <= 11
                    && all(|byte| {
                        byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'+' | b'-' | b'_' | b'&')
                    });
                name || is_address(value)
            }
            Self::Text => true,
        }
    }
}

/// A phone number, a short code, what stands for a hidden number, or an address such as `whatsapp:+1…`, `client:…` or `sip:…`.
fn is_address(value: &str) -> bool {
    let is_number = |value: &str| {
        let digits = value.strip_prefix('+').unwrap_or(value);
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    let is_hidden = HIDDEN.iter().any(|hidden| value.eq_ignore_ascii_case(hidden));
    let in_channel = value.split_once(':').is_some_and(|(channel, rest)| {
        let named = channel
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        let fits = match channel {
            "whatsapp" => is_number(rest),
            _ => !channel.is_empty() && !rest.is_empty(),
        };
        named && fits
    });
    is_number(value) || is_hidden || in_channel
}

fn unfit(name: &str) -> BoxError {
    format!("the form's `{name}` is not what Twilio puts there").into()
}

/// Shorter than the names of fields that may be missing.
const SHORT: usize = 5;
const HIDDEN: [&str; 5] = ["anonymous", "restricted", "unavailable", "unknown", "blocked"];

#[cfg(test)]
mod tests {
    use super::Class::{self, Address, Keys, Number, Region, Sender, Sid, Word};
    use super::is;

    #[test]
    fn a_value_is_of_its_fields_form() {
        let sid = format!("SM{}", "0a".repeat(16));
        let good: [(Class, &str); 12] = [
            (Sid, &sid),
            (Number, "007"),
            (Word, "in-progress"),
            (Keys, "12*#"),
            (Address, "+14155550100"),
            (Address, "40404"),
            (Address, "whatsapp:+14155550100"),
            (Address, "client:ada"),
            (Address, "Anonymous"),
            (Sender, "My Shop"),
            (Sender, "+14155550100"),
            (Region, "29 PALMS"),
        ];
        for (class, value) in good {
            assert!(class.fits(value), "{class:?} {value}");
        }
        let bad: [(Class, &str); 13] = [
            (Address, "whatsapp:+1415WaId1415"),
            (Sid, "SM00"),
            (Sid, "sm000000000000000000000000000000aa"),
            (Sid, "é"),
            (Number, "1s"),
            (Number, "-1"),
            (Word, "ringingCalled"),
            (Keys, "1Digits2"),
            (Address, "CityROME"),
            (Address, "+1415FromCity"),
            (Address, ":x"),
            (Sender, "a name too long"),
            (Region, "From+1415"),
        ];
        for (class, value) in bad {
            assert!(!class.fits(value), "{class:?} {value}");
        }
    }

    #[test]
    fn a_numbered_name_has_one_spelling() {
        assert!(is("MediaUrl#", "MediaUrl0") && is("MediaUrl#", "MediaUrl10"));
        for name in [
            "MediaUrl",
            "MediaUrl00",
            "MediaUrl01",
            "MediaUrl100",
            "MediaUrlx",
            "mediaUrl0",
        ] {
            assert!(!is("MediaUrl#", name), "{name}");
        }
    }
}
