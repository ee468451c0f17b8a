"""Rust source as tokens, to find where the expression around an operator begins and ends."""

import re

TOKEN = re.compile(
    r"""
    (?P<space>\s+|//[^\n]*)
  | (?P<comment>/\*)
  | (?P<raw>(?:b|c)?r(?P<hashes>\#*)")
  | (?P<string>(?:b|c)?"(?:[^"\\]|\\.)*")
  | (?P<char>b?'(?:[^'\\\n]|\\(?:x[0-9a-fA-F]{2}|u\{[0-9a-fA-F_]+\}|.))')
  | (?P<lifetime>'[A-Za-z_]\w*)
  | (?P<name>(?:r\#)?[A-Za-z_]\w*)
  | (?P<number>[0-9](?:[\w]|\.(?=[0-9]))*)
  | (?P<sign><<=|>>=|\.\.\.|\.\.=|::|->|=>|==|!=|<=|>=|&&|\|\||\+=|-=|\*=|/=|%=|\^=|&=|\|=|<<|>>|\.\.|.)
    """,
    re.VERBOSE | re.DOTALL,
)

PRECEDENCE = {"as": 13}
for strength, signs in enumerate(
    ["= += -= *= /= %= &= |= ^= <<= >>=", ".. ..=", "||", "&&", "== != < > <= >=", "|", "^", "&", "<< >>", "+ -", "* / %"], 2
):
    PRECEDENCE.update(dict.fromkeys(signs.split(), strength))

UNARY = 14
OPENING, CLOSING = "([{", ")]}"
ENDS = {",", ";", "=>", "->", ":", "@", "#"}
# An expression never goes on over these to the left; before a block, the first ones say that it is not a struct's.
HEADS = {"if", "while", "match", "for", "in"}
KEYWORDS = HEADS | {"return", "break", "let", "else", "move", "loop", "unsafe", "async", "mut", "ref"}


class Tokens:
    def __init__(self, text):
        self.text, self.list = text, []
        at = 0
        while at < len(text):
            found = TOKEN.match(text, at)
            kind, end = found.lastgroup, found.end()
            if kind == "comment":
                end = self._comment(at)
            elif kind == "raw" or found["raw"]:
                kind, end = "string", text.index('"' + found["hashes"], end) + 1 + len(found["hashes"])
            if kind not in ("space", "comment"):
                self.list.append((text[at:end], at, end, kind))
            at = end
        self.at = {token[1]: index for index, token in enumerate(self.list)}
        self.partner, self.bars = {}, set()
        self._pair()
        self._angles()
        self._closures()

    def _comment(self, at):
        depth = 0
        for mark in re.finditer(r"/\*|\*/", self.text[at:]):
            depth += 1 if mark[0] == "/*" else -1
            if depth == 0:
                return at + mark.end()
        return len(self.text)

    def word(self, index):
        return self.list[index][0] if 0 <= index < len(self.list) else ";"

    def _pair(self):
        open_ones = []
        for index, token in enumerate(self.list):
            if token[3] == "sign" and token[0] in OPENING:
                open_ones.append(index)
            elif token[3] == "sign" and token[0] in CLOSING:
                start = open_ones.pop()
                self.partner[start], self.partner[index] = index, start

    def _angles(self):
        """Pairs the angle brackets behind `::`, and those of a qualified path."""
        for index, token in enumerate(self.list):
            if token[0] != "<" or (self.word(index - 1) != "::" and self.ends_operand(index - 1)):
                continue
            depth, here = 0, index
            while here < len(self.list):
                word = self.word(here)
                if word in OPENING and self.list[here][3] == "sign":
                    here = self.partner[here]
                depth += (word == "<") - (word == ">") - 2 * (word == ">>")
                if depth <= 0 or word in (";", "{"):
                    break
                here += 1
            if depth == 0:
                self.partner[index], self.partner[here] = here, index

    def _closures(self):
        index = 0
        while index < len(self.list):
            if self.word(index) == "||" and not self.ends_operand(index - 1):
                self.bars.add(index)
            elif self.word(index) == "|" and not self.ends_operand(index - 1):
                self.bars.add(index)
                index += 1
                while index < len(self.list) and self.word(index) != "|":
                    index = self.partner[index] + 1 if self.word(index) in OPENING else index + 1
                self.bars.add(index)
            index += 1

    def ends_operand(self, index):
        """Whether an operand may end with this token, so that what follows is an operator between two."""
        if index < 0:
            return False
        word, _, _, kind = self.list[index]
        if kind == "name":
            return word not in KEYWORDS
        return kind in ("string", "char", "number") or word in (")", "]", "?") or (word in (">", ">>") and index in self.partner)

    def body(self, start, end):
        """The inside of the braces that the function in this range ends with."""
        last = max(index for index, token in enumerate(self.list) if token[2] <= end)
        first = self.partner[last]
        return self.list[first][2], self.list[last][1]

    def around(self, start, other):
        """The range of the expression of the binary operator at this place, if it is a plain one: so wide that it is read
        alike within and without, whichever of the two operators stands there."""
        index = self.at[start]
        strength = min(PRECEDENCE[self.word(index)], PRECEDENCE[other])
        left, right = self._left(index, strength), self._right(index, strength)
        return (left, right) if left is not None and right is not None else None

    def behind(self, start):
        """The range of the expression of the unary operator at this place."""
        right = self._right(self.at[start], UNARY)
        return (start, right) if right is not None else None

    def _left(self, index, strength):
        here = index - 1
        if self.word(here) == "}" and self.list[here][3] == "sign":
            return None
        while here >= 0:
            word, _, _, kind = self.list[here]
            if word in ("mut", "ref", "unsafe", "async", "loop"):
                return None
            if here in self.bars or word in ENDS or word in KEYWORDS or (kind == "sign" and word in OPENING):
                break
            if word in ("..", "..=") and PRECEDENCE[word] < strength:
                break
            if word == "}" and kind == "sign" and self.word(here + 1) not in (".", "?"):
                break
            if here in self.partner and self.partner[here] < here:
                here = self.partner[here] - 1
                continue
            operator = PRECEDENCE.get(word) if kind in ("sign", "name") else None
            if operator is not None and (word == "as" or self.ends_operand(here - 1)) and operator < strength:
                break
            if operator is not None and word not in ("-", "*", "&", "&&") and not self.ends_operand(here - 1):
                return None
            here -= 1
        return self.list[here + 1][1]

    def _right(self, index, strength):
        here = index + 1
        while here < len(self.list):
            word, _, _, kind = self.list[here]
            if word in ENDS or (kind == "sign" and word in CLOSING) or word == "else":
                break
            if here in self.bars or word in KEYWORDS - {"mut"}:
                return None
            if word == "{" and kind == "sign":
                if self._is_head(index):
                    break
                return None
            if here in self.partner and self.partner[here] > here:
                here = self.partner[here] + 1
                continue
            operator = PRECEDENCE.get(word) if kind in ("sign", "name") else None
            if operator is not None and (word == "as" or self.ends_operand(here - 1)) and operator < strength:
                break
            here += 1
        return self.list[here - 1][2]

    def _is_head(self, index):
        """Whether what stands here is what an `if`, a `while` or a `match` looks at: what follows is its block."""
        while index >= 0:
            word, _, _, kind = self.list[index]
            if word in HEADS:
                return True
            if word in (";", "=>") or (kind == "sign" and word in OPENING):
                return False
            index = self.partner[index] - 1 if index in self.partner and self.partner[index] < index else index - 1
        return False
