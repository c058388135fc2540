"""What Athena's refusal of a question means to whoever asked it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from headwater.errors import QueryError

_TABLE = re.compile(r"Table '(?:[^'.]+\.)*(?P<name>[^'.]+)' does not exist")
_COLUMN = re.compile(r"Column '(?P<name>[^']+)' cannot be resolved")
_PLACE = re.compile(r"line (?P<line>\d+):(?P<column>\d+)")
_KIND = re.compile(r"^[A-Z_]+: ")
_SPACE = re.compile(r"\s+")
_LISTED = 12


def misasked(said: str, known: Sequence[str]) -> QueryError:
    """The same refusal with the name that is wrong, and the one that may have been meant."""
    if table := _TABLE.search(said):
        return _no_table(table["name"], known)
    if column := _COLUMN.search(said):
        return QueryError(
            f"there is no column {column['name']}",
            hint="`headwater tables TABLE` shows columns; Athena knows them in small letters",
        )
    reason = _KIND.sub("", _SPACE.sub(" ", said).strip())
    return QueryError(f"Athena did not answer: {reason}", hint=_hint(said))


def over_limit(scanned_bytes: int, limit_bytes: int) -> QueryError:
    """A query that was stopped because it read too much; what it has read is billed."""
    return QueryError(
        f"the query was stopped, which had scanned {scanned_bytes:,} bytes of {limit_bytes:,}",
        hint="name fewer columns, or a partition; or raise `limit` below `athena`",
    )


def _no_table(name: str, known: Sequence[str]) -> QueryError:
    message = f"Athena sees no table {name}"
    if name in known:
        return QueryError(message, hint="headwater reconcile shows it in the catalog")
    if meant := get_close_matches(name, known, n=1):
        return QueryError(message, hint=f"did you mean {meant[0]}?")
    listed = ", ".join(known[:_LISTED])
    return QueryError(
        message, hint=f"tables: {listed}" if known else "there is none yet: headwater ingest"
    )


def _hint(said: str) -> str:
    if "scanned limit" in said:
        return "name fewer columns, or a partition; or raise the limit of the workgroup"
    if "WorkGroup" in said:
        return "name a workgroup that is there: athena: {workgroup: primary}"
    if "output location" in said.lower():
        return "give the lake a bucket, or the workgroup a place for results"
    if place := _PLACE.search(said):
        return f"look at line {place['line']}, column {place['column']}; it is the SQL of Trino"
    return "see the query in Athena's history"
