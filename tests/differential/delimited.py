"""Delimited texts of every dialect, written by a writer that shares nothing with their reader."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, replace
from itertools import count
from random import Random

from tests.differential.case import Case, Damage

DELIMITERS = [",", ";", "\t", "|", "\x01", "^", "~", ":", "||", "::", "~|~", "|;|", "\xa7"]
LIKELY = [",", ";", "\t", "|"]
ENCODINGS = ["utf-8"] * 6 + ["utf-8-sig", "utf-16", "windows-1252", "iso-8859-15", "shift_jis"]
_MARKED = frozenset({"utf-8", "utf-8-sig", "utf-16"})
"""Encodings that nobody has to name."""

_PATHS = ["C:\\new\\table", "\\\\host\\share", "a\\b"]
_WORDS = [
    "north",
    "south",
    "Anna",
    "b",
    "total of it",
    "x y",
    "#7",
    "--",
    "NULL",
    "N/A",
    "null",
    "nan",
]
_DATA = [
    "00123",
    "1.50",
    "-7",
    "2024-02-30",
    "03/04/2024",
    "true",
    "1e400",
    "0x1f",
    "99999999999999999999",
]
_ODD = [
    "\xe9t\xe9",
    "\u2028",
    "\U0001f600",
    "\u65e5\u672c",
    "a\u0301",
    "\xa0",
    "\x0b",
    "\x85",
    "\ufeffx",
]
_EDGES = [" a", "b ", "  ", "\\", "a\\b", "\\n", "'", "it's", "=1+1", "%", "{}", "[1]", "<a>"]


@dataclass(frozen=True)
class Spelling:
    """How one text is spelled."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""  # a backslash, where quotes are not doubled
    newlines: tuple[str, ...] = ("\n",)
    header: bool = True
    preamble: int = 0
    comment: str = ""
    blanks: bool = False
    nulls: tuple[str, ...] = ()
    encoding: str = "utf-8"
    last_end: bool = True
    nullable: bool = True
    quoting: float = 0.2  # the share of cells in quotes that need none

    def settings(self) -> dict:
        """What a feed is told of it."""
        settings: dict = {
            "format": "csv",
            "delimiter": self.delimiter,
            "quote": self.quote or "none",
            "escape": "backslash" if self.escape else "doubled",
            "comment": self.comment or "none",
            "nulls": list(self.nulls),
            "header": int(self.header),
            "skip": self.preamble,
        }
        if self.encoding not in _MARKED:
            settings["encoding"] = self.encoding
        return settings

    def __str__(self):
        return (
            f"delimiter {self.delimiter!r}, quote {self.quote!r}, escape {self.escape!r}, "
            f"lines end with {self.newlines}, header {self.header}, preamble {self.preamble}, "
            f"comment {self.comment!r}, blank lines {self.blanks}, nulls {self.nulls}, "
            f"{self.encoding}, last line ends {self.last_end}"
        )


def spelling_of(random: Random) -> Spelling:
    """Any dialect."""
    quote = random.choice(['"'] * 6 + ["'", ""])
    return Spelling(
        delimiter=random.choice(DELIMITERS),
        quote=quote,
        escape=random.choice(["", "", "\\"]),
        newlines=random.choice([("\n",)] * 3 + [("\r\n",), ("\r\n",), ("\r",), ("\n", "\r\n")]),
        header=random.random() < 0.85,
        preamble=random.choice([0, 0, 0, 0, 1, 3]),
        comment=random.choice(["", "", "", "#", "//"]),
        blanks=random.random() < 0.15,
        nulls=random.choice([(), (), (), ("\\N",), ("NULL", "-")]),
        encoding=random.choice(ENCODINGS),
        last_end=random.random() < 0.8,
        quoting=random.choice([0.0, 0.2, 1.0]),
    )


def table_of(random: Random, spelling: Spelling) -> tuple[tuple[str, ...], list[tuple]]:
    """Names and rows; None is a null, and an empty text a text."""
    width = random.choice([1, 2, 2, 3, 3, 4, 5, 8, 20])
    if width == 1 and not spelling.nulls:
        spelling = replace(spelling, nullable=False)  # an empty line is no row
    names = tuple(f"{random.choice('abcdefgh')}{place}" for place in range(width))
    rows = [
        tuple(_cell(random, spelling) for _ in names)
        for _ in range(random.choice([1, 2, 5, 5, 12, 40]))
    ]
    return names, rows


