"""Whether a SELECT can be built partition by partition, and what tells a row's partition.

It can where every row of a partition is made of those rows of one table alone that belong to
it: then the partitions of rows that came or went are all that changes while the other tables
stay as they are. What is not surely so is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp

from headwater.errors import QueryError
from headwater.shape.calls import calls
from headwater.shape.manners import GATHERING, SPREADING, UNSTEADY
from headwater.shape.statement import DIALECT, Statement, tables_of

_PLAIN = (
    *(exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.Interval),
    *(exp.Binary, exp.Unary, exp.Between, exp.In, exp.Func, exp.DataType, exp.DataTypeParam),
    *(exp.Var, exp.Tuple, exp.Array, exp.Is, exp.JSONPath, exp.JSONPathPart),
)
_FOREIGN = (exp.AggFunc, exp.Window, exp.Query, exp.Lambda, exp.UDTF, exp.Explode, exp.Star)
_BARE = (exp.CurrentDate, exp.CurrentTime, exp.CurrentTimestamp, exp.Localtime, exp.Localtimestamp)
_ALSO = ("pivots", "joins", "laterals", "when", "version")
_INSTEAD = "write mode: full"


def keys_of(
    statement: Statement, table: str, columns: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    """For each of the columns the expression over a row of the table; QueryError: it is none."""
    if not isinstance(statement.tree, exp.Select):
        raise _refused("it is not one plain SELECT", "a UNION or the like")
    _require_steady(statement)
    return _Reading(statement.tree, table).keys(columns)


def _require_steady(statement: Statement) -> None:
    for call in calls(statement.tokens):
        if call.name in UNSTEADY:
            raise _refused(f"{call.name} is another thing each time")
    for node in statement.tree.walk():
        if isinstance(node, _BARE):
            name = node.sql(DIALECT).lower().removesuffix("()")
            raise _refused(f"{name} is another thing each time")
        if isinstance(node, exp.TableSample):
            raise _refused("it reads a sample of a table")


class _Reading:
    """One SELECT, looked at closely."""

    def __init__(self, tree: exp.Select, table: str) -> None:
        self._tree = tree
        self._table = table

    def keys(self, columns: Sequence[str]) -> tuple[tuple[str, str], ...]:
        self._require_all_rows()
        leaf, alone = self._leaf()
        alias = leaf.alias_or_name.lower()
        found = {column: self._item(column, alias, alone=alone) for column in columns}
        for column, item in found.items():
            self._require_of_row(column, item, alias, alone=alone)
            self._require_grouped(column, item)
        return tuple((column, _spelled(item)) for column, item in found.items())

    def _require_all_rows(self) -> None:
        if any(self._tree.args.get(each) for each in ("limit", "offset", "fetch")):
            raise _refused("it has a LIMIT")
        distinct = self._tree.args.get("distinct")
        if distinct is not None and distinct.args.get("on"):
            raise _refused("it has a DISTINCT ON")

    def _leaf(self) -> tuple[exp.Table, bool]:
        """Where the table is read: once, in FROM, where each of its rows stands for itself."""
        places = [each for each in tables_of(self._tree) if each.name.lower() == self._table]
        if len(places) != 1:
            raise _refused(f"{self._table} is read {len(places)} times")
        (place,) = places
        first, joins = self._joined()
        at = next((n for n, each in enumerate([first, *joins]) if _source(each) is place), None)
        if at is None:
            raise _refused(f"{self._table} is read inside another SELECT")
        for number, join in enumerate(joins, start=1):
            if number >= at:
                self._require_kept(join, right=number == at)
        alias = place.args.get("alias")
        taken = [each for each in _ALSO if each != "joins" or at] if at is not None else _ALSO
        if (alias is not None and alias.args.get("columns")) or any(map(place.args.get, taken)):
            raise _refused(f"the columns of {self._table} are given other names")
        return place, not joins

    def _joined(self) -> tuple[exp.Expr | None, list[exp.Join]]:
        """What FROM begins with, and the joins behind it, in order."""
        begun = self._tree.args.get("from_")
        first = begun.this if begun is not None else None
        own = first.args.get("joins") if isinstance(first, exp.Table) else None
        joins = [*(own or ()), *(self._tree.args.get("joins") or ())]
        if self._tree.args.get("laterals"):
            raise _refused("it has a LATERAL join")
        return first, joins

    def _require_kept(self, join: exp.Join, *, right: bool) -> None:
        """Every row of that side is there, by itself."""
        if join.method:
            raise _refused(f"it has a {join.method.upper()} join")
        kept = {"RIGHT"} if right else {"LEFT"}
        side, kind = join.side.upper(), join.kind.upper()
        one_sided = kind in {"SEMI", "ANTI"}
        if (one_sided and right) or (not one_sided and side and side not in kept):
            name = side or kind
            raise _refused(f"rows of {self._table} may be missing from its {name} join")

    def _item(self, column: str, alias: str, *, alone: bool) -> exp.Expr:
        folded = column.lower()
        for item in self._tree.selects:
            if _called(item) == folded:
                return item.unalias()
        for item in self._tree.selects:
            star = item.this if isinstance(item, exp.Column) else item
            if not isinstance(star, exp.Star) or any(star.args.values()):
                continue
            whose = item.table.lower() if isinstance(item, exp.Column) else ""
            if whose == alias or (alone and not whose):
                return exp.column(exp.to_identifier(column, quoted=True))
        raise _refused(
            f"nothing in the SELECT is called {column}, by which it is partitioned",
            f"write the expression, and AS {column} behind it",
        )

    def _require_of_row(self, column: str, item: exp.Expr, alias: str, *, alone: bool) -> None:
        """The expression is one of a row of the table, and of nothing else."""
        others = {_called(each) for each in self._tree.selects} - {column.lower(), ""}
        refs = 0
        for each in item.walk():
            if not isinstance(each, _PLAIN) or isinstance(each, _FOREIGN) or _is_many(each):
                raise _refused(f"{column} is not told by one row of {self._table}")
            if not isinstance(each, exp.Column):
                continue
            refs += 1
            names = [part.name.lower() for part in each.parts]
            qualified = len(names) > 1 and names[0] == alias
            if len(names) > (2 if qualified else 1) or not (qualified or alone):
                raise _refused(
                    f"{'.'.join(names)}, by which {column} is told, may be of another table",
                    f"write {alias}.{names[-1]}",
                )
            if not qualified and names[0] in others and not isinstance(item, exp.Column):
                raise _refused(f"{column} is made of {names[0]}, which the SELECT names anew")
        if not refs:
            raise _refused(f"{column} is the same for every row")

    def _require_grouped(self, column: str, item: exp.Expr) -> None:
        """Rows that are put together are of one partition."""
        tree = self._tree
        heads = [*tree.selects, tree.args.get("having"), tree.args.get("qualify")]
        outside = [node for head in heads if head is not None for node in _own(head)]
        for each in outside:
            if isinstance(each, exp.Window) and not any(
                _same(item, key) for key in self._partitions(each)
            ):
                raise _refused(f"a window goes over several {column}")
        group = tree.args.get("group")
        written = group.expressions if group is not None else []
        if group is not None and _is_of_several(group):
            raise _refused("it groups in several ways at once")
        by_all = group is not None and bool(group.args.get("all"))
        gathers = any(_is_many(each) and not _is_windowed(each) for each in outside)
        if not (written or by_all) and gathers:
            raise _refused(f"it puts rows of all {column} together", f"add GROUP BY {column}")
        if written and not by_all and not self._among(item, column, written):
            raise _refused(f"it does not group by {column}", f"add {column} to GROUP BY")

    def _partitions(self, window: exp.Window) -> Sequence[exp.Expr]:
        """What a window is divided by, be it under a name."""
        found: list[exp.Expr] = list(window.args.get("partition_by") or ())
        name = window.alias.lower()
        for each in self._tree.args.get("windows") or ():
            if name and each.name.lower() == name:
                found += each.args.get("partition_by") or ()
        return found

    def _among(self, item: exp.Expr, column: str, keys: Sequence[exp.Expr]) -> bool:
        places = {str(n + 1) for n, each in enumerate(self._tree.selects)
                  if _called(each) == column.lower()}  # fmt: skip
        for key in keys:
            if _same(item, key) or (isinstance(key, exp.Literal) and key.name in places):
                return True
            if isinstance(key, exp.Column) and not key.table and key.name.lower() == column.lower():
                return True
        return False


def _source(node: exp.Expr | None) -> exp.Expr | None:
    return node.this if isinstance(node, exp.Join) else node


def _called(item: exp.Expr) -> str:
    return item.alias_or_name.lower() if isinstance(item, exp.Alias | exp.Column) else ""


def _own(head: exp.Expr) -> Iterator[exp.Expr]:
    """Expressions of this SELECT; what is in a SELECT inside of it is its own affair."""
    return head.walk(prune=lambda node: isinstance(node, exp.Query))


def _is_many(node: exp.Expr) -> bool:
    """Whether a function puts rows together, or makes several of one."""
    if isinstance(node, exp.AggFunc | exp.Explode | exp.UDTF):
        return True
    if not isinstance(node, exp.Func):
        return False
    names = {node.name.lower()} if isinstance(node, exp.Anonymous) else _names(node)
    return not names.isdisjoint(GATHERING | SPREADING)


def _names(node: exp.Func) -> set[str]:
    return {name.lower() for name in node.sql_names()}


def _is_windowed(node: exp.Expr) -> bool:
    """Whether it is the function of a window itself, and not something that this one takes."""
    above = node.parent
    while isinstance(above, exp.Filter | exp.IgnoreNulls | exp.RespectNulls | exp.WithinGroup):
        node, above = above, above.parent
    return isinstance(above, exp.Window) and above.this is node


def _is_of_several(group: exp.Group) -> bool:
    several = (exp.Rollup, exp.Cube, exp.GroupingSets)
    given = (group.args.get(each) for each in ("rollup", "cube", "grouping_sets"))
    return any(given) or any(isinstance(each, several) for each in group.expressions)


def _same(one: exp.Expr, other: exp.Expr) -> bool:
    """Whether two expressions are spelled alike; which table a column is of has been seen to."""
    return _folded(one) == _folded(other)


def _folded(tree: exp.Expr) -> exp.Expr:
    bare = tree.unnest()
    if isinstance(bare, exp.Column):
        return exp.column(bare.name.lower(), quoted=True)
    return bare.copy().transform(
        lambda node: (
            exp.to_identifier(node.name.lower(), quoted=True)
            if isinstance(node, exp.Identifier)
            else node
        )
    )


def _spelled(item: exp.Expr) -> str:
    """As SQL over the row of one table: its columns go without the table's name."""
    bare = item.copy().transform(
        lambda node: (
            exp.column(exp.to_identifier(node.name, quoted=True))
            if isinstance(node, exp.Column)
            else node
        )
    )
    return bare.sql(DIALECT)


def _refused(why: str, hint: str = "") -> QueryError:
    return QueryError(
        f"it cannot be built partition by partition: {why}",
        hint=f"{hint}; or {_INSTEAD}" if hint else _INSTEAD,
    )
