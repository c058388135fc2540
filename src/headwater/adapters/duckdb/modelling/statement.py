"""A model's SQL as DuckDB's own parser sees it: one SELECT, and the tables that it reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import duckdb

from headwater.errors import QueryError

Node = dict[str, Any]

_TABLE = "BASE_TABLE"


@dataclass(frozen=True, slots=True)
class Statement:
    """One SELECT."""

    node: Node
    reads: tuple[str, ...]  # tables, each once, in the order of their names


@cache
def parse(sql: str) -> Statement:
    """Read SQL; QueryError says where it is wrong, and what a model cannot read."""
    said: dict[str, Any] = json.loads(_answer("SELECT json_serialize_sql(?)", sql))
    if said.get("error"):
        raise _misspelled(sql, said)
    statements = said.get("statements", [])
    if len(statements) != 1:
        raise QueryError(
            f"one SELECT is expected, not {len(statements)}", hint="a model is one statement"
        )
    node: Node = statements[0]["node"]
    names = {_name(table) for table in tables_of(node)}
    return Statement(node, tuple(sorted(names)))


def tables_of(node: Any, named: frozenset[str] = frozenset()) -> Iterator[Node]:
    """The places where tables are read; names of the statement's own WITH are none."""
    if isinstance(node, list):
        for each in node:
            yield from tables_of(each, named)
    if not isinstance(node, dict):
        return
    if node.get("type") == "RECURSIVE_CTE_NODE":
        named = named | {str(node["cte_name"]).lower()}
    for entry in (node.get("cte_map") or {}).get("map", ()):
        yield from tables_of(entry["value"]["query_node"], named)
        named = named | {entry["key"].lower()}
    if node.get("type") == _TABLE and not _is_named(node, named):
        yield node
    for key, value in node.items():
        if key != "cte_map":
            yield from tables_of(value, named)


def walk(node: Any) -> Iterator[Node]:
    """Every node of a tree."""
    if isinstance(node, list):
        for each in node:
            yield from walk(each)
    elif isinstance(node, dict):
        yield node
        for value in node.values():
            yield from walk(value)


def same(one: Any, other: Any) -> bool:
    """Whether two expressions are spelled alike, wherever they stand."""
    return bool(_bare(one) == _bare(other))


def expression(node: Node) -> str:
    """An expression as SQL, over the row of one table: its columns go without the table's name."""
    tree: dict[str, Any] = json.loads(_answer("SELECT json_serialize_sql(?)", "SELECT 1"))
    tree["statements"][0]["node"]["select_list"] = [{**_unqualified(node), "alias": ""}]
    spelled = _answer("SELECT json_deserialize_sql(?::JSON)", json.dumps(tree))
    return spelled.removeprefix("SELECT ")


def _answer(question: str, given: str) -> str:
    found = _parser().cursor().execute(question, [given]).fetchone()
    return str(found[0]) if found else "{}"


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    """A database with nothing in it: to make one for each question takes longer than to ask."""
    return duckdb.connect(config={"threads": 1})


def _is_named(node: Node, named: frozenset[str]) -> bool:
    return not node.get("schema_name") and str(node["table_name"]).lower() in named


def _name(table: Node) -> str:
    path = [table.get("catalog_name"), table.get("schema_name"), table["table_name"]]
    return ".".join(str(step) for step in path if step)


def _bare(value: Any) -> Any:
    if isinstance(value, list):
        return [_bare(each) for each in value]
    if not isinstance(value, dict):
        return value.lower() if isinstance(value, str) else value
    left_out = {"query_location", "query_location_length", "alias"}
    return {key: _bare(each) for key, each in value.items() if key not in left_out}


def _unqualified(value: Any) -> Any:
    if isinstance(value, list):
        return [_unqualified(each) for each in value]
    if not isinstance(value, dict):
        return value
    if value.get("class") == "COLUMN_REF":
        return {**value, "column_names": value["column_names"][-1:]}
    return {key: _unqualified(each) for key, each in value.items()}


def _misspelled(sql: str, said: dict[str, Any]) -> QueryError:
    message = str(said.get("error_message", "it cannot be read"))
    if said.get("error_type") == "not implemented":
        return QueryError("it is no SELECT", hint="a model is one SELECT over tables")
    position = said.get("position")
    if position is None or not str(position).isdigit():
        return QueryError(message, hint="a model is one SELECT over tables")
    before = sql.encode()[: int(position)].decode(errors="replace")
    line = before.count("\n") + 1
    place = sql.splitlines()[line - 1].strip() if sql.strip() else ""
    return QueryError(message, hint=f"look at line {line} of the SQL: {place}")