def case_of(seed: str, *, damage: bool = True, spelling: Spelling | None = None) -> Case:
    """The case of a seed."""
    random = Random(seed)
    spelling = spelling or spelling_of(random)
    names, rows = table_of(random, spelling)
    if not spelling.header:  # else the text might begin with a byte order mark
        rows[0] = ((rows[0][0] or "").lstrip("\ufeff") or "e", *rows[0][1:])
    text = Writer(
        random, spelling, len(names), harm=0.12 if damage and random.random() < 0.5 else 0
    )
    return text.write(seed, names, rows)


def likely_case_of(seed: str, kinds_of: str = "ndwo") -> Case:
    """A case whose dialect can be found: columns of numbers below a header of names."""
    random = Random(seed)
    spelling = replace(
        spelling_of(random),
        delimiter=random.choice(LIKELY),
        quote='"',
        escape="",
        header=True,
        preamble=0,
        comment="",
        nulls=(),
        encoding=random.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16"]),
    )
    kinds = [random.choice(kinds_of) for _ in range(random.choice([2, 3, 4, 6]))]
    kinds[random.randrange(len(kinds))] = "n"
    names = tuple(f"{random.choice('abcdefgh')}{place}" for place in range(len(kinds)))
    rows = [
        tuple(_typed(random, kind, spelling) for kind in kinds)
        for _ in range(random.choice([4, 12, 40]))
    ]
    harm = 0.08 if random.random() < 0.4 else 0
    return Writer(random, spelling, len(names), harm=harm).write(seed, names, rows)


def partly_told_case_of(seed: str) -> Case:
    """A case whose dialect can be found, of which something is told all the same."""
    random = Random(f"{seed} told")
    case = likely_case_of(seed, random.choice(["ndwo", "nwp"]))  # in "nwp" nothing needs quotes
    every = {**case.settings, "nulls": random.choice([[], ["NA"], ["none at all", "-.-"]])}
    some = {key: value for key, value in every.items() if random.random() < 0.4}
    return replace(case, settings={**some, "format": "csv"})


def _typed(random: Random, kind: str, spelling: Spelling) -> str | None:
    if kind == "n":
        return str(random.randint(-10_000, 10_000))
    if kind == "d":
        return f"20{random.randint(10, 30)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}"
    if kind == "p":
        return random.choice(_PATHS)
    return random.choice(_WORDS[:6]) if kind == "w" else _cell(random, spelling)


def _cell(random: Random, spelling: Spelling) -> str | None:
    """Any text that the spelling can spell, or a null."""
    kind = random.random()
    if kind < 0.06 and spelling.nullable:
        return None
    if kind < 0.12:
        text = ""
    elif kind < 0.4:
        text = random.choice(_WORDS)
    elif kind < 0.6:
        text = random.choice(_DATA)
    elif kind < 0.75:
        text = random.choice(_ODD + _EDGES)
    else:
        marks = [spelling.delimiter, spelling.delimiter[0], spelling.quote, spelling.escape, "\\"]
        marks += ["\n", "\r", "\r\n", '"', "'", ",", ";", "a", "b c", "1", "", *_ODD, *_EDGES]
        text = "".join(random.choice(marks) for _ in range(random.randint(1, 6)))
    return _spellable(text, spelling)


def _spellable(text: str, spelling: Spelling) -> str:
    text = text.encode(_plain(spelling.encoding), "ignore").decode(_plain(spelling.encoding))
    if not spelling.quote:
        for mark in ("\r", "\n", *spelling.delimiter):
            text = text.replace(mark, "")
        text = "-x" if text in spelling.nulls else text
        text = text.removeprefix(spelling.comment).removeprefix(spelling.comment)
    return text or ("" if spelling.quote else "e")


