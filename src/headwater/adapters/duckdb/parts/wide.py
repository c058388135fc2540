"""Rows of very many columns are written some columns at a time.

What DuckDB needs to write a row grows faster than its columns do, in memory and in time. The
same rows are read for each slice of columns, by one thread and in order, and some columns of
the first slice are in every one, to be compared: so no row gets the values of another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.columns.plan import Plan, Target
from headwater.adapters.duckdb.parts.beside import Slice, put_beside
from headwater.adapters.duckdb.parts.write import Destination, Draft, counts_in, format_options
from headwater.adapters.duckdb.sources.shape import WIDE
from headwater.errors import EngineError
from headwater.model.feed import Feed
from headwater.points import point
from headwater.ports.engine import Limits

SLICE = WIDE
"""How many columns are written at a time."""

_COMPARED = 4  # columns of the first slice that every other has, too
_GROUP_ROWS = 8_192


def is_wide(feed: Feed, plan: Plan) -> bool:
    """Whether the rows are to be written so."""
    nested = any(t.type is not None and t.type.nested for t in plan.targets)
    return not nested and not feed.partition and len(plan.targets) > SLICE


def slices_of(plan: Plan) -> Iterator[Plan]:
    """The slices of a plan; before the columns of each, those that are compared."""
    written = [target for target in plan.targets if target.type is not None]
    empty = tuple(target for target in plan.targets if target.type is None)
    every = plan.names
    for start in range(0, len(written), SLICE):
        compared = written[:_COMPARED] if start else []
        yield Plan((*compared, *written[start : start + SLICE]), every)
    for start in range(0, len(empty), SLICE):  # nothing of them is written, and all is checked
        yield Plan((*written[:_COMPARED], *empty[start : start + SLICE]), every)


@contextmanager
def in_order(connection: duckdb.DuckDBPyConnection, limits: Limits) -> Iterator[None]:
    """Read the same rows in the same order each time."""
    connection.execute("SET threads = 1")
    connection.execute("SET preserve_insertion_order = true")
    try:
        yield
    finally:
        connection.execute(f"SET threads = {limits.threads}")
        connection.execute(f"SET preserve_insertion_order = {str(limits.in_order).lower()}")


def write_slice(
    connection: duckdb.DuckDBPyConnection, select: str, target: Destination, path: Path
) -> None:
    """Write the rows of a SELECT: a slice's columns behind their arrival."""
    point("part.tmp")
    options = ", ".join((*format_options(target.feed), f"ROW_GROUP_SIZE {_GROUP_ROWS}"))
    connection.execute(f"COPY ({select}) TO {quote.text(str(path))} (FORMAT parquet, {options})")


def joined_slices(
    connection: duckdb.DuckDBPyConnection,
    plans: Sequence[Plan],
    paths: Sequence[Path],
    target: Destination,
    folder: Path,
) -> Draft:
    """The slices as one file. EngineError where they have not the same rows."""
    written = [
        (plan, path) for plan, path in zip(plans, paths, strict=True) if _writes(plan, plans[0])
    ]
    compared = ["_arrival", *(quote.name(t.name) for t in _compared(plans[0]))]
    for path in paths[1:]:
        _require_same(connection, compared, paths[0], path)
    place = folder / f"{target.name('0')}.parquet"
    beside = [Slice(path, len(compared) if n else 0) for n, (_, path) in enumerate(written)]
    put_beside(beside, place)
    for path in paths:
        path.unlink()
    point("part.closed")
    counts = counts_in(connection, (place,))
    paths = (place,) if counts else ()
    return Draft(folder, paths, tuple({} for _ in paths), counts)


def _compared(first: Plan) -> list[Target]:
    return [target for target in first.targets[:_COMPARED] if target.type is not None]


def _writes(plan: Plan, first: Plan) -> bool:
    """Whether a slice has columns that are not only compared."""
    return plan is first or any(t.type is not None for t in plan.targets[_COMPARED:])


def _require_same(
    connection: duckdb.DuckDBPyConnection, names: Sequence[str], one: Path, other: Path
) -> None:
    sides = [
        f"(SELECT {', '.join(f'{name} AS {side}{n}' for n, name in enumerate(names))} "
        f"FROM read_parquet({quote.text(str(path))}, hive_partitioning = false))"
        for side, path in (("a", one), ("b", other))
    ]
    differs = " OR ".join(f"a{n} IS DISTINCT FROM b{n}" for n in range(len(names)))
    (found,) = connection.execute(
        f"SELECT count(*) FROM {sides[0]} POSITIONAL JOIN {sides[1]} WHERE {differs}"
    ).fetchone() or (1,)
    if found:
        raise EngineError("columns that were written apart have not the same rows")
