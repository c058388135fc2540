"""What the SQL of a model reads, and whether it can be built in pieces."""

from __future__ import annotations

from collections.abc import Sequence

from headwater.model.curated import Since
from headwater.model.ids import TableName


def reads(sql: str) -> tuple[TableName, ...]:
    """The tables that a SELECT reads; QueryError says where it is wrong."""
    # Brings the parser of SQL, for which a lake without models does not wait.
    from headwater.shape.statement import parse  # noqa: PLC0415 - said above

    return tuple(sorted({TableName(name.lower()) for name in parse(sql).reads}))


def since(sql: str, table: TableName, columns: Sequence[str]) -> Since:
    """How rows of the table tell their partitions; QueryError says why they do not."""
    from headwater.shape.piecewise import keys_of  # noqa: PLC0415 - as above
    from headwater.shape.statement import parse  # noqa: PLC0415 - as above

    return Since(table, keys_of(parse(sql), table, columns))
