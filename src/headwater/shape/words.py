"""Words that SQL keeps for itself: DuckDB takes them for a column in double quotes alone."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

_KEPT = """
    analyse analyze anti array asc asof asymmetric at authorization binary both by cast check
    collate collation column concurrently constraint default deferrable desc describe do end
    foreign freeze full group in initially is isnull leading left limit natural offset order
    overlaps pivot pivot_longer pivot_wider placing primary references right semi show similar
    some symmetric table to trailing unique unpack unpivot variadic verbose window
"""
KEPT = frozenset(_KEPT.split())


def bare(tree: exp.Expr) -> Iterator[str]:
    """Columns of a statement that are such words, and stand there without quotes."""
    for column in tree.find_all(exp.Column):
        first = column.parts[0]
        if isinstance(first, exp.Identifier) and not first.quoted and first.name.lower() in KEPT:
            yield first.name
