"""SQL over the tables: each as one snapshot's list of files, never a glob."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from headwater.errors import QueryError, UsageError
from headwater.flow.replay import current
from headwater.flow.travel import At, snapshot_at
from headwater.flow.world import World
from headwater.model.ids import ArrivalId, TableName
from headwater.model.part import Part, Snapshot
from headwater.model.receipt import Receipt
from headwater.model.types import BIGINT, TEXT, Column, Schema
from headwater.ports.engine import Answer

QUARANTINE = TableName("quarantine")
"""Rows that are refused as things stand, as a table that every lake has."""

HISTORY = TableName("quarantine_history")
"""All rows ever refused, those among them that a replay or a later version has mended."""

_ALL = 1_000_000

REFUSALS = Schema(
    (
        Column("arrival", TEXT),
        Column("key", TEXT),
        Column("line", BIGINT),
        Column("column_name", TEXT),
        Column("raw", TEXT),
        Column("code", TEXT),
        Column("message", TEXT),
    )
)


def ask(world: World, sql: str, *, at: At | None = None, on: str | None = None) -> Answer:
    """Answer one SELECT over the lake's tables, now or as they were at some time.

    What was refused is among them, as it is now. QueryError where a table that is asked was
    not there then, or its parts are there no more. `on` says who else is to answer: they see
    tables as they are, and nothing of what was refused.
    """
    if on is not None:
        return _ask_elsewhere(world, sql, at, on)
    names = world.tables.names()
    asked = sql.lower()
    tables: list[tuple[Snapshot, str]] = []
    lacking: dict[TableName, QueryError] = {}
    for name in names:
        if name.lower() in asked:  # it may be part of a longer name, and not be meant
            try:
                snapshot = _snapshot(world, name, at)
            except QueryError as error:
                lacking[name] = error
            else:
                tables += [(snapshot, world.tables.location(name))] if snapshot else []
    views = {}
    if QUARANTINE in asked and not {QUARANTINE, HISTORY}.intersection(names):
        receipts = [each for each in world.ledger.receipts(limit=_ALL) if each.refusals]
        history = refusals(f"{each.feed}/{name}" for each in receipts for name in each.refusals)
        tables.append((history, refusals_location(world)))
        views[QUARANTINE] = of_arrivals(still_refused(world, receipts))
    known = list(dict.fromkeys([*names, QUARANTINE, HISTORY])) if names else []
    try:
        return world.asker.ask(sql, tables, views=views, known=known)
    except QueryError:
        for name, cause in lacking.items():
            if re.search(rf"\b{name}\b", asked):
                raise cause from None
        raise


def _ask_elsewhere(world: World, sql: str, at: At | None, on: str) -> Answer:
    asker = world.elsewhere.get(on)
    if asker is None:
        raise UsageError(
            f"headwater.yaml does not say how to ask {on}",
            hint="add the keys `catalog` and `athena`: see docs/how-to/athena.md",
        )
    if at is not None:
        raise QueryError(
            f"{on} reads tables as they are, not as they were",
            hint="leave out --on to ask a table as it was",
        )
    return asker.ask(sql, (), known=world.tables.names())


def _snapshot(world: World, table: TableName, at: At | None) -> Snapshot | None:
    return world.tables.snapshot(table) if at is None else snapshot_at(world, table, at)


def refusals(names: Iterable[str]) -> Snapshot:
    """Refused rows, in these objects of the quarantine zone, as a snapshot."""
    parts = tuple(Part(path=name, rows=0, size_bytes=0) for name in names)
    return Snapshot(HISTORY, 0, REFUSALS, (), parts)


def refusals_location(world: World) -> str:
    """Where the names of refused rows' files start from: a store locates objects, not itself."""
    return world.zones.quarantine.locate(QUARANTINE).rpartition("/")[0]


def of_arrivals(ids: Iterable[ArrivalId]) -> str:
    """A SELECT of the refused rows of these arrivals."""
    listed = ", ".join(f"'{each}'" for each in sorted(ids))  # our own, of letters and digits
    return f"select * from {HISTORY} where arrival in ({listed or 'null'})"  # noqa: S608 - ids are ours


def still_refused(world: World, receipts: Iterable[Receipt]) -> Iterator[ArrivalId]:
    """The arrivals of these receipts that no later version or replay has followed."""
    for receipt in receipts:
        latest = current(world, receipt.feed, [file.key for file in receipt.files])
        yield from (file.arrival for file in receipt.files if file.arrival in latest)
