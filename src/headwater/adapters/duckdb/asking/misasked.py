"""What DuckDB's refusal of a question means to whoever asked it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from headwater.errors import NoSpace, QueryError
from headwater.model.part import Snapshot
from headwater.shape.words import KEPT

_TABLE = re.compile(r'Table with name "?(?P<name>.+?)"? does not exist')
_COLUMN = re.compile(
    r'(?:Referenced column|Column) "(?P<name>[^"]+)".* not found'
    r'|does not have a column named "(?P<named>[^"]+)"'
)
_CANDIDATES = re.compile(r"Candidate bindings: (.*)")
_MEANT = re.compile(r'Did you mean "(?P<name>[^"]+)"')
_PLACE = re.compile(r"^LINE (?P<line>\d+): (?P<text>.*)$", re.MULTILINE)
_KIND = re.compile(r"^(\w+ )*Error: ")
_FULL = re.compile(r"No space left on device|Disk quota exceeded|max_temp_directory_size")
_FILE = re.compile(r'^Permission Error: Cannot access file "([^"]+)"')
_OWN = "ask the lake's own tables; `headwater tables` lists them"
_LISTED = 12
_ALIKE = 0.6


def misasked(
    cause: Exception, asked: Sequence[Snapshot] = (), known: Sequence[str] = ()
) -> QueryError | NoSpace:
    """The same refusal with the name that is wrong, and the one that may have been meant."""
    said = str(cause).strip()
    if table := _TABLE.search(said):
        return _no_table(table["name"], known)
    if column := _COLUMN.search(said):
        return _no_column(column["name"] or column["named"], said, asked)
    first = _KIND.sub("", (said.splitlines() or [type(cause).__name__])[0])
    if _FULL.search(said):
        return NoSpace(f"there is no room to answer in: {first}", hint="free some space; repeat it")
    if file := _FILE.search(said):
        return QueryError(f"a query reads tables, and no file such as {file[1]}", hint=_OWN)
    if words := _kept(said, asked):
        quoted = " and ".join(f'"{word}"' for word in words)
        return QueryError(_sentence(first), hint=f"a column of that name is written {quoted}")
    return QueryError(_sentence(first), hint=_hint(said))


def _kept(said: str, asked: Sequence[Snapshot]) -> list[str]:
    """Columns that are words of SQL, and stand without quotes where it cannot be read."""
    place = _PLACE.search(said) if said.startswith("Parser Error") else None
    columns = [name for each in asked for name in each.schema.names() if name.lower() in KEPT]
    if place is None or not columns:
        return []
    return [
        name
        for name in dict.fromkeys(columns)
        if re.search(rf'(?<!["\w]){re.escape(name)}(?!["\w])', place["text"], re.IGNORECASE)
    ]


def _no_table(name: str, known: Sequence[str]) -> QueryError:
    bare = name.rpartition(".")[2]
    if bare in known:
        return QueryError(
            f"table {bare} has no such version" if bare == name else f"there is no table {name}",
            hint="`headwater tables` shows the newest version of each table",
        )
    if meant := _nearest(bare, known):
        return QueryError(f"there is no table {name}", hint=f"did you mean {meant}?")
    return QueryError(
        f"there is no table {name}",
        hint=f"tables: {_some(known)}" if known else "there is none yet: headwater ingest",
    )


def _no_column(name: str, said: str, asked: Sequence[Snapshot]) -> QueryError:
    message = f"there is no column {name}"
    columns = [column for snapshot in asked for column in snapshot.schema.names()]
    found = _CANDIDATES.search(said)
    candidates = re.findall(r'"([^"]+)"', found[1]) if found else []
    if meant := _nearest(name, [*columns, *candidates]):
        return QueryError(message, hint=f"did you mean {meant}?")
    if not asked:
        return QueryError(message, hint=f"columns: {_some(candidates)}" if candidates else None)
    there = "; ".join(f"{each.table} has {_some(each.schema.names())}" for each in asked)
    return QueryError(message, hint=there)


def _nearest(name: str, known: Sequence[str]) -> str | None:
    """The known name most like it, capitals aside."""
    folded = {each.casefold(): each for each in reversed(known)}
    near = get_close_matches(name.casefold(), folded, n=1, cutoff=_ALIKE)
    return folded[near[0]] if near else None


def _some(names: Sequence[str]) -> str:
    left = len(names) - _LISTED
    return ", ".join(names[:_LISTED]) + (f" and {left} more" if left > 0 else "")


def _sentence(said: str) -> str:
    """As ours begin and end; a name that stands first keeps its capitals."""
    first, _, rest = said.removesuffix(".").partition(" ")
    return f"{first.lower() if first.istitle() else first} {rest}".strip()


def _hint(said: str) -> str:
    if meant := _MEANT.search(said):
        return f"did you mean {meant['name']}?"
    if place := _PLACE.search(said):
        return f"look at line {place['line']}: {place['text'].strip()}"
    if said.startswith(("Permission Error", "IO Error")) or "file" in said.partition("\n")[0]:
        return _OWN
    return "`headwater tables TABLE` shows columns and types"
