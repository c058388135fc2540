"""Rows of INSERT statements, one or many to a statement."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from headwater.model.amount import mismatch
from headwater.reading.dump.copy import TAB
from headwater.reading.dump.heads import Dump, Head, Skipper, next_restart, restart
from headwater.reading.dump.text import DumpText
from headwater.reading.dump.values import QUOTES, Cut, Damage, grammar_of
from headwater.reading.encoding.told import is_utf8
from headwater.reading.pieces.piece import Piece
from headwater.reading.pieces.sourced import SourcedBuilder, SourceSpans
from headwater.reading.pieces.stretches import clean_runs
from headwater.reading.unreadable import Unreadable

_Step = Callable[[], "_Step | None"]
_KEPT_BYTES = 64 * 1024 + 1
_NEXT = re.compile(rb"\s*+(,\s*+(?=\()|;|[^\s,;])")
_STATEMENT_END = re.compile(rb";[ \t\r]*+\n")


@dataclass(slots=True)
class _Batch:
    """Rows of the text at hand that are not in the builder yet."""

    records: list[bytes] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)


class InsertRows:
    """Takes the rows of INSERT statements with equal heads that follow each other.

    The order says which value of a row is which of a record; -1: none, so null.
    Refused: ragged, encoding, line_too_long, sql (the row holds something else than
    literals, or it and the rest of its statement cannot be told apart). Unreadable:
    truncated.
    """

    def __init__(
        self,
        text: DumpText,
        builder: SourcedBuilder,
        table: tuple[Dump, Skipper],
        head: Head,
        order: Sequence[int],
    ) -> None:
        self._text = text
        self._builder = builder
        dump, self._skipper = table
        self._head = head.spelled
        self._again = re.compile(rb"\s*+;\s*+" + re.escape(head.spelled) + rb"(?=\()")
        self._width = sum(place >= 0 for place in order)
        self._order = None if list(order) == list(range(self._width)) else list(order)
        self._grammar = grammar_of(dump, self._width)
        self._batch = _Batch()
        self._at_end = False  # nothing follows the text at hand
        self._restart = b"", 0  # the text at hand, and where a statement seems to begin in it

    def take(self, *, piece_bytes: int) -> Iterator[Piece]:
        """Take all rows, and move behind the last statement."""
        step: _Step | None = self._rows
        while step is not None:
            step = step()
            if self._builder.size >= piece_bytes:
                yield self._builder.piece()
        self._flush()

    def _rows(self) -> _Step:
        """Take rows of literals, as many as are at hand."""
        data, at, batch = self._text.text, self._text.at, self._batch
        grammar, again = self._grammar, self._again.match
        longest = self._text.record_bytes
        quick = grammar.quick.match
        while match := quick(data, at) or self._other_row(data, at):
            end = match.end()
            if end - at > longest:
                break
            batch.records.append(self._record(match))
            batch.starts.append(at)
            batch.ends.append(end)
            if data[end : end + 2] == b",(":
                at = end + 1
            elif found := again(data, end):
                at = found.end()
            else:
                self._text.move(end)
                return self._behind_row
        self._text.move(at)
        return self._odd_row if match is None else self._endless_row

    def _other_row(self, data: bytes, at: int) -> re.Match[bytes] | None:
        return self._grammar.texts.match(data, at) or self._grammar.full.match(data, at)

    def _record(self, match: re.Match[bytes]) -> bytes:
        grammar = self._grammar
        if match.re is grammar.quick and self._order is None:
            return TAB.join(match.groups(b"")).translate(QUOTES)
        if match.re is grammar.texts and self._order is None:
            record = grammar.respelled(match.groups(b""))
            if record is not None:
                return record
        cells = [grammar.cell(spelling) for spelling in match.groups()]
        if self._order is not None:
            cells = [cells[place] if place >= 0 else b"" for place in self._order]
        return TAB.join(cells)

    def _behind_row(self) -> _Step | None:
        """Move to the next row of the statement, or of the next one with an equal head."""
        text = self._text
        while text.ahead < len(self._head) + _KEPT_BYTES and self._grow():
            pass
        if again := self._again.match(text.text, text.at):
            text.move(again.end())
            return self._rows
        follows = _NEXT.match(text.text, text.at)
        if follows is None:
            raise self._truncated()
        if follows[1] == b";":
            text.move(follows.end())
            return None
        if follows[1].startswith(b","):
            text.move(follows.end())
            return self._rows
        if follows[1].isalpha():  # ON CONFLICT and the like, behind the last row
            self._skipper.skip(text)
            return None
        self._refuse_rest("a comma or a semicolon is expected behind its rows")
        return None

    def _odd_row(self) -> _Step | None:
        """Take a row that reads on behind the text at hand, or refuse it."""
        text = self._text
        try:
            found = self._grammar.width_at(text.text, text.at, final=self._at_end)
        except Cut:
            if text.full:
                return self._endless_row
            if not self._at_end:
                self._at_end = not self._grow()
                return self._rows
            if _STATEMENT_END.search(text.text, text.at) is None:
                raise self._truncated() from None
            self._refuse_rest("a quote or bracket of the row is not closed")
            return None
        while text.ahead < _KEPT_BYTES and self._grow():
            pass
        end = self._grammar.end_of_row(text.text, text.at, self._next_restart())
        if end is None:
            self._refuse_rest(found.why if isinstance(found, Damage) else "it has no end")
            return None
        raw, line = text.text[text.at : end], text.line
        if isinstance(found, Damage):
            self._builder.refuse(line, raw, "sql", found.why)
        else:
            message = mismatch(self._width, found, "value")
            self._builder.refuse(line, raw, "ragged", message)
        text.move(end)
        return self._behind_row

    def _next_restart(self) -> int:
        """Looked for once for all rows before it."""
        if self._restart[0] is not self._text.text or self._restart[1] <= self._text.at:
            self._restart = self._text.text, next_restart(self._text)
        return self._restart[1]

    def _endless_row(self) -> None:
        why = f"the row is longer than {self._text.record_bytes >> 20} MiB"
        self._refuse_rest(why, "line_too_long")

    def _refuse_rest(self, why: str, code: str = "sql") -> None:
        """Refuse what is left of the statement, and go on where another one seems to begin."""
        text = self._text
        self._flush()
        line, start, held = text.line, text.at, text.text
        restart(text)
        end = text.at if text.text is held else len(held)
        raw = held[start : min(end, start + _KEPT_BYTES)].rstrip()
        message = f"{why}; the rest of its statement is refused with it"
        self._builder.refuse(line, raw, code, message)

    def _truncated(self) -> Unreadable:
        return Unreadable(
            "truncated",
            f"the dump ends inside a statement, at line {self._text.line:,}; send it whole",
        )

    def _grow(self) -> bool:
        self._flush()
        return self._text.grow()

    def _flush(self) -> None:
        """Hand the batch to the builder, before the text that it lies in goes."""
        batch, text = self._batch, self._text
        if not batch.records:
            return
        self._batch = _Batch()
        base, end = batch.starts[0], batch.ends[-1]
        line = text.line - text.text.count(b"\n", base, text.at)
        odd = list[int]()
        if not is_utf8(b"".join(batch.records)):
            odd = [i for i, record in enumerate(batch.records) if not is_utf8(record)]
        kept = text.text[base:end]
        for first, behind in clean_runs(len(batch.records), odd):
            starts, ends = batch.starts[first:behind], batch.ends[first:behind]
            source = SourceSpans(line, kept, starts, ends, base)
            self._builder.take_run(batch.records[first:behind], source)
        whole = SourceSpans(line, kept, batch.starts, batch.ends, base)
        for place in odd:
            message = "its bytes are not UTF-8; dump the table's binary columns as hexadecimal"
            self._builder.refuse(whole.line(place), whole.raw(place), "encoding", message)
