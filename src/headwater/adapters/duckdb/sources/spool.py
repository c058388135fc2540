"""Files with types of their own, written as Parquet into a folder, to be read from there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from headwater.adapters.duckdb.fault import translated
from headwater.adapters.duckdb.sources.source import Source
from headwater.points import point
from headwater.reading.typed.batches import TypedRows, typed_reader
from headwater.reading.unreadable import Unreadable

_GROUP_BYTES = 16 << 20
_GROUP_ROWS = 122_880
_HARMLESS_BYTES = 1 << 30
_RATIO = 1_000  # by which such files may grow: a column of one value takes next to nothing


def spool(source: Source, folder: Path) -> None:
    """Have the source read from a Parquet file with the types that its rows have.

    Its count is then what the file itself says, without having been read; of a head, which
    has about that much, what is in the head. A column with times finer than a microsecond,
    which tables have not, becomes text. Unreadable refuses the source; NoSpace.
    """
    from headwater.reading.typed.values import TooFine  # noqa: PLC0415 - it stands on an extra

    reader, texts = typed_reader(source.found.format), frozenset[str]()
    path = folder / f"spool-{source.place}.parquet"
    while True:
        rows = reader.typed_rows(source.path, source.found.columns, texts)
        try:
            whole = _write(rows, source, path)
        except TooFine as fine:
            texts |= {fine.column}
        else:
            break
    source.path = path
    if whole:
        source.counted = rows.count
    else:
        source.cut_bytes = source.head_bytes


def _write(rows: TypedRows, source: Source, path: Path) -> bool:
    """Write the rows, or the head that is wanted of them; whether these are all."""
    import pyarrow as pa  # noqa: PLC0415 - an extra
    from pyarrow import parquet  # noqa: PLC0415 - the same

    most = max(_HARMLESS_BYTES, _RATIO * source.input.size_bytes)
    written = 0
    with path.open("wb") as file:
        try:
            with parquet.ParquetWriter(file, rows.schema, write_statistics=False) as writer:
                for group in _groups(rows.batches):
                    writer.write_table(pa.Table.from_batches(group, rows.schema))
                    written += sum(batch.nbytes for batch in group)
                    point("src.mid")
                    if written > most:
                        raise _bomb()
                    if source.head_bytes is not None and written >= source.head_bytes:
                        return False
        except OSError as error:
            raise translated(error) from error
    return True


def _groups(batches: Iterator[Any]) -> Iterator[list[Any]]:
    """Batches gathered to what a row group holds."""
    held, size, rows = list[Any](), 0, 0
    for batch in batches:
        held.append(batch)
        size += batch.nbytes
        rows += batch.num_rows
        if size >= _GROUP_BYTES or rows >= _GROUP_ROWS:
            yield held
            held, size, rows = [], 0, 0
    if held:
        yield held


def _bomb() -> Unreadable:
    return Unreadable("ratio", f"it unpacks to more than {_RATIO:,} times its size, as a bomb does")
