"""XML texts whose rows are known before they are spelled, in every way that XML has for a text."""

from __future__ import annotations

import codecs
from random import Random
from xml.sax.saxutils import escape, quoteattr

from tests.differential.case import Case

_TAGS = ["id", "name", "city", "\xe9t\xe9", "a-b", "x.y", "n_1"]
_TEXTS = ["", "north", "00123", "a & b", "<tag>", "]]>", "]]", '"', "'", "1.50", " a ", "x\ny"]
_TEXTS += ["\t", "\xe9", "\U0001f600", "\u65e5\u672c", "\u2028", "&amp;", "\r", "{}", "\\", "-->"]


def case_of(seed: str, *, flat: bool = False) -> Case:
    """The case of a seed; flat where no element is there twice."""
    random = Random(seed)
    tags = random.sample(_TAGS, random.randint(2, 5))
    attributes = random.sample(["key", "lang"], random.randint(0, 2))
    counts = [1] if flat else [1] * 8 + [2, 3]
    rows = [_row(random, tags, attributes, counts) for _ in range(random.choice([2, 3, 8, 30]))]
    return _Writer(random, tags).write(seed, rows)


def _row(random: Random, tags: list[str], attributes: list[str], counts: list[int]) -> dict:
    row: dict = {name: _text(random) for name in attributes if random.random() < 0.8}
    for tag in tags:
        if tag != tags[0] and random.random() < 0.1:
            continue
        count = random.choice(counts)
        row[tag] = _text(random) if count == 1 else [_text(random) for _ in range(count)]
    return row


def _text(random: Random) -> str:
    text = "".join(random.choice(_TEXTS) for _ in range(random.choice([1, 1, 1, 3])))
    return text if text.strip(" \t\r\n") else text.strip(" \t\r\n")


class _Writer:
    def __init__(self, random: Random, tags: list[str]) -> None:
        self._random = random
        self._tags = tags
        self._path = random.choice([["all"], ["all", "rows"], ["a:doc"]])
        self._gap = random.choice(["", "\n", "\r\n  "])

    def write(self, seed: str, rows: list[dict]) -> Case:
        encoding = self._random.choice(["utf-8"] * 4 + ["utf-8-sig", "utf-16", "iso-8859-1"])
        declared = encoding if encoding == "iso-8859-1" else encoding.removesuffix("-sig")
        head = f"<?xml version='1.0' encoding='{declared}'?>{self._gap}"
        if encoding in {"utf-8", "utf-8-sig", "utf-16"} and self._random.random() < 0.3:
            head = ""
        space = " xmlns:a='urn:a'" if self._path == ["a:doc"] else ""
        opened = "".join(f"<{tag}{space}>{self._gap}" for tag in self._path)
        closed = "".join(f"</{tag}>{self._gap}" for tag in reversed(self._path))
        body = "".join(self._element(row) + self._gap + self._aside() for row in rows)
        text = head + opened + body + closed
        return Case(seed, self._encoded(text, encoding), rows, marks=f"XML, {encoding}")

    def _encoded(self, text: str, encoding: str) -> bytes:
        if encoding == "utf-16":
            return codecs.BOM_UTF16_LE + text.encode("utf-16-le")
        return text.encode(encoding, "xmlcharrefreplace")

    def _element(self, row: dict) -> str:
        attributes, children = "", ""
        for name, value in row.items():
            if name in self._tags:
                several = value if isinstance(value, list) else [value]
                children += "".join(
                    f"{self._gap}<{name}>{self._content(each)}</{name}>" for each in several
                )
            else:
                spelled = quoteattr(value, {"\r": "&#13;", "\n": "&#10;", "\t": "&#9;"})
                attributes += f" {name}={spelled}"
        return f"<row{attributes}>{children}{self._gap}</row>"

    def _content(self, text: str) -> str:
        form = self._random.random()
        if form < 0.1 and text.isascii() and "]]>" not in text and "\r" not in text:
            return f"<![CDATA[{text}]]>"
        spelled = escape(text).replace("\r", "&#13;")
        if form < 0.2:
            return f"{spelled}<!-- {self._random.randrange(9)} -->"
        if form < 0.3:
            return "".join(f"&#x{ord(letter):x};" for letter in text)
        return spelled

    def _aside(self) -> str:
        return "<!-- </row><row> -->" if self._random.random() < 0.1 else ""
