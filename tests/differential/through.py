"""Files read through the engine, as `headwater.read` reads them, by one child for all of them."""

from __future__ import annotations

import json
from pathlib import Path
from types import TracebackType
from typing import Self

from headwater.adapters.duckdb.asking.ask import DuckAsker
from headwater.adapters.duckdb.engine import DuckEngine
from headwater.config.options import feed_from
from headwater.errors import SourceUnreadable
from headwater.look.content import Content
from headwater.look.document import document
from headwater.look.read import read
from headwater.model.progress import Watch
from headwater.ports.peek import Peeked, PeekJob
from tests.differential.reading import Outcome

_FIRST = 20


class _Lasting:
    """An engine that is not closed with each reading."""

    def __init__(self) -> None:
        self.engine = DuckEngine()

    def warm(self) -> None:
        self.engine.warm()

    def peek(self, job: PeekJob, watch: Watch) -> Peeked:
        return self.engine.peek(job, watch)

    def close(self) -> None:
        """Not yet."""


class Through:
    """Reads one file after the other."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._lasting = _Lasting()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the child."""
        self._lasting.engine.close()

    def warm(self) -> None:
        """Have a child that is ready, or gets so."""
        self._lasting.warm()

    @property
    def process_id(self) -> int | None:
        """The child's, while it runs."""
        return self._lasting.engine.process_id

    def content(self, path: Path, settings: dict, head_bytes: int | None = None) -> Content:
        """The file's content, or its head's; the caller closes it."""
        feed = feed_from(settings)
        return read(self._lasting, DuckAsker(), path, feed, head_bytes=head_bytes)

    def peek(self, path: Path, head_bytes: int) -> str:
        """What a look at the file says, as JSON."""
        with self.content(path, {}, head_bytes) as content:
            return json.dumps(document(content, content.first(_FIRST), 0.0))

    def read(self, path: Path, settings: dict) -> Outcome:
        """The file as text, and what was refused of it."""
        try:
            content = self.content(path, {"types": "text", **settings})
        except SourceUnreadable as refusal:
            code = refusal.message.partition("(")[2].partition(")")[0]
            return Outcome(unreadable=code, notes=(refusal.message,))
        with content:
            books, refused = content.books, list(content.refused)
            assert books.balanced, f"the books do not balance: {books}"
            outcome = Outcome(
                tuple(content.columns),
                list(content.rows()),
                [(each.line or 0, each.code) for each in refused],
                [each.raw or "" for each in refused],
                counted=books.counted,
                notes=content.found.notes,
            )
        assert books.written == len(outcome.rows), "as many rows are there as the books say"
        assert books.quarantined == len(outcome.refused), "as many are refused as the books say"
        return outcome
