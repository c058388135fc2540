"""Takes the records of delimited text from window to window, and refuses what is none.

A line without quotes is a record; whether it has the right width is one count of its
delimiters, done for all lines of a window at once. A line with quotes is matched as a
whole record. Only what fails is looked at closely.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from headwater.reading.delimited.dialect import Dialect, newline_byte
from headwater.reading.delimited.folded import Fold, fold, may_fold
from headwater.reading.delimited.grammar import Fault, Grammar
from headwater.reading.delimited.refusing import Refuser
from headwater.reading.delimited.repair import Repair, Repairs
from headwater.reading.delimited.respelling import Respelling
from headwater.reading.delimited.secondtable import SecondTable
from headwater.reading.delimited.spans import Spans
from headwater.reading.delimited.window import NeedMore, Window
from headwater.reading.encoding.told import is_utf8
from headwater.reading.found import Found
from headwater.reading.pieces.piece import PieceBuilder

_FOLDS = 8  # of a window: each costs a look at all that is left of it


class NextTable(Exception):
    """Another table begins, at that offset of the text that is being scanned."""

    def __init__(self, offset: int, line: int) -> None:
        """Take the line, too, from 1."""
        super().__init__(offset, line)
        self.offset = offset
        self.line = line


class Scanner:
    """Takes text that starts where a record starts, and answers how much of it is done."""

    def __init__(
        self,
        found: Found,
        dialect: Dialect,
        repairs: Repairs,
        record_bytes: int,
        *,
        is_to_stop: bool = False,
    ) -> None:
        """Take what the text is; where it is to stop, a second table raises NextTable."""
        self._is_to_stop = is_to_stop
        self._found = found
        self._newline = newline_byte(dialect.newline)
        self._other = b"\n" if self._newline == b"\r" else b"\r"  # ends no line by itself
        self._grammar = Grammar(dialect.marks, len(found.columns), self._newline)
        self._respelling = Respelling(dialect, self._grammar, self._other)
        self._repair = Repair(repairs, self._grammar, self._respelling)
        self._spans = Spans(self._grammar)
        self._second = SecondTable(self._grammar, self._spans)
        self._record_bytes = record_bytes
        self._comment = dialect.comment.encode()
        self._comment_is_told = dialect.comment_is_told
        self._heads = dialect.heads  # records of the header that are still to come
        self._one_head = dialect.heads == 1
        self._line = 1 + dialect.skip_lines
        self._done = 0  # lines of the window
        self._skipping = False  # the rest of a line that is too long
        self.builder = PieceBuilder(self._respelling.delimiter)
        self._refuse = Refuser(self.builder, self._grammar, found.columns, record_bytes)

    def scan(self, text: bytes, *, final: bool) -> int:
        """Take what is complete; answer how many bytes are done with."""
        done = self._skip_line(text) if self._skipping else 0
        if self._skipping:
            return done
        cut = len(text) if final else text.rfind(self._newline) + 1
        if cut > done:
            taken = self._window(
                Window(
                    text[done:cut],
                    self._grammar,
                    final=final,
                    record_bytes=self._record_bytes,
                    comment=self._comment,
                    comment_is_told=self._comment_is_told,
                )
            )
            self._spans.allow(taken)
            done += taken
        if cut <= done and not final and len(text) - done > self._record_bytes:
            self._refuse.endless(self._line, text[done:])
            self._skipping = True
            return len(text)
        return done

    def _skip_line(self, text: bytes) -> int:
        end = text.find(self._newline)
        if end < 0:
            return len(text)
        self._skipping = False
        self._line += 1
        return end + 1

    def _window(self, window: Window) -> int:
        """Take the records of a window; answer how many of its bytes are done with."""
        records = self._records(window)
        self._done = 0
        try:
            self._done = self._take_heads(window)
            if self._second.begun:
                self._refuse_second(window)
            self._take_folded(window)
            for index in self._suspects(window, records, self._done):
                if index >= self._done:
                    self._take_clean(records, self._done, index)
                    self._done = index
                    self._suspect(window, index)
        except NeedMore:
            records = records[: self._done]
        self._take_clean(records, self._done, len(records))
        self._line += len(records)
        if records:
            self._second.behind_gap = window.empty(len(records) - 1)
        return window.start(len(records)) if len(records) < len(window.lines) else len(window.text)

    def _records(self, window: Window) -> list[bytes]:
        """The lines as records, without the CR of a CRLF."""
        if self._newline == b"\n" and b"\r" in window.text:
            return [line[:-1] if line.endswith(b"\r") else line for line in window.lines]
        return window.lines

    def _take_clean(self, records: list[bytes], start: int, end: int) -> None:
        if start >= end:
            return
        clean = records[start:end] if end - start < len(records) else records
        self._spans.shape.learn(clean)
        spelled = self._respelling.lines(clean)
        if spelled is None:
            self.builder.take_lines(clean, self._line + start)
        else:
            self.builder.take_lines(spelled, self._line + start, verbatim=clean)

    def _take_folded(self, window: Window) -> None:
        """Take records as long as they can be told from the quotes of all at once."""
        if not self._may_fold(window):
            return
        for _ in range(_FOLDS):
            folded = fold(window, self._done) if self._done < len(window.lines) else None
            if folded is None or self._take_fold(window, folded):
                return

    def _may_fold(self, window: Window) -> bool:
        text, grammar = window.text, self._grammar
        if grammar.is_plain(text) or self._spans.exhausted or not may_fold(grammar, text):
            return False
        return self._respelling.changes_nothing and not any(True for _ in self._rare_tests(window))

    def _take_fold(self, window: Window, folded: Fold) -> bool:
        """Take its records up to where its lines are read otherwise; whether that is nowhere."""
        start: int | None = 0
        headers = self._has_header(window)
        for index in self._odd(folded, headers=headers):
            if start is None or index < start:
                continue
            self._take_records(folded, start, index)
            self._done = folded.line(index)
            self._suspect(window, self._done)
            start = folded.find(self._done)
            if start is None:
                return False
        if start is not None:
            self._take_records(folded, start, len(folded.records))
            self._done = folded.line(len(folded.records))
        return True

    def _odd(self, folded: Fold, *, headers: bool) -> list[int]:
        """The records of a fold that are not surely clean."""
        records, matches = folded.records, self._grammar.fullmatch
        odd = folded.odd.union([i for i in folded.quoted if matches(records[i]) is None])
        if headers:
            again = {each.replace(b"\n", folded.mark) for each in self._spans.headers}
            odd |= {i for i, line in enumerate(records) if line in again}
        return sorted(odd)

    def _take_records(self, folded: Fold, start: int, end: int) -> None:
        records = folded.records[start:end]
        if records:
            if not self._spans.shape.settled:
                self._spans.shape.learn([each for each in records if folded.mark not in each])
            lines = folded.lines[start : end + 1] + self._line
            self.builder.take_folded(records, lines, folded.mark)

    def _suspects(self, window: Window, records: list[bytes], start: int) -> list[int]:
        """The lines from the start on that are not surely a clean record each, in order."""
        grammar, text = self._grammar, window.text
        delimiter, more, matches = grammar.delimiter, grammar.width - 1, grammar.fullmatch
        records = records[start:] if start else records
        if not records:
            return []
        if grammar.is_plain(text) and len(delimiter) == 1:
            odd = np.flatnonzero(window.widths(start) != more).tolist()
        elif grammar.is_plain(text):
            odd = [i for i, line in enumerate(records) if line.count(delimiter) != more]
        elif (doubts := window.doubtful(start)) is not None:
            odd = [i for i in doubts if matches(records[i]) is None]
        elif not grammar.escape:
            quote = grammar.quote
            odd = [
                i
                for i, line in enumerate(records)
                if (matches(line) is None if quote in line else line.count(delimiter) != more)
            ]
        else:
            escape, quote = grammar.escape, grammar.quote or grammar.escape
            odd = [
                i
                for i, line in enumerate(records)
                if (
                    matches(line) is None
                    if quote in line or escape in line
                    else line.count(delimiter) != more
                )
            ]
        also = {i for test in self._tests(window) for i, line in enumerate(records) if test(line)}
        return [start + i for i in (sorted(also.union(odd)) if also else odd)]

    def _tests(self, window: Window) -> Iterator[Callable[[bytes], bool]]:
        """What else may be odd about a line, where the window as a whole shows it can be."""
        yield from self._rare_tests(window)
        if self._has_header(window):
            yield lambda line: line in self._spans.headers

    def _has_header(self, window: Window) -> bool:
        return any(header in window.text for header in self._spans.headers)

    def _rare_tests(self, window: Window) -> Iterator[Callable[[bytes], bool]]:
        text = window.text
        if self._grammar.width == 1:
            yield lambda line: not line
        may_be_row = self._grammar.width > 1 and not self._comment_is_told
        if self._comment and self._comment in text and not may_be_row:
            yield lambda line: line.startswith(self._comment)
        lone = text.count(self._other) - (text.count(b"\r\n") if self._other == b"\r" else 0)
        if lone:
            yield lambda line: self._other in line
        if not is_utf8(text):
            yield lambda line: not is_utf8(line)
        if len(text) > self._record_bytes:
            yield lambda line: len(line) > self._record_bytes

    def _take_heads(self, window: Window) -> int:
        """Pass over the header; answer the line behind it."""
        behind, seen, passed = 0, list[bytes](), list[int]()
        while len(seen) < self._heads and behind < len(window.lines):
            if window.blank(behind):
                passed.append(behind)
                behind += 1
                continue
            start = window.start(behind)
            reading = self._grammar.read(window.text, start)
            if window.is_cut(behind, reading.end):
                raise NeedMore
            seen.append(window.text[start : reading.end].removesuffix(b"\r"))
            behind = window.line_behind(reading.end)
        self._heads -= len(seen)
        for raw in seen:
            self._learn_header(raw)
        for index in passed:
            self._pass_over(window, index)
        return behind

    def _learn_header(self, raw: bytes) -> None:
        self._spans.headers.add(raw)
        if self._one_head:
            names = (name.encode() for name in self._found.originals)
            self._spans.headers.add(self._grammar.delimiter.join(names))

    def _suspect(self, window: Window, index: int) -> None:
        """Take or refuse the record that starts at a line that is not surely clean."""
        line = window.bare(index)
        found = line.count(self._grammar.delimiter) + 1
        plain = self._grammar.is_plain(line)
        if window.blank(index):
            if self._second.begins_behind_gap(window, index):
                self._begin_second(window, index + 1)
            else:
                self._pass_over(window, index)
                self._done = index + 1
        elif len(line) > self._record_bytes:
            self._refuse.endless(self._line + index, line)
            self._done = index + 1
        elif plain and found != self._grammar.width and is_utf8(line):
            self._ragged(window, index, found)
        else:
            whole = self._grammar.match(window.text, window.start(index))
            if whole is None:
                self._done = self._damaged(window, index)
            else:
                self._done = self._take_whole(window, index, whole.end())

    def _pass_over(self, window: Window, index: int) -> None:
        """Leave out a line that is blank, and note one that is a comment."""
        if not window.empty(index):
            self.builder.comments.add(self._line + index)

    def _ragged(self, window: Window, index: int, found: int) -> None:
        """Refuse, or repair, a line without quotes that has another width."""
        line = window.bare(index)
        if self._second.begins(window, index):
            self._begin_second(window, index)
            return
        if not self._repaired(index, line):
            self._refuse.ragged(self._line + index, line, found)
        self._second.saw(found)
        self._done = index + 1

    def _take_whole(self, window: Window, index: int, end: int) -> int:
        """Take a record that is sound as far as its end, if that is where it ends."""
        if window.is_cut(index, end):
            raise NeedMore
        behind = window.line_behind(end)
        fits = window.within_limit(index, end)
        if behind == index + 1 or (fits and self._spans.is_one(window, index, behind)):
            self._take(window, index, behind)
            return behind
        reading = self._grammar.read(window.text, window.start(index))
        after = self._spans.resume(window, index, behind) if fits else index + 1
        self._refuse.unclosed(self._line + index, window.raw(index, after), reading)
        return after

    def _take(self, window: Window, index: int, behind: int) -> None:
        source = window.raw(index, behind)
        if source in self._spans.headers:
            self._refuse.header_again(self._line + index, source)
        elif not is_utf8(source):
            self._refuse.encoding(self._line + index, source)
        else:
            record = self._respelling.record(source)
            verbatim = None if record == source else source
            self.builder.take(record, self._line + index, verbatim=verbatim)

    def _damaged(self, window: Window, index: int) -> int:
        """Refuse, or repair, what is no record of the table's width."""
        reading = self._grammar.read(window.text, window.start(index))
        if window.is_cut(index, reading.end):
            raise NeedMore
        if reading.fault is Fault.OPEN:
            if not self._repaired(index, window.bare(index)):
                self._refuse.unclosed(self._line + index, window.raw(index, index + 1), reading)
            return index + 1
        behind = after = window.line_behind(reading.end)
        if behind > index + 1:
            fits = window.within_limit(index, reading.end)
            after = self._spans.resume(window, index, behind) if fits else index + 1
        raw = window.raw(index, after)
        if self._repaired(index, raw):
            return after
        if after < behind:
            self._refuse.unclosed(self._line + index, raw, reading)
        else:
            self._refuse.damaged(self._line + index, raw, reading)
        return after

    def _repaired(self, index: int, raw: bytes) -> bool:
        """Take a damaged record if the feed allows a repair and there is one."""
        record = self._repair.repaired(raw)
        if record is None:
            return False
        self.builder.take(record, self._line + index, verbatim=raw)
        return True

    def _begin_second(self, window: Window, index: int) -> None:
        if self._is_to_stop:
            raise NextTable(window.start(index), self._line + index)
        self._second.begin(window, index, self._line + index)
        self._done = index
        self._refuse_second(window)

    def _refuse_second(self, window: Window) -> None:
        """Refuse the lines of a second table, up to its end."""
        while self._done < len(window.lines) and self._second.holds(window, self._done):
            if window.blank(self._done):
                self._pass_over(window, self._done)
                self._done += 1
                continue
            behind = self._second.behind(window, self._done)
            raw = window.raw(self._done, behind)
            self._refuse.second_table(self._line + self._done, raw, self._second.line)
            self._done = behind
