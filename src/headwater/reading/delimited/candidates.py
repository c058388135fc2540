"""Which delimiters a text may have, and how evenly each would cut it into records."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice

from headwater.model.amount import counted
from headwater.reading.delimited.dialect import DELIMITERS
from headwater.reading.delimited.grammar import LINE_ENDS
from headwater.reading.delimited.kinds import is_datum

REMARKS = (b"#", b"//", b"--", b";;")
"""What lines begin with that are said about the others."""

_HEAD_LINES = 200
_LINE_END = re.compile(rb"\r\n|\n|\r")
_EVEN = 0.5  # of the records from the first such one on
_SURE = 0.8
# What else separates fields; letters, digits, dots, dashes, slashes and brackets do not.
_RARE = re.compile(r"[:^~*@&\x02-\x08\x0e-\x1f¦§¬¶¤þ÷·•]|(?<=\S) (?=\S)")
IN_TEXT = frozenset(":*@& ")
_RARE_WIDTH = 3
_MARKS = re.compile(r"[^\w\s\"'()\[\]{}.,\-+\\]{2,4}|\x01\x01")
_RUN_BYTES = 64 * 1024
_RUNS = 50
_TIME = re.compile(rb"(?<![\d:])(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?!\d)")
_ADDRESSES = {
    ":": re.compile(rb"[^:]*[a-z]://[^:]*\Z"),
    "@": re.compile(rb"\s*[^\s@]+@[\w-]+(?:\.[\w-]+)+\s*\Z"),
}
_GROUPED = re.compile(r"[-+]?\d{1,3}(?: \d{3})+(?:[.,]\d+)?\D*|\S* ?\d{4}-.*|\d+[./-]\d+[./-].*")
_CELL = 32  # characters: a longer line is no single date
_SHARED = 8  # different rare marks to try
_HALF = 0.6  # of the records of a small file, which lines behind the table leave


@dataclass(frozen=True, slots=True)
class Candidate:
    """One delimiter, and what it makes of the sample."""

    delimiter: str
    width: int  # of most records that have more than one field
    agreeing: int  # records of that width, from the first such on
    records: int  # from the first such on
    first: int  # the line of the first, blank ones not counted
    least: int = 1
    most: int = 1
    score: float = 0.0
    other: int = 0  # the width that is next in number
    others: int = 0  # records of it
    lacking: int = 0  # fields of rows that leave out the last columns, where many rows do
    shorter: int = 0  # how many these are

    @property
    def even(self) -> float:
        """The share of the records that agree."""
        return (self.agreeing + self.shorter) / self.records if self.records else 0.0

    @property
    def weight(self) -> float:
        """How much speaks for it: many records that agree, and few that do not."""
        return self.agreeing * self.even

    @property
    def told(self) -> str:
        """What it does, in words."""
        name = shown(self.delimiter)
        if self.agreeing == self.records:
            fields = f"{name} gives {counted(self.width, 'field')}"
            if self.records == 1:
                return f"{fields} in its one record"
            return f"{fields} in each of {self.records:,} records"
        each = f"{self.least} to {self.most}" if self.least != self.most else str(self.most)
        if self.even < _EVEN:
            return f"{name} gives {each}"
        some = f"{name} gives {self.width} fields in {self.agreeing:,} of {self.records:,} records"
        if not self.lacking:
            return some
        left = "the last column" if self.width == self.lacking + 1 else "the last columns"
        return f"{some}, and {self.lacking} in {self.shorter:,} that leave out {left}"


def shown(delimiter: str) -> str:
    """A delimiter as a person reads it."""
    names = {"\t": "tab", " ": "blank"}
    if delimiter in names:
        return names[delimiter]
    return f"`{delimiter}`" if delimiter.isprintable() else f"`{ascii(delimiter)[1:-1]}`"


def bare_texts(sample: bytes, quote: bytes) -> list[bytes]:
    """The sample with quoted text left out, in the ways that may be meant.

    Quoted text is left out once as it may span lines and once within its line only, so that
    neither many such cells nor one stray quote hides the width of the records.
    """
    start = sample.lstrip(LINE_ENDS)
    if not quote or quote not in start:
        return [start]
    mark = re.escape(quote)
    spanning = re.sub(mark + b"[^" + mark + b"]*+" + mark, b"q", start)
    within = re.sub(mark + rb"[^\r\n" + mark + b"]*+" + mark, b"q", start)
    return [spanning] if spanning == within else [spanning, within]


def lines_of(bare: bytes, *, whole: bool) -> list[bytes]:
    """Its lines that are not blank; a last one that may be cut is left out."""
    lines = _LINE_END.split(bare) if b"\r" in bare else bare.split(b"\n")
    if not whole and len(lines) > 1:
        lines.pop()
    return [line for line in lines if line] if b"" in lines else lines


def candidates(texts: list[bytes], *, whole: bool, told: str = "") -> list[Candidate]:
    """Every delimiter that may be the one, the most even first; with `told` only that."""
    best: dict[str, Candidate] = {}
    for bare in texts:
        lines = lines_of(bare, whole=whole)
        marks = (told,) if told else tuple(_possible(bare, lines))
        for mark in marks:
            found = _candidate(mark, lines)
            known = best.get(mark)
            if found and (known is None or found.weight > known.weight):
                best[mark] = found
    if not told:
        best |= _several(best, texts, whole=whole)
    return sorted(best.values(), key=lambda each: -each.even)


def _possible(bare: bytes, lines: list[bytes]) -> list[str]:
    usual = [mark for mark in DELIMITERS if mark.encode() in bare]
    head = lines[:_HEAD_LINES]
    if any(_sure(mark, head) for mark in usual) and not (
        usual == [","] and between_digits(",", head)
    ):
        return usual
    rare = Counter(
        mark for line in head[:50] for mark in set(_RARE.findall(line.decode("utf-8", "ignore")))
    )
    return usual + [mark for mark, count in rare.most_common(_SHARED) if _is_rare(mark, head)]


def _sure(mark: str, head: list[bytes]) -> bool:
    found = _candidate(mark, head)
    return found is not None and found.even >= _SURE and not found.first


def between_digits(mark: str, lines: list[bytes]) -> bool:
    """Whether it stands between digits, as in numbers and times, nearly everywhere."""
    text = b"\n".join(lines[:_CELL])
    byte = mark.encode()
    inside = len(re.findall(rb"(?<=\d)" + re.escape(byte) + rb"(?=\d)", text))
    return inside >= _SURE * text.count(byte)


def _is_rare(mark: str, head: list[bytes]) -> bool:
    """Whether a mark that is seldom a delimiter may be one: most lines have it as often.

    The first line does, too, or there are many fields, so that lines before are none.
    """
    found = _candidate(mark, head)
    if found is None or found.even < _HALF:
        return False
    if mark == " " and found.first and not _names_rows(found, head):
        return False
    return mark not in IN_TEXT or _is_none_of_text(found, head)


def _is_none_of_text(found: Candidate, head: list[bytes]) -> bool:
    """Whether a mark that stands in sentences, times and addresses is likely to part fields."""
    mark, few = found.delimiter, found.width < _RARE_WIDTH or found.records == 1
    if mark == ":" and sum(_TIME.search(line) is not None for line in head) >= _SURE * len(head):
        return False  # no table takes hours, minutes and seconds apart
    if found.first and (few or between_digits(mark, head)):
        return False
    if len(head[0]) <= _CELL and _is_one_value(head[0].decode("utf-8", "ignore"), mark):
        return False  # a column of times has colons, too
    address = _ADDRESSES.get(mark)
    if address and sum(address.match(line) is not None for line in head) * 2 > len(head):
        return False
    if mark != " " and sum(_is_aligned(line, mark.encode()) for line in head) * 2 > len(head):
        return False
    return found.records > 1 and (found.width >= _RARE_WIDTH or mark != " ")


def _is_one_value(line: str, mark: str) -> bool:
    """Whether a line is one number or date, and no row of several numbers."""
    return is_datum(line) and (mark != " " or _GROUPED.fullmatch(line.strip()) is not None)


def _is_aligned(line: bytes, mark: bytes) -> bool:
    """Whether blanks part columns of a line, so that the mark stands in times and addresses."""
    return any(b"  " in field.strip() for field in line.split(mark))


def _names_rows(found: Candidate, head: list[bytes]) -> bool:
    """Whether the first line has one field fewer than all that follow: rows have names."""
    fields = head[0].count(found.delimiter.encode()) + 1
    return found.first == 1 and fields + 1 == found.width and found.agreeing == found.records > 1


def _candidate(mark: str, lines: list[bytes]) -> Candidate | None:
    """What the delimiter makes of the lines; None if it is nowhere, or here and there."""
    byte = mark.encode()
    counts = [line.count(byte) for line in lines]
    several = Counter(counts)
    lone = several.pop(0, 0)
    if not several:
        return None
    more = several.most_common(1)[0][0]
    first = counts.index(more)
    agreeing, records = several[more], len(counts) - first
    least = 0 if lone else min(several)
    if agreeing * 4 < records or (agreeing * 2 < records and _in_remarks(byte, lines)):
        return None
    other, others = (several.most_common(2)[1:] or [(-1, 0)])[0]
    return Candidate(
        mark, more + 1, agreeing, records, first, least + 1, max(several) + 1,
        other=other + 1, others=others,
    )  # fmt: skip


def _in_remarks(byte: bytes, lines: list[bytes]) -> bool:
    """Whether nothing but remarks has the delimiter."""
    return all(line.startswith(REMARKS) for line in lines if byte in line)


def _several(
    best: dict[str, Candidate], texts: list[bytes], *, whole: bool
) -> dict[str, Candidate]:
    """Delimiters of several characters that explain all places where a shorter one stands."""
    found: dict[str, Candidate] = {}
    lines: list[bytes] = []
    for mark in best:
        longer = _longer(mark, texts[0])
        if longer is None:
            continue
        lines = lines or lines_of(texts[0], whole=whole)
        candidate = _candidate(longer, lines)
        if candidate and _explains(longer, mark, lines):
            found[longer] = candidate
    return found


def _longer(mark: str, bare: bytes) -> str | None:
    """The run of marks around a delimiter where it stands first."""
    if mark in {",", ";", "\t"}:
        return mark + " " if (mark + " ").encode() in bare and mark != "\t" else None
    text = bare[:_RUN_BYTES].decode("utf-8", "ignore")
    found = islice((run[0] for run in _MARKS.finditer(text) if mark in run[0]), _RUNS)
    runs = Counter(_once(run) for run in found).most_common(1)
    return runs[0][0] if runs and len(runs[0][0]) > 1 else None


def _once(run: str) -> str:
    """Half of a run that is the same twice over, as where a field is empty."""
    half = run[: len(run) // 2]
    return half if len(half) > 1 and run == half * 2 else run


def _explains(longer: str, mark: str, lines: list[bytes]) -> bool:
    """Whether each line has the mark only where it has the longer one; titles may have it once."""
    short, long, times = mark.encode(), longer.encode(), longer.count(mark)
    explained = titles = 0
    for line in lines:
        count = line.count(short)
        if not count:
            continue
        if count == times * line.count(long):
            explained += 1
        elif count > 1 or long in line:
            return False
        else:
            titles += 1
    return explained > titles
