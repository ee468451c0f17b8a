//! Strict decoding of signatures: one text for each value, so that a re-encoded signature is a wrong one.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// How a sender writes its signature's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// Lower-case hexadecimal.
    Hex,
    /// Standard Base64 with padding (RFC 4648, section 4).
    Base64,
    /// URL-safe Base64 without padding (RFC 4648, section 5).
    Base64Url,
}

/// A decoded signature, no longer than any MAC.
#[derive(Clone, Copy)]
pub(crate) struct Decoded {
    bytes: [u8; MAX],
    len: usize,
}

impl Decoded {
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

impl Encoding {
    /// Decodes the one spelling that the sender would write; `None` for every other text and every other length.
    pub(crate) fn decode(self, text: &[u8], len: usize) -> Option<Decoded> {
        let mut bytes = [0; MAX];
        let out = bytes.get_mut(..len)?;
        match self {
            Self::Hex => decode_hex(text, out)?,
            Self::Base64 => decode_base64(&STANDARD, text, out)?,
            Self::Base64Url => decode_base64(&URL_SAFE_NO_PAD, text, out)?,
        }
        Some(Decoded { bytes, len })
    }

    /// As [`decode`](Self::decode), for a value of no more than so many bytes.
    #[cfg(feature = "p256")]
    pub(crate) fn decode_up_to(self, text: &[u8], longest: usize) -> Option<Vec<u8>> {
        // A header is never longer than 4 KiB, so what is decoded in vain is little.
        let bytes = match self {
            Self::Hex => {
                let mut bytes = vec![0; text.len() / 2];
                decode_hex(text, &mut bytes).map(|()| bytes)
            }
            Self::Base64 => STANDARD.decode(text).ok(),
            Self::Base64Url => URL_SAFE_NO_PAD.decode(text).ok(),
        };
        bytes.filter(|bytes| bytes.len() <= longest)
    }

    /// The text that a sender would write.
    pub(crate) fn encode(self, bytes: &[u8]) -> String {
        match self {
            Self::Hex => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
            Self::Base64 => STANDARD.encode(bytes),
            Self::Base64Url => URL_SAFE_NO_PAD.encode(bytes),
        }
    }
}

/// In one look at each digit, and without its capital letters.
pub(crate) fn decode_hex(text: &[u8], out: &mut [u8]) -> Option<()> {
    let mut seen = 0;
    let pairs = text.as_chunks().0.iter().zip(&mut *out);
    for (&[high, low], byte) in pairs {
        let (high, low) = (DIGITS[usize::from(high)], DIGITS[usize::from(low)]);
        seen |= high | low;
        *byte = high << 4 | low;
    }
    (seen != NO_DIGIT && text.len() == 2 * out.len()).then_some(())
}

/// What each byte is worth as a hexadecimal digit.
const DIGITS: [u8; 256] = {
    let mut digits = [NO_DIGIT; 256];
    let mut digit = 0;
    while digit < 16 {
        digits[b"0123456789abcdef"[digit as usize] as usize] = digit;
        digit += 1;
    }
    digits
};

/// All bits, so that it shows among digits that are or-ed together.
const NO_DIGIT: u8 = u8::MAX;

/// Both engines refuse wrong padding and trailing bits that are not zero.
fn decode_base64(engine: &impl Engine, text: &[u8], out: &mut [u8]) -> Option<()> {
    let mut scratch = [0; MAX + 2];
    let length = engine.decode_slice(text, &mut scratch).ok()?;
    (length == out.len()).then(|| out.copy_from_slice(&scratch[..length]))
}

/// An HMAC-SHA-512; nothing longer is a MAC.
const MAX: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_has_one_text() {
        let good = "ff00";
        assert!(Encoding::Hex.decode(good.as_bytes(), 2).is_some());
        for bad in ["FF00", "fF00", "ff0", "ff0g", "0xff", "ff 00", "ff00\n", ""] {
            assert!(Encoding::Hex.decode(bad.as_bytes(), 2).is_none(), "{bad:?}");
        }
        assert!(Encoding::Base64.decode(b"/+8=", 2).is_some());
        for bad in ["/+8", "/+8==", "_-8=", "/+9=", " /+8=", "/+8=\n", "/+\n8=", ""] {
            assert!(Encoding::Base64.decode(bad.as_bytes(), 2).is_none(), "{bad:?}");
        }
        assert!(Encoding::Base64Url.decode(b"_-8", 2).is_some());
        assert!(Encoding::Base64Url.decode(b"/+8", 2).is_none());
    }

    #[test]
    fn a_value_of_another_length_is_refused() {
        assert!(Encoding::Hex.decode(b"ff00", 3).is_none());
        assert!(Encoding::Hex.decode(b"ff00", 1).is_none());
        assert!(Encoding::Base64.decode(b"AAAA", 2).is_none());
    }
}
