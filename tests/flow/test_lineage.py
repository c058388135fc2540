"""Lineage: from which columns of tables, and in the end of files, a model's columns come."""

from __future__ import annotations

import pytest

from headwater.config.load import parse
from headwater.errors import QueryError
from headwater.shape.lineage import origins
from headwater.shape.traced import traced
from tests.flow import lakes, modelled

FEEDS = """\
  customers: {}
  sales:
    rename: {cust: customer}
    steps:
      - rename: {q: quantity}
      - derive: {total: price * quantity}
      - map: {column: country, values: {D: DE}}
      - join: {table: customers, on: {customer: id}, take: [segment]}
    partition: [year(day)]
"""
MODELS = """\
  daily: {sql: "select day, segment, sum(total) as revenue, count(*) as n from sales group by all"}
  best: {sql: "select revenue * 2 as twice, day from daily order by revenue limit 1"}
"""


@pytest.fixture
def lake(folder, incoming):
    with modelled.make(folder, MODELS, FEEDS) as lake:
        lake.ingest("customers", incoming("c.csv", "id,segment\n1,x\n"))
        lake.ingest("sales", incoming("s.csv", "day,cust,country,price,q\n2026-01-05,1,D,2,3\n"))
        lake.work()
        yield lake


def told(lake, model):
    return {
        each.column: (
            [f"{of.table}.{of.column}" for of in each.made_from],
            [f"{of.feed}.{of.column}" for of in each.files],
        )
        for each in lake.lineage(model)
    }


def test_columns_are_told_through_joins_and_steps_down_to_files(lake):
    assert told(lake, "daily") == {
        "day": (["sales.day"], ["sales.day"]),
        "segment": (["sales.segment"], ["customers.segment"]),
        "revenue": (["sales.total"], ["sales.price", "sales.q"]),
        "n": ([], []),
    }


def test_columns_of_a_model_upon_a_model_are_told_down_to_files(lake):
    assert told(lake, "best") == {
        "twice": (["daily.revenue"], ["sales.price", "sales.q"]),
        "day": (["daily.day"], ["sales.day"]),
    }


def test_a_column_that_headings_spell_otherwise_is_told_as_files_spell_it(folder, lake):
    modelled.configure(folder, "  all: {sql: 'select customer, year from sales'}\n", FEEDS)
    with lakes.open_lake(folder) as again:
        assert told(again, "all") == {
            "customer": (["sales.customer"], ["sales.cust"]),
            "year": (["sales.year"], ["sales.day"]),
        }


def test_columns_are_told_before_anything_has_come(folder):
    feeds = "  sales: {schema: {day: date, amount: bigint}}\n"
    with modelled.make(folder, "  m: {sql: from sales}\n", feeds) as lake:
        assert told(lake, "m") == {
            "day": (["sales.day"], ["sales.day"]),
            "amount": (["sales.amount"], ["sales.amount"]),
        }


SALES = {"sales": ("id", "day", "Net Sum"), "other": ("id", "name")}


@pytest.mark.parametrize(
    ("sql", "column", "sources"),
    [
        ("from sales", "net sum", [("sales", "Net Sum")]),
        ("select * exclude (id) from sales", "day", [("sales", "day")]),
        ("with a as (select id + 1 as z from Sales) from a", "z", [("sales", "id")]),
        ("select day d, d as e from sales", "e", [("sales", "day")]),
        ("select id from sales union all select name from other", "id",
         [("other", "name"), ("sales", "id")]),
        ("select (select max(name) from other o where o.id = s.id) as x from sales s", "x",
         [("other", "name")]),
        ("select * from sales join other using (id)", "id", [("other", "id"), ("sales", "id")]),
        ("select rank() over (partition by day order by id) as r from sales", "r",
         [("sales", "day"), ("sales", "id")]),
    ],
)  # fmt: skip
def test_the_columns_of_a_select_are_told(sql, column, sources):
    assert list(origins(sql, SALES)[column]) == sources


def test_what_cannot_be_told_is_said():
    with pytest.raises(QueryError, match="where its columns come from cannot be told"):
        origins("from sales pivot (sum(id) for day in (1, 2))", SALES)


@pytest.mark.parametrize(
    ("steps", "column", "sources"),
    [
        ("- {split: {column: a, between: '-', into: [x, y]}}", "y", {"a"}),
        ("- {fill: {a: b}}", "a", {"a"}),
        ("- {drop: a}\n- {derive: {a: b}}", "a", {"b"}),
        ("- {aggregate: {by: a, columns: {n: count(*), s: sum(b)}}}", "s", {"b"}),
        ("- {explode: {column: a, into: each}}", "each", {"a"}),
        ("- {flatten: a}", "a_*", {"a"}),
        ("- {flatten: a}\n- {flatten: a_x}\n- {drop: a_x_y}\n- {derive: {z: a_x_w}}", "z", {"a"}),
        ("- {flatten: a}\n- {rename: {a_id: id, b: c}}\n- {drop: c}", "id", {"a"}),
        ("- {flatten: a}\n- {select: [b, a_id]}", "a_id", {"a"}),
        ("- {flatten: a}\n- {derive: {a_n: b}}", "a_n", {"b"}),
        ("- {flatten: a}\n- {aggregate: {by: a_id, columns: {s: sum(b)}}}", "a_id", {"a"}),
        ("- {sql: 'select _arrival, upper(a) || b as k from rows'}", "k", {"a", "b"}),
        ("- {select: [b, a]}\n- {cast: {a: text}}", "a", {"a"}),
    ],
)
def test_the_columns_behind_steps_are_told(steps, column, sources):
    listed = "".join(f"      {line}\n" for line in steps.splitlines())
    (feed,) = parse(f"feeds:\n  sales:\n    steps:\n{listed}").feeds

    found = traced(feed.steps, ("a", "b"), {})

    assert {name for _, name in found[column]} == sources
