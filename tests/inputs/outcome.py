"""What became of one input, in plain values that a golden file can hold."""

from __future__ import annotations

import json
import re
from collections import Counter
from hashlib import sha256
from pathlib import Path

from headwater.ports.engine import Fate
from tests.contracts.bench import feed_of, types_of

GOLDEN = Path(__file__).with_name("golden")
_ROWS = 20
_SHOWN = 200
_LONG = 2_000
_REFUSED = 40


def golden_of(name):
    """Where the golden result of an entry lies."""
    return GOLDEN / (re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") + ".json")


def outcome(bench, entry):
    """Read the entry, and say what came of it."""
    made = bench.convert(entry.content(), feed=feed_of(**entry.settings))
    (result,) = made.results
    books = result.books
    return {
        "becomes": _becomes(result),
        "books": [books.counted, books.written, books.quarantined],
        "columns": types_of(made),
        "notes": list(result.notes),
        "rows": json.loads(json.dumps(_rows(bench, made), default=str)),
        "refused": _first([_short(row) for row in bench.refused(made) if row[1] is not None]),
    }


def _rows(bench, made):
    """The first rows; of a long text, its beginning, its length and its digest."""
    return [[_digested(cell) for cell in row] for row in sorted(bench.rows(made), key=str)[:_ROWS]]


def _digested(cell):
    if not isinstance(cell, str) or len(cell) <= _LONG:
        return cell
    return f"{cell[:_SHOWN]}... ({len(cell)} letters, sha256 {sha256(cell.encode()).hexdigest()})"


def _first(refused):
    """The first refused rows, and how many more there are of each kind."""
    more = Counter(code for *_, code in refused[_REFUSED:])
    return [*refused[:_REFUSED], *([dict(sorted(more.items()))] if more else [])]


def _short(row):
    _, line, column, raw, code = row
    return [line, column, raw if len(raw) <= _SHOWN else f"{raw[:_SHOWN]}...", code]


def _becomes(result):
    if result.fate is not Fate.READ:
        return f"Q:{result.cause.code}"
    return "ROWS" if result.books.quarantined else "OK"