def _plain(encoding: str) -> str:
    return {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(encoding, encoding)


class Writer:
    """Writes one text, and books what is in it."""

    def __init__(self, random: Random, spelling: Spelling, width: int, *, harm: float) -> None:
        self._random = random
        self._spelling = spelling
        self._width = width
        self._harm = harm  # the share of rows behind which a damaged one comes
        self._parts: list[str] = []
        self._line = 1
        self._damage: list[Damage] = []
        self._broken: set[int] = set()  # lines with a letter that is no letter
        self._spare = count()

    def write(self, seed: str, names: tuple[str, ...], rows: list[tuple]) -> Case:
        spelling = self._spelling
        for number in range(spelling.preamble):
            self._put(f"report {number} of it")
        if spelling.header:
            self._put(self._record(names))
        held = []
        for row in rows:
            self._blank_or_comment()
            self._put(self._record(row))
            held.append(row)
            if self._random.random() < self._harm:
                held += self._damaged()
        text = "".join(self._parts)
        if not spelling.last_end:
            text = text.removesuffix("\n").removesuffix("\r")
        return Case(
            seed,
            self._encoded(text),
            held,
            names if spelling.header else (),
            self._damage,
            spelling.settings(),
            str(spelling),
        )

    def _put(self, record: str) -> None:
        end = self._random.choice(self._spelling.newlines)
        self._parts.append(record + end)
        self._line += record.count("\r" if end == "\r" else "\n") + 1

    def _record(self, row: tuple) -> str:
        cells, comment = list(map(self._cell, row)), self._spelling.comment
        if comment and cells[0].startswith(comment) and row[0] is not None:
            cells[0] = self._cell(row[0], must=True)  # else the line would be a comment
        return self._spelling.delimiter.join(cells)

    def _cell(self, cell: str | None, *, must: bool = False) -> str:
        spelling, quote = self._spelling, self._spelling.quote
        if cell is None:
            exported = "\\N" in spelling.nulls and spelling.escape and not quote
            if exported or (spelling.nulls and self._random.random() < 0.8):
                return self._random.choice(spelling.nulls)
            return '""'[:0] if self._width > 1 else (spelling.nulls or ("",))[0]
        if not quote:
            return cell.replace("\\", "\\\\") if spelling.escape else cell
        special = {*spelling.delimiter, quote, spelling.escape or quote, "\r", "\n"}
        must = must or not cell or cell in spelling.nulls or bool(set(cell) & special)
        if not must and self._random.random() >= spelling.quoting:
            return cell
        if spelling.escape:
            cell = cell.replace("\\", "\\\\").replace(quote, "\\" + quote)
        else:
            cell = cell.replace(quote, quote * 2)
        return quote + cell + quote

    def _blank_or_comment(self) -> None:
        spelling = self._spelling
        if spelling.blanks and self._random.random() < 0.2:
            self._put("")
        if spelling.comment and self._random.random() < 0.1:
            random_width = self._random.randrange(self._width + 1)
            self._put(f"{spelling.comment} remark{spelling.delimiter * random_width}")

    def _damaged(self) -> list[tuple]:
        """A row that is none, and behind it one that shows that its neighbours are whole."""
        quote, mark = self._spelling.quote, self._spelling.delimiter
        cells = [f"d{next(self._spare)}" for _ in range(self._width)]
        ways = ["long", "short"] if self._width > 1 else ["long"]
        ways += ["stray", "behind", "open"] if quote else []
        ways += ["letter"] if self._spelling.encoding == "utf-8" else []
        way = self._random.choice(ways)
        place = self._random.randrange(self._width)
        if way == "long":
            cells += ["more"] * self._random.randint(1, 3)
        elif way == "short":
            cells = cells[: self._random.randint(1, self._width - 1)]
        else:
            cells[place] = {
                "stray": f"x{quote}y",
                "behind": f"{quote}x{quote}y",
                "open": f"{quote}x",
                "letter": "\ue0ff",
            }[way]
        codes = {"long": "ragged", "short": "ragged", "letter": "encoding"}.get(way, "quote")
        self._damage.append(Damage(self._line, frozenset({codes})))
        self._put(mark.join(cells))
        good = tuple(f"g{next(self._spare)}" for _ in range(self._width))
        self._put(mark.join(self._cell(cell, must=bool(quote)) for cell in good))
        return [good]

    def _encoded(self, text: str) -> bytes:
        encoding = self._spelling.encoding
        if encoding == "utf-16":
            mark, codec = self._random.choice(
                [(codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")]
            )
            return mark + text.encode(codec)
        content = text.encode(encoding)
        return content.replace("\ue0ff".encode(), b"\xff") if encoding == "utf-8" else content
