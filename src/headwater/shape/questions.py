"""A SELECT of the user's own over the rows of a batch: read, checked, and given its provenance."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect

from headwater.shape.expression import FICKLE_NODES, Misread, parsed, require_calls, tokens_of
from headwater.shape.functions import AGGREGATES, WINDOWS
from headwater.shape.table import PROVENANCE

ROWS = "rows"
"""What the rows before the step are called."""

_FORM = f"write SELECT columns FROM {ROWS}"  # noqa: S608 - what a person is to write

_MORE = AGGREGATES | WINDOWS
_REFUSED = (
    (exp.Placeholder, "nothing is put in for placeholders", "write the value"),
    (exp.Parameter, "nothing is put in for variables", "write the value"),
    (exp.SessionParameter, "nothing is put in for variables", "write the value"),
    (exp.Into, "a step writes nothing but its rows", "leave out INTO"),
    (exp.TableSample, "a sample is another each time", "use a condition on a hash of a key"),
)


@dataclass(frozen=True, slots=True)
class Question:
    """One SELECT, and the tables besides the rows that it looks into."""

    text: str
    tree: exp.Select = field(compare=False, repr=False)
    tables: tuple[str, ...] = ()


def read_question(text: str) -> Question:
    """Read one SELECT; Misread says what is wrong with it, and what would be right."""
    dialect = Dialect.get_or_raise("duckdb")
    tokens = tokens_of(dialect, text)
    require_calls(tokens, _MORE)
    trees = parsed(dialect, tokens, text)
    if len(trees) != 1 or not isinstance(trees[0], exp.Select):
        raise Misread("it is not one SELECT", _FORM)
    tree = trees[0]
    for node in tree.walk():
        for kind, what, hint in _REFUSED:
            if isinstance(node, kind):
                raise Misread(what, hint)
        if isinstance(node, FICKLE_NODES):
            what = f"{node.sql('duckdb').lower()} is another value each time"
            raise Misread(what, "a replay must give the same rows; use a column")
    tables = _tables(tree)
    if ROWS not in tables:
        raise Misread(f"it does not look at {ROWS}", _FORM)
    _require_provenance(tree)
    return Question(text, tree, tuple(name for name in tables if name != ROWS))


def placed_query(
    text: str, columns: Sequence[str], references: Collection[str]
) -> tuple[exp.Select, tuple[str, ...]]:
    """The SELECT with the provenance of each row, and the names of its columns besides."""
    question = read_question(text)
    for name in question.tables:
        if name not in references:
            raise Misread(f"there is no table {name}", f"the rows are called {ROWS}")
    tree = question.tree.copy()
    chosen: list[exp.Expr] = []
    for each in tree.expressions:
        if isinstance(each, exp.Star):
            chosen += [exp.column(exp.to_identifier(name, quoted=True)) for name in columns]
        else:
            chosen.append(each)
    names = tuple(each.alias_or_name for each in chosen if each.alias_or_name != PROVENANCE)
    if not _gives_provenance(tree):
        where = exp.column(PROVENANCE, table=tree.args["from_"].this.alias_or_name)
        chosen.insert(0, where)
        if _is_grouped(tree) and not (tree.args.get("group") or exp.Group()).args.get("all"):
            tree = tree.group_by(where.copy())
    tree.set("expressions", chosen)
    return tree, names


def _tables(tree: exp.Select) -> list[str]:
    made = {each.alias_or_name for each in tree.find_all(exp.CTE)}
    found: dict[str, None] = {}
    for each in tree.find_all(exp.Table):
        plain = isinstance(each.this, exp.Identifier) and each.name.isidentifier()
        if not plain or each.args.get("db") is not None:
            what = f"{each.sql('duckdb')} is no table of the lake"
            raise Misread(what, f"the rows are called {ROWS}; other tables by their names")
        if each.name not in made:
            found[each.name] = None
    return list(found)


def _require_provenance(tree: exp.Select) -> None:
    for each in tree.expressions:
        if isinstance(each, exp.Star) and (each.args.get("except_") or each.args.get("replace")):
            raise Misread("* with changes names no columns", "name the columns")
        if not isinstance(each, exp.Star) and not each.alias_or_name:
            raise Misread(
                f"{each.sql('duckdb')} has no name", f"write {each.sql('duckdb')} AS name"
            )
    if _gives_provenance(tree):
        return
    source = tree.args.get("from_")
    plain = source is not None and isinstance(source.this, exp.Table) and source.this.name == ROWS
    if not plain or sum(1 for _ in tree.find_all(exp.Query)) > 1:
        what = f"it does not say which file a row comes from ({PROVENANCE})"
        raise Misread(what, f"select {PROVENANCE} too, in every part of the query")
    if tree.args.get("limit") or tree.args.get("offset"):
        raise Misread("which rows come first is not known", "use `dedupe`, or a window")


def _gives_provenance(tree: exp.Select) -> bool:
    return any(each.alias_or_name == PROVENANCE for each in tree.expressions)


def _is_grouped(tree: exp.Select) -> bool:
    if tree.args.get("group") is not None:
        return True
    return any(
        node.find_ancestor(exp.Window) is None
        for each in tree.expressions
        for node in each.find_all(exp.AggFunc)
    )
