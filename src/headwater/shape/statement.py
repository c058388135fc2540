"""A model's SQL read into a tree: one SELECT, and the tables that it reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ParseError, TokenError
from sqlglot.tokenizer_core import Token

from headwater.errors import QueryError
from headwater.shape.words import KEPT

DIALECT = "duckdb"
_BEGINNINGS = frozenset({"select", "from", "with", "values", "pivot", "unpivot", "("})
_HINT = "a model is one SELECT over tables"
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Statement:
    """One SELECT."""

    tree: exp.Query = field(compare=False, repr=False)
    reads: tuple[str, ...]  # tables, each once, in the order of their names
    tokens: tuple[Token, ...] = field(compare=False, repr=False)


@cache
def parse(sql: str) -> Statement:
    """Read SQL; QueryError says where it is wrong, and what a model cannot read."""
    tokens = _tokens(sql)
    first = tokens[0].text.lower() if tokens else ""
    if first not in _BEGINNINGS:
        raise QueryError(
            f"it begins with {first!r}, so it is no SELECT" if first else "it is empty", hint=_HINT
        )
    trees = [tree for tree in _trees(sql, tokens) if tree is not None]
    if len(trees) != 1:
        raise QueryError(
            f"one SELECT is expected, not {len(trees)}", hint="a model is one statement"
        )
    tree = trees[0].unnest()
    if not isinstance(tree, exp.Query):
        raise QueryError(f"it is no SELECT: {first}", hint="write SELECT ... FROM (PIVOT ...)")
    word = next(_bare(tree), None)
    if word is not None:
        raise QueryError(
            f"{word} is a word of SQL, and no column unless it is quoted",
            hint=f'write "{word}" in double quotes',
        )
    names = {name_of(table) for table in tables_of(tree)}
    return Statement(tree, tuple(sorted(names)), tuple(tokens))


def tables_of(node: exp.Expr, named: frozenset[str] = frozenset()) -> Iterator[exp.Table]:
    """The places where tables are read; names of the statement's own WITH are none."""
    if _is_read(node, named) and isinstance(node, exp.Table):
        yield node
    within = node.args.get("with_")
    if isinstance(within, exp.With):
        for each in within.expressions:
            own = {each.alias.lower()}
            yield from tables_of(each.this, named | own if within.recursive else named)
            named = named | own
    for child in node.iter_expressions():
        if child is not within:
            yield from tables_of(child, named)


def name_of(table: exp.Table) -> str:
    """A table as it is written."""
    return ".".join(part.name for part in table.parts)


def _is_read(node: exp.Expr, named: frozenset[str]) -> bool:
    if not isinstance(node, exp.Table) or not isinstance(node.this, exp.Identifier):
        return False  # a function that gives a table reads none of the lake's
    return bool(node.args.get("db")) or node.name.lower() not in named


def _tokens(sql: str) -> list[Token]:
    try:
        return Dialect.get_or_raise(DIALECT).tokenize(sql)
    except TokenError:
        quote = "'" if sql.count("'") % 2 else '"'
        hint = f"close it, or double it inside: {quote * 2}"
        raise QueryError(f"a {quote} is not closed", hint=hint) from None


def _trees(sql: str, tokens: list[Token]) -> list[exp.Expr | None]:
    try:
        return list(Dialect.get_or_raise(DIALECT).parser().parse(tokens, sql))
    except RecursionError:
        raise QueryError("it is nested too deep", hint="divide it into several models") from None
    except ParseError as error:
        raise _misspelled(sql, error) from None


def _misspelled(sql: str, error: ParseError) -> QueryError:
    found = error.errors[0] if error.errors else {}
    near = str(found.get("highlight") or "").strip()[:_SHOWN]
    line = int(found.get("line") or 1)
    lines = sql.splitlines()
    place = lines[line - 1].strip() if line <= len(lines) else ""
    opened = sql.count("(") - sql.count(")")
    missing = f"; a {'(' if opened < 0 else ')'} is missing" if opened else ""
    return QueryError(
        f'it cannot be read at or near "{near}"{missing}',
        hint=f"look at line {line} of the SQL: {place}",
    )


def _bare(tree: exp.Expr) -> Iterator[str]:
    """Columns that are words which SQL keeps for itself, and stand there without quotes."""
    for column in tree.find_all(exp.Column):
        first = column.parts[0]
        if isinstance(first, exp.Identifier) and not first.quoted and first.name.lower() in KEPT:
            yield first.name
