"""SQL over the tables: each as one snapshot's list of files, never a glob."""

from __future__ import annotations

from collections.abc import Iterable

from headwater.flow.world import World
from headwater.model.ids import TableName
from headwater.model.part import Part, Snapshot
from headwater.model.types import BIGINT, TEXT, Column, Schema
from headwater.ports.engine import Answer

QUARANTINE = TableName("quarantine")
"""Refused rows, as a table that every lake has."""

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


def ask(world: World, sql: str, *, version: int | None = None) -> Answer:
    """Answer one SELECT over the lake's tables; `quarantine` is one of them."""
    tables = [
        (snapshot, world.tables.location(name))
        for name in world.tables.names()
        if name.lower() in sql.lower()
        and (snapshot := world.tables.snapshot(name, version)) is not None
    ]
    if QUARANTINE in sql.lower() and QUARANTINE not in world.tables.names():
        tables.append((refusals(world), refusals_location(world)))
    return world.asker.ask(sql, tables)


def refusals(world: World, names: Iterable[str] | None = None) -> Snapshot:
    """The refused rows of every receipt, or of some, as a snapshot."""
    if names is None:
        names = (
            f"{receipt.feed}/{name}"
            for receipt in world.ledger.receipts(limit=1_000_000)
            for name in receipt.refusals
        )
    parts = tuple(Part(path=name, rows=0, size_bytes=0) for name in names)
    return Snapshot(QUARANTINE, 0, REFUSALS, (), parts)


def refusals_location(world: World) -> str:
    """Where the names of refused rows' files start from: a store locates objects, not itself."""
    return world.zones.quarantine.locate(QUARANTINE).rpartition("/")[0]
