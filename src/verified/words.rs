//! A few short texts in one piece of memory, which is part of what they belong to while they are short.

use std::ops::Range;

use smallvec::SmallVec;

/// The id, the kind and the media type of most deliveries together.
const USUAL: usize = 96;

/// Texts one behind the other.
#[derive(Default)]
pub(crate) struct Words(SmallVec<[u8; USUAL]>);

/// Where one of them stands.
#[derive(Clone)]
pub(crate) struct Word(Range<usize>);

impl Words {
    pub(crate) fn add(&mut self, text: &str) -> Word {
        let start = self.0.len();
        self.0.extend_from_slice(text.as_bytes());
        Word(start..self.0.len())
    }

    /// The text of a word of these.
    pub(crate) fn get(&self, word: &Word) -> &str {
        let bytes = self.0.get(word.0.clone()).unwrap_or_default();
        str::from_utf8(bytes).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_any_length_are_kept_apart() {
        let mut words = Words::default();
        let texts = ["push", "", "é", &"x".repeat(3 * USUAL)];
        let added = texts.map(|text| words.add(text));
        for (text, word) in texts.iter().zip(&added) {
            assert_eq!(words.get(word), *text);
        }
    }
}
