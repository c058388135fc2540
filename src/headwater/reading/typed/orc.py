"""ORC files, read stripe by stripe."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from headwater.errors import MissingExtra
from headwater.reading.pieces.piece import Piece, PieceBuilder
from headwater.reading.typed.spelled import SEPARATOR, take_object
from headwater.reading.unreadable import Unreadable

MAGIC = b"ORC"
PIECE_BYTES = 8 * 1024 * 1024
_ROWS = 8_192  # made Python values at once


def columns_of(path: Path) -> tuple[str, ...]:
    """The names of its columns, in their order. Unreadable: orc."""
    return tuple(_opened(path).schema.names)


def careful_orc(path: Path, *, piece_bytes: int = PIECE_BYTES) -> Iterator[Piece]:
    """Read every row as one line of JSON; its line is its number in the file.

    Refused by themselves: number (NaN, infinity). Unreadable: orc; pieces handed out
    before it are then to be dropped. Memory holds one stripe.
    """
    import pyarrow as pa  # noqa: PLC0415 - an extra, known to be there by now

    builder = PieceBuilder(SEPARATOR)
    file = _opened(path)
    number = 0
    for stripe in range(file.nstripes):
        try:
            batch = _microseconds(file.read_stripe(stripe))
            for start in range(0, batch.num_rows, _ROWS):
                for row in batch.slice(start, _ROWS).to_pylist(maps_as_pydicts="strict"):
                    number += 1
                    take_object(builder, row, number)
                if builder.size >= piece_bytes:
                    yield builder.piece()
        except (pa.ArrowException, OSError, ValueError, KeyError) as error:
            raise _damaged(error) from error
    if not builder.empty:
        yield builder.piece()


def _opened(path: Path) -> Any:
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra
        from pyarrow import orc  # noqa: PLC0415 - the same
    except ImportError as cause:
        raise MissingExtra(
            "ORC files are read with pyarrow, which is not installed",
            hint="pip install 'headwater[arrow]'",
        ) from cause
    try:
        file = orc.ORCFile(str(path))
        names = file.schema.names
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _damaged(error) from error
    twin = next((name for name in names if names.count(name) > 1), None)
    if twin is not None:
        raise Unreadable("columns", f"it has two columns named {twin!r}; rename one of them")
    return file


def _microseconds(batch: Any) -> Any:
    """Times to the microsecond where none is finer: Python has no finer ones."""
    import pyarrow as pa  # noqa: PLC0415 - an extra

    columns = []
    for column in batch.columns:
        wanted = _coarser(column.type)
        try:
            columns.append(column if wanted == column.type else column.cast(wanted))
        except pa.ArrowInvalid:
            columns.append(column.cast(pa.string()))
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _coarser(kind: Any) -> Any:
    import pyarrow as pa  # noqa: PLC0415 - an extra

    if pa.types.is_timestamp(kind):
        return pa.timestamp("us", kind.tz)
    if pa.types.is_list(kind):
        return pa.list_(_coarser(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([(each.name, _coarser(each.type)) for each in kind])
    if pa.types.is_map(kind):
        return pa.map_(_coarser(kind.key_type), _coarser(kind.item_type))
    return kind


def _damaged(error: Exception) -> Unreadable:
    return Unreadable("orc", f"the ORC file is damaged or cut ({error}); send it again whole")
