"""Refused rows on their way to the quarantine zone: gathered flat, written once."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import duckdb

from headwater.adapters.duckdb import quote
from headwater.adapters.durable import make_durable
from headwater.points import point
from headwater.ports.engine import Input

_COLUMNS = (
    ("arrival", "VARCHAR"),
    ("key", "VARCHAR"),
    ("line", "BIGINT"),
    ("column_name", "VARCHAR"),
    ("raw", "VARCHAR"),
    ("code", "VARCHAR"),
    ("message", "VARCHAR"),
)
_LONGEST_BYTES = 1024 * 1024  # a raw text of 64 KiB, every byte of it escaped


@dataclass(frozen=True, slots=True)
class Refused:
    """One refused row, or with no line the whole file."""

    line: int | None
    column: str | None
    raw: str | None
    code: str
    message: str


class Refusals:
    """A file of refused rows of one attempt, kept as lines of JSON until it is written."""

    def __init__(self, scratch: Path) -> None:
        """Take the attempt's own folder."""
        self._path = scratch / "refused.ndjson"
        self._file = self._path.open("w", encoding="utf-8")
        self._reasons: dict[str, Counter[str]] = {}

    def add(self, each: Input, refused: Refused) -> None:
        """Keep one."""
        row = (
            each.arrival,
            each.key,
            refused.line,
            refused.column,
            refused.raw,
            refused.code,
            refused.message,
        )
        names = (name for name, _ in _COLUMNS)
        self._file.write(json.dumps(dict(zip(names, row, strict=True))) + "\n")
        if refused.line is not None:
            self._reasons.setdefault(each.arrival, Counter())[refused.code] += 1

    def add_all(self, others: Refusals) -> None:
        """Keep all of others, which are closed."""
        with others._path.open(encoding="utf-8") as file:
            shutil.copyfileobj(file, self._file)
        for arrival, reasons in others._reasons.items():
            self._reasons.setdefault(arrival, Counter()).update(reasons)

    def close(self) -> None:
        """Take no more."""
        self._file.close()

    def count(self, each: Input) -> int:
        """Refused rows of one input."""
        return self._reasons.get(each.arrival, Counter()).total()

    def reasons(self, each: Input) -> tuple[tuple[str, int], ...]:
        """Refused rows of one input by reason, the most frequent first."""
        return tuple(self._reasons.get(each.arrival, Counter()).most_common())

    def write(
        self, connection: duckdb.DuckDBPyConnection, folder: str, attempt: str
    ) -> tuple[str, ...]:
        """Put them into the quarantine zone, durably; the name of the file, or none."""
        self._file.close()
        if not self._path.stat().st_size:
            return ()
        name = f"{attempt}-0.parquet"
        path = Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        columns = quote.struct((column, quote.text(kind)) for column, kind in _COLUMNS)
        connection.execute(
            f"COPY (FROM read_json({quote.text(str(self._path))}, columns = {columns}, "
            f"format = 'newline_delimited', maximum_object_size = {_LONGEST_BYTES})) "
            f"TO {quote.text(str(path))} (FORMAT parquet, COMPRESSION zstd)"
        )
        make_durable([path])
        point("rejects.written")
        return (name,)
