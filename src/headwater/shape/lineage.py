"""From which columns of which tables each column of a SELECT comes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.lineage import Node, lineage

from headwater.errors import QueryError
from headwater.shape.statement import DIALECT, parse

_ANY = "varchar"  # of what type a column is makes no difference to where it comes from


def origins(sql: str, known: Mapping[str, Sequence[str]]) -> dict[str, tuple[tuple[str, str], ...]]:
    """Each column of the answer, with the table and column of whatever its values are made of.

    `known` are the columns of the tables that are read. What only decides which rows there are
    (a filter, the key of a join) is none of it. QueryError where it cannot be told.
    """
    tree = parse(sql).tree
    if tree.find(exp.Pivot, exp.Columns) is not None:
        raise _untold("PIVOT and COLUMNS give columns by what rows hold")
    schema: dict[str, object] = {
        table: dict.fromkeys(names, _ANY) for table, names in known.items() if names
    }
    try:
        traced = lineage(None, tree.copy(), schema, dialect=DIALECT)
    except SqlglotError as error:
        raise _untold(str(error).splitlines()[0]) from error
    spelled = {(t.lower(), c.lower()): (t, c) for t, names in known.items() for c in names}
    return {
        _bare(name): tuple(sorted({spelled.get(each, each) for each in _leaves(node)}))
        for name, node in traced.items()
    }


def _leaves(node: Node) -> Iterator[tuple[str, str]]:
    for each in node.walk():
        if not each.downstream and isinstance(each.expression, exp.Table):
            table = each.expression
            yield table.name.lower(), _bare(exp.to_column(each.name, dialect=DIALECT).name).lower()


def _bare(name: str) -> str:
    return name.strip('"')


def _untold(why: str) -> QueryError:
    return QueryError(
        f"where its columns come from cannot be told: {why}",
        hint="name the columns in the SELECT in place of what gives them",
    )
