//! Reading the headers that carry signatures: one line, bounded, well formed.

use std::iter;

use http::{HeaderMap, HeaderName};
use smallvec::SmallVec;

use super::encoding::{Decoded, Encoding};
use super::scattered::Scatter;
use crate::rejection::Reason;

/// Where in its header a sender puts its signatures.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Form {
    /// The whole value, behind a prefix: `sha256=…`.
    Whole {
        /// What stands before the signature.
        prefix: &'static str,
    },
    /// `key=value` pairs: `t=…,v1=…,v1=…`.
    Pairs {
        /// What stands between two pairs.
        separator: &'static str,
        /// The key whose values are signatures.
        key: &'static str,
    },
    /// Signatures, each behind its version and a comma: `v1,… v1,… v1a,…`.
    List {
        /// What stands between two signatures.
        separator: &'static str,
        /// The version that counts.
        version: &'static str,
        /// The version whose signatures are Ed25519's, for a sender that knows both.
        ed25519: Option<&'static str>,
    },
    /// In several headers.
    Scattered(Scatter),
}

/// The signatures that a delivery shows: one, but for a sender that rotates its secret.
pub(crate) type Signatures = SmallVec<[Decoded; 1]>;

/// The header's value: there once, not empty, not too long, and plain ASCII.
pub(crate) fn single<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, Reason> {
    // A request has some tens of headers: a look at each takes less than to make a name of this text and hash it.
    let named = headers.iter().filter(|(known, _)| known.as_str() == name);
    let mut lines = named.map(|(_, value)| value);
    let value = lines.next().ok_or(Reason::MissingHeader)?;
    if lines.next().is_some() {
        return Err(Reason::DuplicateHeader);
    }
    let text = value.to_str().map_err(|_| Reason::MalformedHeader)?;
    match text.len() {
        0 => Err(Reason::MissingHeader),
        1..=MAX_HEADER => Ok(text),
        _ => Err(Reason::MalformedHeader),
    }
}

/// The decoded signatures that count, in the order they stand in; at least one. They have this length in bytes, save those of
/// the form's other version, which have Ed25519's.
pub(crate) fn signatures(
    text: &str,
    form: Form,
    encoding: Encoding,
    len: usize,
) -> Result<Signatures, Reason> {
    candidates(text, form, |text, version| {
        let len = if version == Version::Ed25519 { ED25519 } else { len };
        encoding.decode(text, len)
    })
}

/// As [`signatures`], for signatures of no fixed length: DER's. The reader makes of each what it is.
#[cfg(feature = "p256")]
pub(crate) fn long_signatures<T>(
    text: &str,
    form: Form,
    encoding: Encoding,
    longest: usize,
    read: impl Fn(&[u8]) -> Option<T>,
) -> Result<Vec<T>, Reason> {
    let found = candidates(text, form, |text, _| read(&encoding.decode_up_to(text, longest)?));
    found.map(SmallVec::into_vec)
}

/// Which of its sender's versions a signature is of.
#[derive(PartialEq, Eq)]
enum Version {
    Own,
    Ed25519,
}

fn candidates<T>(
    text: &str,
    form: Form,
    decode: impl Fn(&[u8], Version) -> Option<T>,
) -> Result<SmallVec<[T; 1]>, Reason> {
    let mut found = SmallVec::new();
    let (mut seen, mut foreign) = (0_usize, false);
    let mut offer = |candidate: &str, version| {
        seen += 1;
        found.extend(decode(candidate.as_bytes(), version));
        if seen > MAX_SIGNATURES {
            Err(Reason::TooManySignatures)
        } else {
            Ok(())
        }
    };
    match form {
        Form::Scattered(_) => return Err(Reason::MalformedHeader),
        Form::Whole { prefix } => {
            offer(
                text.strip_prefix(prefix).ok_or(Reason::MalformedHeader)?,
                Version::Own,
            )?;
        }
        Form::Pairs { separator, key } => {
            for pair in pairs(text, separator) {
                let (name, value) = pair?;
                if name == key {
                    offer(value, Version::Own)?;
                } else {
                    foreign |= is_version(name);
                }
            }
        }
        Form::List {
            separator,
            version,
            ed25519,
        } => {
            for item in split(text, separator) {
                match item.split_once(',') {
                    // Two lines that a proxy has joined with a comma.
                    Some((_, value)) if value.contains(',') => return Err(Reason::MalformedHeader),
                    Some((name, value)) if name == version => offer(value, Version::Own)?,
                    Some((name, value)) if Some(name) == ed25519 => offer(value, Version::Ed25519)?,
                    Some(_) => foreign = true,
                    None => return Err(Reason::MalformedHeader),
                }
            }
        }
    }
    match (found.is_empty(), seen) {
        (false, _) => Ok(found),
        (true, 0) if foreign => Err(Reason::UnsupportedVersion),
        (true, _) => Err(Reason::MalformedHeader),
    }
}

/// The one value of this key among `key=value` pairs, such as Stripe's `t`.
pub(crate) fn element<'a>(text: &'a str, form: Form, key: &str) -> Result<&'a str, Reason> {
    let Form::Pairs { separator, .. } = form else {
        return Err(Reason::MalformedHeader);
    };
    let mut value = None;
    for pair in pairs(text, separator) {
        let (name, found) = pair?;
        if name == key && value.replace(found).is_some() {
            return Err(Reason::MalformedHeader);
        }
    }
    value.ok_or(Reason::MalformedHeader)
}

/// The pairs; where the separator ends in a space, senders leave that space out at times.
fn pairs<'a>(
    text: &'a str,
    separator: &'static str,
) -> impl Iterator<Item = Result<(&'a str, &'a str), Reason>> {
    let spaced = separator.ends_with(' ');
    split(text, separator.trim_end()).map(move |pair| {
        let pair = pair.strip_prefix(' ').filter(|_| spaced).unwrap_or(pair);
        match pair.split_once('=') {
            Some((name, value)) if !name.is_empty() && !value.is_empty() && !name.contains(' ') => {
                Ok((name, value))
            }
            _ => Err(Reason::MalformedHeader),
        }
    })
}

/// The texts between the separators. Most are one byte, which is found in less time than a text is.
fn split<'a>(text: &'a str, separator: &'static str) -> impl Iterator<Item = &'a str> {
    let mut rest = Some(text);
    iter::from_fn(move || {
        let text = rest?;
        let found = position(text, separator).filter(|_| !separator.is_empty());
        let (item, behind) = match found {
            Some(at) => (&text[..at], Some(&text[at + separator.len()..])),
            None => (text, None),
        };
        rest = behind;
        Some(item)
    })
}

/// Where the separator stands first.
pub(crate) fn position(text: &str, separator: &str) -> Option<usize> {
    match separator.as_bytes() {
        [byte] => text.bytes().position(|other| other == *byte),
        _ => text.find(separator),
    }
}

/// `v0`, `v2`: another version of the signature, which says that the sender is right and this reader is old.
fn is_version(name: &str) -> bool {
    name.strip_prefix('v')
        .is_some_and(|rest| rest.bytes().next().is_some_and(|byte| byte.is_ascii_digit()))
}

/// The canonical spelling of a header's name in a description, checked when a provider is built.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty() && HeaderName::from_lowercase(name.as_bytes()).is_ok()
}

/// Bytes of an Ed25519 signature.
const ED25519: usize = 64;
/// No sender's signature header comes near it.
pub(super) const MAX_HEADER: usize = 4096;
/// Enough for any rotation; each costs a comparison with every secret's MAC.
pub(super) const MAX_SIGNATURES: usize = 16;
