//! A reader of JSON that sees whether a document is well formed, and builds nothing.
//!
//! `serde_json` reads every text and number for a type that may want it, which takes as long as the hash of the whole body. Here a
//! text is looked through eight bytes at a time. What is taken for JSON is what `serde_json` takes for it (RFC 8259, no lone
//! surrogates, no number beyond a double, 127 levels), and a test holds the two against each other.

/// Where the document stopped being JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed {
    /// How many bytes in.
    pub(super) at: usize,
}

type Read<T> = Result<T, Malformed>;

/// A document and how far it has been read.
pub(super) struct Scanner<'d> {
    document: &'d str,
    at: usize,
    levels_left: u8,
    /// Whether halves of a surrogate pair may stand alone.
    halves_pass: bool,
}

impl<'d> Scanner<'d> {
    pub(super) fn new(document: &'d str) -> Self {
        Self {
            document,
            at: 0,
            levels_left: LEVELS,
            halves_pass: false,
        }
    }

    /// Reads a value and answers its text.
    pub(super) fn value(&mut self) -> Read<&'d str> {
        self.skip_blanks();
        let start = self.at;
        match self.peek() {
            Some(b'"') => self.text().map(drop)?,
            Some(b'{') => self.object(|scanner, _| scanner.value().map(drop))?,
            Some(b'[') => self.array(|scanner| scanner.value().map(drop))?,
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.word("true")?,
            Some(b'f') => self.word("false")?,
            Some(b'n') => self.word("null")?,
            _ => return self.malformed(),
        }
        Ok(&self.document[start..self.at])
    }

    /// As [`value`](Self::value), for a value that somebody reads afterwards: whether its escapes make a text shows then.
    pub(super) fn raw(&mut self) -> Read<&'d str> {
        self.halves_pass = true;
        let raw = self.value();
        self.halves_pass = false;
        raw
    }

    /// Reads a value by `read` and answers its text.
    pub(super) fn text_of(&mut self, read: impl FnOnce(&mut Self) -> Read<()>) -> Read<&'d str> {
        self.skip_blanks();
        let start = self.at;
        read(self)?;
        Ok(&self.document[start..self.at])
    }

    /// Reads an object. `member` is shown each key, as it is written between its quotes, and reads the value.
    pub(super) fn object(&mut self, mut member: impl FnMut(&mut Self, &'d str) -> Read<()>) -> Read<()> {
        self.open(b'{')?;
        if !self.takes(b'}') {
            loop {
                self.skip_blanks();
                let key = self.text()?;
                self.expect(b':')?;
                member(self, key)?;
                if !self.takes(b',') {
                    break self.expect(b'}')?;
                }
            }
        }
        self.levels_left += 1;
        Ok(())
    }

    /// Whether an object comes next.
    pub(super) fn is_at_object(&mut self) -> bool {
        self.skip_blanks();
        self.peek() == Some(b'{')
    }

    /// Whether an array comes next.
    pub(super) fn is_at_array(&mut self) -> bool {
        self.skip_blanks();
        self.peek() == Some(b'[')
    }

    /// Sees that nothing follows.
    pub(super) fn end(&mut self) -> Read<()> {
        self.skip_blanks();
        if self.at == self.document.len() {
            Ok(())
        } else {
            self.malformed()
        }
    }

    /// Reads an array. `element` reads each value.
    pub(super) fn array(&mut self, mut element: impl FnMut(&mut Self) -> Read<()>) -> Read<()> {
        self.open(b'[')?;
        if !self.takes(b']') {
            loop {
                element(self)?;
                if !self.takes(b',') {
                    break self.expect(b']')?;
                }
            }
        }
        self.levels_left += 1;
        Ok(())
    }

    /// Reads a text and answers what stands between its quotes.
    fn text(&mut self) -> Read<&'d str> {
        if self.peek() != Some(b'"') {
            return self.malformed();
        }
        self.at += 1;
        let start = self.at;
        loop {
            self.at += plain(&self.bytes()[self.at..]);
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => self.escape()?,
                _ => return self.malformed(),
            }
        }
        let text = &self.document[start..self.at];
        self.at += 1;
        Ok(text)
    }

    fn escape(&mut self) -> Read<()> {
        self.at += 1;
        let escaped = self.peek();
        self.at += 1;
        match escaped {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(()),
            Some(b'u') => match self.code_unit()? {
                _ if self.halves_pass => Ok(()),
                // The first half of a pair: the second must follow.
                0xD800..=0xDBFF => {
                    self.word("\\u")?;
                    match self.code_unit()? {
                        0xDC00..=0xDFFF => Ok(()),
                        _ => self.malformed(),
                    }
                }
                0xDC00..=0xDFFF => self.malformed(),
                _ => Ok(()),
            },
            _ => self.malformed(),
        }
    }

    fn code_unit(&mut self) -> Read<u16> {
        let digits = self.document.get(self.at..self.at + 4);
        let digits = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let unit = digits.and_then(|digits| u16::from_str_radix(digits, 16).ok());
        let Some(unit) = unit else {
            return self.malformed();
        };
        self.at += 4;
        Ok(unit)
    }

    fn number(&mut self) -> Read<()> {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        let has_exponent = self.take(b'e') || self.take(b'E');
        if has_exponent {
            let _signed = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        let number = &self.document[start..self.at];
        // Without an exponent it takes as many digits to overflow.
        let may_overflow = has_exponent || number.len() > 300;
        if may_overflow && !number.parse().is_ok_and(f64::is_finite) {
            return self.malformed();
        }
        Ok(())
    }

    fn digits(&mut self) -> Read<()> {
        let rest = &self.bytes()[self.at..];
        match rest.iter().take_while(|byte| byte.is_ascii_digit()).count() {
            0 => self.malformed(),
            count => {
                self.at += count;
                Ok(())
            }
        }
    }

    fn word(&mut self, word: &str) -> Read<()> {
        if !self.bytes()[self.at..].starts_with(word.as_bytes()) {
            return self.malformed();
        }
        self.at += word.len();
        Ok(())
    }

    fn open(&mut self, bracket: u8) -> Read<()> {
        self.expect(bracket)?;
        match self.levels_left.checked_sub(1) {
            Some(left) => self.levels_left = left,
            None => return self.malformed(),
        }
        Ok(())
    }

    /// Takes this byte behind blanks, which must be there.
    fn expect(&mut self, byte: u8) -> Read<()> {
        if self.takes(byte) {
            Ok(())
        } else {
            self.malformed()
        }
    }

    /// Takes this byte behind blanks, if it is there.
    fn takes(&mut self, byte: u8) -> bool {
        self.skip_blanks();
        self.take(byte)
    }

    /// Takes this byte, if it is the next.
    fn take(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn skip_blanks(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes().get(self.at).copied()
    }

    fn bytes(&self) -> &'d [u8] {
        self.document.as_bytes()
    }

    /// The refusal of what comes next.
    pub(super) fn malformed<T>(&self) -> Read<T> {
        Err(Malformed { at: self.at })
    }
}

