"""Pieces of SQL trees, written as SQL with names for what is put in."""

from __future__ import annotations

from functools import cache

from sqlglot import exp, parse_one


def sql(text: str, /, **given: exp.Expr | str | int) -> exp.Expr:
    """The tree of a piece of SQL in which `$name` stands for a tree, a text or a number."""
    put = {name: _tree(value) for name, value in given.items()}

    def replaced(node: exp.Expr) -> exp.Expr:
        return put[node.name].copy() if isinstance(node, exp.Placeholder) else node

    return _read(text).transform(replaced)


@cache
def _read(text: str) -> exp.Expr:
    return parse_one(text, dialect="duckdb")


def _tree(value: exp.Expr | str | int) -> exp.Expr:
    if isinstance(value, exp.Expr):
        return value if isinstance(value, exp.Column | exp.Literal) else exp.paren(value)
    return exp.Literal.number(value) if isinstance(value, int) else exp.Literal.string(value)
