//! A JSON document in the spellings of the usual writers, each value in its place.

/// How a writer lays a document out.
#[derive(Debug, Clone, Copy)]
pub(super) enum Layout {
    Compact,
    /// A space behind each comma and colon, as Python's `json.dumps` has it.
    Spaced,
    /// On lines, indented by this.
    Lines(&'static str),
}

/// How a writer spells the letters of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Letters {
    AsTheyAre,
    /// In UTF-8, as JavaScript has it.
    Plain,
    /// Those beyond ASCII by `\u`, as Python has it.
    Ascii,
    /// As `Ascii`, and `\/` for a slash, as PHP has it.
    AsciiSlashes,
    /// In UTF-8, and `\/` for a slash.
    PlainSlashes,
    /// In UTF-8, and `<`, `>` and `&` by `\u`, as Go has it.
    Html,
}

impl Layout {
    pub(super) const ALL: [(Self, &'static str); 5] = [
        (Self::Compact, "without white space"),
        (Self::Spaced, "with a space behind each comma and colon"),
        (Self::Lines("  "), "on lines indented by 2 spaces"),
        (Self::Lines("    "), "on lines indented by 4 spaces"),
        (Self::Lines("\t"), "on lines indented by a tab"),
    ];

    /// Behind a bracket or a comma, at this depth.
    fn separate(self, out: &mut String, depth: usize, behind_comma: bool) {
        match self {
            Self::Compact => {}
            Self::Spaced => out.push_str(if behind_comma { " " } else { "" }),
            Self::Lines(indent) => {
                out.push('\n');
                (0..depth).for_each(|_| out.push_str(indent));
            }
        }
    }
}

impl Letters {
    pub(super) const ALL: [(Self, &'static str); 6] = [
        (Self::AsTheyAre, ""),
        (Self::Plain, ", letters beyond ASCII as they are"),
        (Self::Ascii, r", letters beyond ASCII by `\u`"),
        (
            Self::AsciiSlashes,
            r", letters beyond ASCII by `\u` and slashes by `\/`",
        ),
        (Self::PlainSlashes, r", slashes by `\/`"),
        (Self::Html, r", `<`, `>` and `&` by `\u`"),
    ];

    /// The text, which stands in quotes, as this writer spells it.
    fn spell(self, quoted: &str, out: &mut String) {
        let text = match self {
            Self::AsTheyAre => None,
            _ => serde_json::from_str::<String>(quoted).ok(),
        };
        let Some(text) = text else {
            out.push_str(quoted);
            return;
        };
        out.push('"');
        text.chars().for_each(|letter| self.write(letter, out));
        out.push('"');
    }

    fn write(self, letter: char, out: &mut String) {
        let short = match letter {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '\u{8}' => "\\b",
            '\u{c}' => "\\f",
            '/' if matches!(self, Self::AsciiSlashes | Self::PlainSlashes) => "\\/",
            _ if self.escapes(letter) => {
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
                return;
            }
            _ => {
                out.push(letter);
                return;
            }
        };
        out.push_str(short);
    }

    fn escapes(self, letter: char) -> bool {
        letter < ' '
            || match self {
                Self::Ascii | Self::AsciiSlashes => !letter.is_ascii(),
                Self::Html => matches!(letter, '<' | '>' | '&' | '\u{2028}' | '\u{2029}'),
                _ => false,
            }
    }
}

/// The document, laid out and spelt like this. Names keep their order and numbers their digits.
///
/// It must be well formed; another text comes out as some text.
pub(super) fn rewrite(document: &str, layout: Layout, letters: Letters) -> String {
    let mut out = String::with_capacity(2 * document.len());
    let mut depth = 0_usize;
    let mut rest = document.trim_start_matches(BLANK);
    while let Some(first) = rest.chars().next() {
        let mut taken = first.len_utf8();
        match first {
            '{' | '[' => {
                out.push(first);
                let is_empty = rest[taken..].trim_start_matches(BLANK).starts_with(['}', ']']);
                if !is_empty {
                    depth += 1;
                    layout.separate(&mut out, depth, false);
                }
            }
            '}' | ']' => {
                if !out.ends_with(['{', '[']) {
                    depth = depth.saturating_sub(1);
                    layout.separate(&mut out, depth, false);
                }
                out.push(first);
            }
            ',' => {
                out.push(first);
                layout.separate(&mut out, depth, true);
            }
            ':' => out.push_str(if matches!(layout, Layout::Compact) {
                ":"
            } else {
                ": "
            }),
            '"' => {
                taken = quoted(rest);
                letters.spell(&rest[..taken], &mut out);
            }
            _ => {
                let ends = |letter: char| ",:{}[]\"".contains(letter) || BLANK.contains(&letter);
                taken = rest.find(ends).unwrap_or(rest.len());
                out.push_str(&rest[..taken]);
            }
        }
        rest = rest[taken..].trim_start_matches(BLANK);
    }
    out
}

/// The length of the text in quotes that stands first.
fn quoted(rest: &str) -> usize {
    let mut escaped = false;
    let end = rest.bytes().enumerate().skip(1).find(|(_, byte)| {
        let ends = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    });
    end.map_or(rest.len(), |(at, _)| at + 1)
}

const BLANK: [char; 4] = [' ', '\t', '\r', '\n'];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_laid_out_as_the_usual_writers_do() {
        let source = "{\"b\" :1.50,\"a\":[ {}, [ ] ,\"x\\\"}\"],\n\"c\":null}\n";
        let same = |layout, text: &str| assert_eq!(rewrite(source, layout, Letters::AsTheyAre), text);
        same(Layout::Compact, r#"{"b":1.50,"a":[{},[],"x\"}"],"c":null}"#);
        same(Layout::Spaced, r#"{"b": 1.50, "a": [{}, [], "x\"}"], "c": null}"#);
        same(
            Layout::Lines("  "),
            "{\n  \"b\": 1.50,\n  \"a\": [\n    {},\n    [],\n    \"x\\\"}\"\n  ],\n  \"c\": null\n}",
        );
    }

    #[test]
    fn letters_are_spelt_as_the_usual_writers_do() {
        let source = "[\"\\u00e9/\u{1f600}<\\u000a\"]";
        let same = |letters, text: &str| assert_eq!(rewrite(source, Layout::Compact, letters), text);
        same(Letters::Plain, "[\"\u{e9}/\u{1f600}<\\n\"]");
        same(Letters::Ascii, r#"["\u00e9/\ud83d\ude00<\n"]"#);
        same(Letters::AsciiSlashes, r#"["\u00e9\/\ud83d\ude00<\n"]"#);
        same(Letters::PlainSlashes, "[\"\u{e9}\\/\u{1f600}<\\n\"]");
        same(Letters::Html, "[\"\u{e9}/\u{1f600}\\u003c\\n\"]");
    }
}
