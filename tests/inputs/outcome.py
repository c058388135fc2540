"""What became of one input, in plain values that a golden file can hold."""

from __future__ import annotations

import json
import re
from pathlib import Path

from headwater.ports.engine import Fate
from tests.contracts.bench import feed_of, types_of

GOLDEN = Path(__file__).with_name("golden")
_ROWS = 20


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
        "rows": json.loads(json.dumps(sorted(bench.rows(made), key=str)[:_ROWS], default=str)),
        "refused": [list(row[1:]) for row in bench.refused(made) if row[1] is not None],
    }


def _becomes(result):
    if result.fate is not Fate.READ:
        return f"Q:{result.cause.code}"
    return "ROWS" if result.books.quarantined else "OK"
