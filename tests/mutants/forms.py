"""The text of a source file in which every mutant stands beside what it replaces, and a number chooses."""

import re

from tokens import Tokens

CHOICE = "crate::mutant::is({})"


class File:
    """One source file with its mutants. Each is written in the smallest form that it can have: see `forms`."""

    def __init__(self, name, text, mutants):
        self.name, self.text = name, text
        self.tokens = Tokens(text)
        lines = [0]
        for line in text.splitlines(keepends=True):
            lines.append(lines[-1] + len(line))
        place = lambda point: lines[point["line"] - 1] + point["column"] - 1
        self.mutants = {}
        self.constant = {}
        for mutant in mutants:
            span = (place(mutant["span"]["start"]), place(mutant["span"]["end"]))
            function = mutant["function"]
            if function is None:
                continue
            whole = (place(function["span"]["start"]), place(function["span"]["end"]))
            self.mutants[mutant["id"]] = (mutant, span, self.forms(mutant, span, self.tokens.body(*whole)))
            word = self._const(*whole)
            if word is not None:
                self.constant[mutant["id"]] = (word, function["function_name"])

    def _const(self, start, end):
        """Where a `const fn` has its `const`."""
        inside = [index for index, token in enumerate(self.tokens.list) if start <= token[1] < end]
        for index in inside:
            if self.tokens.word(index) == "fn":
                before = [at for at in range(index - 3, index) if self.tokens.word(at) == "const"]
                return self.tokens.list[before[0]][1] if before else None
        return None

    def forms(self, mutant, span, body):
        """The ranges that may be written twice, the smallest first; a place where something is put in has no width."""
        genre = mutant["genre"]
        if genre == "FnValue":
            return [(body[0], body[0])]
        if genre == "MatchArm":
            arrow = self._arrow(*span)
            return [(arrow, arrow), body]
        small = {
            "BinaryOperator": lambda: self.tokens.around(span[0], mutant["replacement"]),
            "UnaryOperator": lambda: self.tokens.behind(span[0]),
            "MatchArmGuard": lambda: span,
        }.get(genre, lambda: None)()
        return [small, body] if small else [body]

    def _arrow(self, start, end):
        index = min(index for index, token in enumerate(self.tokens.list) if token[1] >= start)
        while self.tokens.word(index) != "=>":
            index = self.tokens.partner[index] + 1 if self.tokens.word(index) in "([{" else index + 1
        return self.tokens.list[index][1]

    def render(self, level):
        """The text, with each mutant in the form that `level` numbers, or left out when it has no such form."""
        nodes, free = {}, []
        for number, (mutant, span, forms) in self.mutants.items():
            if number in level and level[number] < len(forms):
                nodes.setdefault(forms[level[number]], []).append(number)
                if number in self.constant:
                    free.append(self.constant[number][0])
        self.free = set(free)
        ordered = sorted(nodes, key=lambda node: (node[0], -node[1]))
        return self._range(0, len(self.text), ordered, nodes)

    def _range(self, start, end, inner, nodes):
        parts, at = [], start
        while inner:
            node, rest = inner[0], inner[1:]
            within = [other for other in rest if other[1] <= node[1]] if node[0] < node[1] else []
            crossing = [other for other in rest if other[0] < node[1] < other[1]]
            assert not crossing, (self.name, self.text[slice(*node)], [self.text[slice(*other)] for other in crossing])
            inner = [other for other in rest if other not in within]
            parts += [self._plain(at, node[0]), self._node(node, within, nodes)]
            at = node[1]
        return "".join(parts) + self._plain(at, end)

    def _plain(self, start, end):
        text = self.text[start:end]
        for place in self.free:
            if start <= place < end:
                text = text[: place - start] + " " * 5 + text[place - start + 5 :]
        return text

    def _node(self, node, within, nodes):
        parts = []
        for number in nodes[node]:
            mutant, span, _ = self.mutants[number]
            choice = CHOICE.format(number)
            if mutant["genre"] == "FnValue":
                parts.append(f"if {choice} {{ /*<{number}*/return {mutant['replacement']};/*{number}>*/ }} ")
            elif node[0] == node[1]:
                parts.append(f"/*<{number}*/if !{choice}/*{number}>*/ ")
            else:
                form = self.text[node[0] : span[0]] + mutant["replacement"] + self.text[span[1] : node[1]]
                parts.append(f"if {choice} {{ /*<{number}*/{form}/*{number}>*/ }} else ")
        if node[0] == node[1]:
            return "".join(parts)
        first = nodes[node][0]
        original = self._range(*node, within, nodes)
        return f"/*[{first}*/({''.join(parts)}{{ {original} }})/*{first}]*/"


def blamed(text, messages, name):
    """The numbers of the mutants in this file's text for which the compiler refuses it."""
    places = {}
    for mark in re.finditer(rb"/\*(?:([<\[])(\d+)|(\d+)([>\]]))\*/", text):
        if mark[1]:
            places[mark[1], mark[2]] = mark.end()
        else:
            opening = b"<" if mark[4] == b">" else b"["
            places[opening, mark[3]] = (places[opening, mark[3]], mark.start())
    found = set()
    for message in messages:
        spans = [span for span in message["spans"]]
        for span in list(spans):
            while span.get("expansion"):
                span = span["expansion"]["span"]
                spans.append(dict(span, is_primary=True))
        spans = [span for span in spans if span["file_name"] == name]
        primary = [span for span in spans if span["is_primary"]]
        inside = lambda kind, some: [
            (place[1] - place[0], int(number))
            for (mark, number), place in places.items()
            for span in some
            if mark == kind and place[0] <= span["byte_start"] and span["byte_end"] <= place[1]
        ]
        forms = inside(b"<", primary) or inside(b"<", spans)
        if forms:
            found.update(number for _, number in forms)
        elif nodes := inside(b"[", primary):
            found.add(("node", min(nodes)[1]))
        elif before := [
            (place[0], int(number))
            for (mark, number), place in places.items()
            if mark == b"<" and primary and place[0] < primary[0]["byte_start"] and text[place[0] :].startswith(b"return ")
        ]:
            # What such a function returns has a type that the value put in for it has not.
            found.add(("node", max(before)[1]))
    return found
