"""What is done with a lake, and says nothing of where it lies: a configuration, and steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Files = Callable[[str, str], Path]
Play = Callable[[Any, Files], None]


@dataclass(frozen=True, slots=True)
class Script:
    """A lake and what happens to it."""

    name: str
    configuration: str
    play: Play


def _clean_and_dirty(lake: Any, file: Files) -> None:
    lake.ingest("sales", file("a.csv", "id,amount,region\n1,2.50,north\n2,3.50,south\n"))
    lake.ingest("sales", file("b.csv", "id,amount,region\n3,x,north\n4\n5,1.25,östlich & mehr\n"))


def _columns_that_move(lake: Any, file: Files) -> None:
    lake.ingest("sales", file("a.ndjson", '{"id": 1, "n": 1}\n{"id": 2, "n": null}\n'))
    lake.ingest("sales", file("b.ndjson", '{"id": 3, "n": 99999999999, "tag": {"k": [1, 2]}}\n'))


def _versions(lake: Any, file: Files) -> None:
    first = file("a.csv", "id,amount\n1,1\n2,2\n")
    lake.ingest("sales", first)
    lake.ingest("sales", file("b.csv", "id,amount\n1,10\n3,3\n"))
    lake.ingest("sales", file("a.csv", "id,amount\n1,1\n2,22\n4,4\n"))
    lake.ingest("sales", first)  # equal bytes: a duplicate
    lake.replay("sales")
    lake.work(until_idle=True)


def _shaped(lake: Any, file: Files) -> None:
    lake.ingest("customers", file("c.csv", "customer,segment\n1,trade\n2,private\n"))
    lake.ingest("sales", file("a.csv", "id,customer,amount\n1,1,5\n2,2,-1\n2,2,7\n3,9,1\n,1,1\n"))
    lake.ingest("sales", file("b.csv", "id,customer,amount\n1,1,6\n4,2,8\n"))
    lake.refresh()


def _kept_in_shape(lake: Any, file: Files) -> None:
    for name in "abcd":
        lake.ingest("sales", file(f"{name}.csv", f"id,amount\n{ord(name)},1\n"))
    lake.compact("sales")
    lake.ingest("sales", file("a.csv", "id,amount\n1,2\n"))
    lake.sweep()


def _nothing_to_read(lake: Any, file: Files) -> None:
    lake.ingest("sales", file("empty.csv", ""))
    lake.ingest("sales", file("junk.csv", "\0\1\2" * 100))
    lake.ingest("sales", file("good.csv", "id,amount\n1,1\n"))


SCRIPTS = [
    Script(
        "clean and dirty rows",
        "feeds:\n  sales: {match: sales/**, partition: [region]}\n",
        _clean_and_dirty,
    ),
    Script(
        "columns that move",
        "feeds:\n  sales: {match: sales/**, on_bad_value: widen}\n",
        _columns_that_move,
    ),
    Script("versions, duplicates and a replay", "feeds:\n  sales: {}\n", _versions),
    Script(
        "steps, checks, a join and a model",
        """\
feeds:
  customers: {schema: {customer: bigint, segment: text}}
  sales:
    schema: {id: bigint, customer: bigint, amount: bigint}
    steps:
      - filter: amount >= 0
      - join: {table: customers, on: customer, take: [segment]}
      - derive: {double: amount * 2}
      - dedupe: {by: [id], keep: last, across: table}
    checks:
      - {not_null: [id], action: quarantine}
models:
  by_segment: {sql: "select segment, sum(double) as total from sales group by 1"}
""",
        _shaped,
    ),
    Script("a table kept in shape", "feeds:\n  sales: {}\n", _kept_in_shape),
    Script("files of which nothing can be read", "feeds:\n  sales: {}\n", _nothing_to_read),
]