/// How many bytes of a text come before one that means something: a quote, a backslash, a control character.
fn plain(bytes: &[u8]) -> usize {
    let (words, rest) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let found = special(u64::from_le_bytes(*word));
        if found != 0 {
            let bytes_before = found.trailing_zeros() / 8;
            return 8 * index + bytes_before as usize;
        }
    }
    let is_plain = |byte: &&u8| **byte >= b' ' && **byte != b'"' && **byte != b'\\';
    bytes.len() - rest.len() + rest.iter().take_while(is_plain).count()
}

/// Eight bytes at once: the lowest bit that is set stands in the first byte that means something. Where subtracting from a byte
/// borrows, the byte was too small (`haszero` and `hasless` of <https://graphics.stanford.edu/~seander/bithacks.html>).
fn special(word: u64) -> u64 {
    let each = |byte: u8| u64::from_le_bytes([byte; 8]);
    let smaller = |word: u64, byte: u8| word.wrapping_sub(each(byte)) & !word;
    let is_quote = smaller(word ^ each(b'"'), 1);
    let is_backslash = smaller(word ^ each(b'\\'), 1);
    let is_control = smaller(word, b' ');
    (is_quote | is_backslash | is_control) & each(0x80)
}

/// As many as `serde_json` reads.
const LEVELS: u8 = 127;

#[cfg(test)]
mod tests;
