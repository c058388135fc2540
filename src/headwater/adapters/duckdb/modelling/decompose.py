"""Whether a SELECT can be built partition by partition, and what tells a row's partition.

It can where every row of a partition is made of those rows of one table alone that belong to
it: then the partitions of rows that came or went are all that changes while the other tables
stay as they are. What is not surely so is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

import duckdb

from headwater.adapters.duckdb.modelling.statement import (
    Node,
    Statement,
    expression,
    same,
    tables_of,
    walk,
)
from headwater.errors import QueryError

_PLAIN = frozenset(
    {"COLUMN_REF", "CONSTANT", "FUNCTION", "CAST", "OPERATOR", "COMPARISON", "CONJUNCTION", "CASE",
     "BETWEEN", "TYPE"}
)  # fmt: skip
_SPREADING = frozenset({"unnest", "generate_subscripts"})
_OF_THE_MOMENT = frozenset(
    {"current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"}
)
_KEEPING = {"INNER": ("left", "right"), "LEFT": ("left",), "RIGHT": ("right",), "SEMI": ("left",),
            "ANTI": ("left",)}  # fmt: skip
_INSTEAD = "write mode: full"


def keys_of(
    statement: Statement, table: str, columns: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    """For each of the columns the expression over a row of the table; QueryError: it is none."""
    return _Reading(statement, table).keys(columns)


class _Reading:
    """One SELECT, looked at closely."""

    def __init__(self, statement: Statement, table: str) -> None:
        self._node = statement.node
        self._table = table
        self._aggregates, self._unsteady = _functions()

    def keys(self, columns: Sequence[str]) -> tuple[tuple[str, str], ...]:
        node = self._node
        if node["type"] != "SELECT_NODE":
            raise _refused("it is not one plain SELECT", "a UNION or the like")
        self._require_steady()
        self._require_all_rows()
        leaf, alone = self._leaf()
        alias = str(leaf["alias"] or leaf["table_name"]).lower()
        found = {column: self._item(column, alias, alone=alone) for column in columns}
        for column, item in found.items():
            self._require_of_row(column, item, alias, alone=alone)
            self._require_grouped(column, item)
        return tuple((column, expression(item)) for column, item in found.items())

    def _require_steady(self) -> None:
        for each in walk(self._node):
            name = str(each.get("function_name", "")).lower()
            names = each.get("column_names") or [""]
            if name in self._unsteady or names[-1].lower() in _OF_THE_MOMENT:
                raise _refused(f"{name or names[-1]} is another thing each time")
            if each.get("sample"):
                raise _refused("it reads a sample of a table")

    def _require_all_rows(self) -> None:
        for each in self._node["modifiers"]:
            if each["type"].startswith("LIMIT"):
                raise _refused("it has a LIMIT")
            if each.get("distinct_on_targets"):
                raise _refused("it has a DISTINCT ON")

    def _leaf(self) -> tuple[Node, bool]:
        """Where the table is read: once, in FROM, where each of its rows stands for itself."""
        places = [
            each for each in tables_of(self._node) if each["table_name"].lower() == self._table
        ]
        if len(places) != 1:
            raise _refused(f"{self._table} is read {len(places)} times")
        at = self._node["from_table"]
        alone = at["type"] != "JOIN"
        while at["type"] == "JOIN":
            if at["ref_type"] not in {"REGULAR", "CROSS"}:
                raise _refused(f"it has a {at['ref_type']} join")
            sides = _KEEPING.get(at["join_type"], ())
            into = next((side for side in sides if places[0] in list(tables_of(at[side]))), None)
            if into is None:
                raise _refused(
                    f"rows of {self._table} may be missing from its {at['join_type']} join"
                )
            at = at[into]
        if at is not places[0]:
            raise _refused(f"{self._table} is read inside another SELECT")
        if at["column_name_alias"] or at["at_clause"]:
            raise _refused(f"the columns of {self._table} are given other names")
        return at, alone

    def _item(self, column: str, alias: str, *, alone: bool) -> Node:
        folded = column.lower()
        for item in self._node["select_list"]:
            if _called(item) == folded:
                return dict(item)
        for item in self._node["select_list"]:
            if item["class"] != "STAR" or item["expr"] or item["columns"]:
                continue
            changed = item["replace_list"] or item["rename_list"] or item["exclude_list"]
            whose = str(item["relation_name"]).lower()
            if not changed and (whose == alias or (alone and not whose)):
                return {**_COLUMN, "column_names": [column]}
        raise _refused(
            f"nothing in the SELECT is called {column}, by which it is partitioned",
            f"write the expression, and AS {column} behind it",
        )

    def _require_of_row(self, column: str, item: Node, alias: str, *, alone: bool) -> None:
        """The expression is one of a row of the table, and of nothing else."""
        others = {_called(each) for each in self._node["select_list"]} - {column.lower(), ""}
        refs = 0
        for each in _expressions(item):
            name = str(each.get("function_name", "")).lower()
            if each["class"] not in _PLAIN or name in _SPREADING or name in self._aggregates:
                raise _refused(f"{column} is not told by one row of {self._table}")
            if each["class"] != "COLUMN_REF":
                continue
            refs += 1
            names = [str(step).lower() for step in each["column_names"]]
            qualified = len(names) > 1 and names[0] == alias
            if len(names) > (2 if qualified else 1) or not (qualified or alone):
                raise _refused(
                    f"{'.'.join(names)}, by which {column} is told, may be of another table",
                    f"write {alias}.{names[-1]}",
                )
            if not qualified and names[0] in others and item["class"] != "COLUMN_REF":
                raise _refused(f"{column} is made of {names[0]}, which the SELECT names anew")
        if not refs:
            raise _refused(f"{column} is the same for every row")

    def _require_grouped(self, column: str, item: Node) -> None:
        """Rows that are put together are of one partition."""
        node = self._node
        outside = [node["select_list"], node["having"], node["qualify"]]
        for each in _expressions(outside):
            keys = each["partitions"] if each["class"] == "WINDOW" else [item]
            if not any(same(_last(item), _last(key)) for key in keys):
                raise _refused(f"a window goes over several {column}")
        by_all = node["aggregate_handling"] == "FORCE_AGGREGATES"
        if len(node["group_sets"]) > 1:
            raise _refused("it groups in several ways at once")
        grouped = bool(node["group_expressions"]) or by_all
        names = {str(each.get("function_name", "")).lower() for each in _expressions(outside)
                 if each["class"] == "FUNCTION"}  # fmt: skip
        if not grouped and names & self._aggregates:
            raise _refused(f"it puts rows of all {column} together", f"add GROUP BY {column}")
        if grouped and not by_all and not self._among(item, column, node["group_expressions"]):
            raise _refused(f"it does not group by {column}", f"add {column} to GROUP BY")

    def _among(self, item: Node, column: str, keys: Sequence[Node]) -> bool:
        places = [str(n + 1) for n, each in enumerate(self._node["select_list"])
                  if _called(each) == column.lower()]  # fmt: skip
        for key in keys:
            literal = (key.get("literal") or {}).get("text")
            bare = key.get("column_names", [])
            if same(_last(item), _last(key)) or literal in places:
                return True
            if len(bare) == 1 and bare[0].lower() == column.lower():
                return True
        return False


_COLUMN: Node = {
    "class": "COLUMN_REF", "type": "COLUMN_REF", "alias": "", "query_location": 0,
    "query_location_length": 0,
}  # fmt: skip


def _called(item: Node) -> str:
    names = item.get("column_names") or [""]
    return str(item.get("alias") or names[-1]).lower()


def _last(item: Node) -> Node:
    """A column goes by its name: which table it is of has been seen to."""
    if item["class"] != "COLUMN_REF":
        return item
    return {**item, "column_names": item["column_names"][-1:]}


def _expressions(node: object) -> Iterator[Node]:
    """Expressions of this SELECT; what is in a SELECT inside of it is its own affair."""
    if isinstance(node, list):
        for each in node:
            yield from _expressions(each)
    elif isinstance(node, dict):
        if "class" in node:
            yield node
        if node.get("class") != "SUBQUERY":
            for value in node.values():
                yield from _expressions(value)


@cache
def _functions() -> tuple[frozenset[str], frozenset[str]]:
    """Names of functions that put rows together, and of those whose answer is not steady."""
    with duckdb.connect() as connection:
        rows = connection.execute(
            "SELECT DISTINCT function_name, function_type, stability FROM duckdb_functions()"
        ).fetchall()
    aggregates = frozenset(name for name, kind, _ in rows if kind == "aggregate")
    unsteady = frozenset(name for name, _, how in rows if how not in (None, "CONSISTENT"))
    return aggregates, unsteady


def _refused(why: str, hint: str = "") -> QueryError:
    return QueryError(
        f"it cannot be built partition by partition: {why}",
        hint=f"{hint}; or {_INSTEAD}" if hint else _INSTEAD,
    )
