"""Words that SQL keeps for itself: DuckDB takes them for a column in double quotes alone."""

from __future__ import annotations

_KEPT = """
    analyse analyze anti array asc asof asymmetric at authorization binary both by cast check
    collate collation column concurrently constraint default deferrable desc describe do end
    foreign freeze full group in initially is isnull leading left limit natural offset order
    overlaps pivot pivot_longer pivot_wider placing primary references right semi show similar
    some symmetric table to trailing unique unpack unpivot variadic verbose window
"""
KEPT = frozenset(_KEPT.split())
