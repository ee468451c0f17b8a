//! Hexadecimal and Base64 by rules that are not the crate's, with the ways in which a text of theirs comes out wrong.

use arbitrary::Arbitrary;

/// How bytes are written.
#[derive(Debug, Clone, Copy, Arbitrary)]
pub enum Encoding {
    Hex,
    Base64,
    Base64Url,
}

/// What may become of a text on its way.
#[derive(Debug, Arbitrary)]
pub enum Change<'a> {
    /// A letter small or capital instead.
    Case(u8),
    /// Lower bits of the last symbol, which may stand for nothing.
    Tail(u8),
    /// So many signs of padding at the end, at most three.
    Padding(u8),
    /// Each symbol that only one of the Base64 alphabets has, as the other one's.
    OtherAlphabet,
    Insert(u8, u8),
    Remove(u8),
    Append(&'a [u8]),
}

impl Encoding {
    /// The one text that stands for these bytes.
    pub fn write(self, bytes: &[u8]) -> String {
        let alphabet = match self {
            Self::Hex => return bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
            Self::Base64 => BASE64,
            Self::Base64Url => BASE64URL,
        };
        let bits: Vec<u8> = bytes
            .iter()
            .flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1))
            .collect();
        let symbols = bits.chunks(6).map(|six| {
            let number = (0..6).fold(0, |number, at| number << 1 | six.get(at).copied().unwrap_or(0));
            char::from(alphabet[usize::from(number)])
        });
        let mut text: String = symbols.collect();
        while matches!(self, Self::Base64) && !text.len().is_multiple_of(4) {
            text.push('=');
        }
        text
    }
}

/// The key that a text stands for in hexadecimal of small or capital letters.
pub fn hex_key(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
    let pairs = digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]));
    pairs.collect::<Result<_, _>>().ok()
}

/// The key that a text stands for in Base64 of the usual alphabet, padded or not, whatever its last bits are.
pub fn base64_key(text: &str) -> Option<Vec<u8>> {
    let bare = text.trim_end_matches('=');
    let padding = text.len() - bare.len();
    let missing = (4 - bare.len() % 4) % 4;
    if missing == 3 || padding > missing {
        return None;
    }
    let number = |symbol: u8| BASE64.iter().position(|known| *known == symbol);
    let numbers: Option<Vec<usize>> = bare.bytes().map(number).collect();
    let bits: Vec<usize> = numbers?
        .iter()
        .flat_map(|number| (0..6).rev().map(move |at| number >> at & 1))
        .collect();
    let bytes = bits
        .chunks_exact(8)
        .map(|eight| eight.iter().fold(0, |byte, bit| byte << 1 | bit));
    bytes.map(|byte| u8::try_from(byte).ok()).collect()
}

impl Change<'_> {
    pub fn make(&self, text: &mut Vec<u8>) {
        let at = |number: &u8| usize::from(*number).checked_rem(text.len());
        match self {
            Self::Case(number) => {
                if let Some(letter) = at(number)
                    .map(|at| &mut text[at])
                    .filter(|byte| byte.is_ascii_alphabetic())
                {
                    *letter ^= 0x20;
                }
            }
            Self::Tail(bits) => {
                let place = text.iter().rposition(|byte| *byte != b'=');
                for alphabet in [BASE64, BASE64URL] {
                    let number =
                        place.and_then(|place| alphabet.iter().position(|known| *known == text[place]));
                    if let (Some(place), Some(number)) = (place, number) {
                        text[place] = alphabet[number ^ usize::from(bits & 0b1111)];
                        break;
                    }
                }
            }
            Self::Padding(count) => {
                let bare = text
                    .iter()
                    .rposition(|byte| *byte != b'=')
                    .map_or(0, |last| last + 1);
                text.resize(bare, 0);
                text.resize(bare + usize::from(count % 4), b'=');
            }
            Self::OtherAlphabet => {
                for symbol in text {
                    *symbol = match *symbol {
                        b'+' => b'-',
                        b'-' => b'+',
                        b'/' => b'_',
                        b'_' => b'/',
                        other => other,
                    };
                }
            }
            Self::Insert(number, byte) => text.insert(usize::from(*number) % (text.len() + 1), *byte),
            Self::Remove(number) => {
                if let Some(at) = at(number) {
                    text.remove(at);
                }
            }
            Self::Append(bytes) => text.extend_from_slice(bytes),
        }
    }
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE64URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
