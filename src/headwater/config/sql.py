"""What the SQL of a model reads, and whether it can be built in pieces, as its engine says."""

from __future__ import annotations

from collections.abc import Sequence

from headwater.model.curated import Since
from headwater.model.ids import TableName


def reads(sql: str) -> tuple[TableName, ...]:
    """The tables that a SELECT reads; QueryError says where it is wrong."""
    # A lake without models is opened without waiting for the engine.
    from headwater.adapters.duckdb.modelling.statement import parse  # noqa: PLC0415 - said above

    return tuple(sorted({TableName(name.lower()) for name in parse(sql).reads}))


def since(sql: str, table: TableName, columns: Sequence[str]) -> Since:
    """How rows of the table tell their partitions; QueryError says why they do not."""
    from headwater.adapters.duckdb.modelling.decompose import keys_of  # noqa: PLC0415 - as above
    from headwater.adapters.duckdb.modelling.statement import parse  # noqa: PLC0415 - as above

    return Since(table, keys_of(parse(sql), table, columns))
