"""Lakes with models, whose tables a test writes to directly, as an engine and a commit would."""

from __future__ import annotations

import secrets
from itertools import count
from pathlib import Path

import duckdb

from headwater.flow.attempt import attempt
from headwater.flow.models.plan import Asked, decide, write_down
from headwater.model.ids import FeedName
from headwater.model.part import Part
from headwater.model.progress import nobody
from headwater.model.types import Column, Schema, parse_type
from headwater.ports.tables import Commit
from tests.flow import lakes

SALES = Schema(
    tuple(
        Column(name, parse_type(kind))
        for name, kind in (("id", "bigint"), ("day", "date"), ("c", "text"), ("qty", "bigint"))
    )
)
CUSTOMERS = Schema((Column("c", parse_type("text")), Column("segment", parse_type("text"))))
FEEDS = """\
  sales: {}
  customers: {}
"""
_NUMBERS = count()


def configure(folder: Path, models: str, feeds: str = FEEDS) -> Path:
    lakes.configure(folder, feeds)
    file = folder / "headwater.yaml"
    file.write_text(f"{file.read_text()}models:\n{models}", encoding="utf-8")
    return folder


def make(folder: Path, models: str, feeds: str = FEEDS, *, clock=None):
    configure(folder, models, feeds)
    return lakes.open_lake(folder, clock=clock) if clock else lakes.open_lake(folder)


def put(lake, table, schema, rows) -> Part:
    """A part of these rows, which no log names yet."""
    location = Path(lake._world.tables.location(table))
    location.mkdir(parents=True, exist_ok=True)
    path = f"part-{secrets.token_hex(8)}.parquet"
    columns = ", ".join(
        f"{column.name} {'VARCHAR' if column.type.kind == 'text' else column.type}"
        for column in schema.columns
    )
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE t ({columns})")
        for row in rows:
            marks = ", ".join("?" for _ in row)
            connection.execute(f"INSERT INTO t VALUES ({marks})", list(row))
        connection.execute(f"COPY t TO '{location / path}' (FORMAT parquet)")
    return Part(path, len(rows), (location / path).stat().st_size)


def change(lake, table, schema, add=(), remove=()) -> int:
    """One commit to a table; the version it makes."""
    tables = lake._world.tables
    tables.ensure(table, schema, ())
    name = f"m{next(_NUMBERS):015d}"
    commit = Commit(table, name, f"{name}-1", tuple(add), tuple(remove), schema=schema)
    return tables.commit(commit).version


def build(lake, engine, name, *, full=False):
    """Build a model if it needs it: one attempt, as a worker makes it."""
    world = lake._world
    model = world.model(name)
    decision = decide(world, model, Asked(by_hand=True, full=full))
    if decision.manifest is None:
        return None
    write_down(world, model, decision)
    claim = world.ledger.claim("w", world.clock(), world.lease, feeds=[FeedName(name)])
    return attempt(world, engine, claim, nobody)


def rows(lake, table, order="all"):
    return lake.query(f"select * from {table} order by {order}").rows()


def make_in(folder, models):
    return make(Path(folder) / "lake", models)
