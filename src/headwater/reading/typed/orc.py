"""ORC files, read a few thousand rows at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import dataset, orc

from headwater.model.amount import counted as amount
from headwater.reading.typed.batches import TypedRows
from headwater.reading.typed.values import settled, settled_type
from headwater.reading.unreadable import Unreadable

_ROWS = 16_384
_BROKEN = (pa.ArrowException, OSError, ValueError)


def columns_of(path: Path) -> tuple[str, ...]:
    """The names of its columns, in their order. Unreadable: orc, columns."""
    return tuple(_opened(path).schema.names)


def typed_rows(path: Path, names: Sequence[str], texts: frozenset[str] = frozenset()) -> TypedRows:
    """All its rows with the types that they have in it, under these names.

    The count is that of the file's footer. Times are of microseconds; those of `texts` are
    text, to the nanosecond. Memory holds some rows of a stripe, packed and unpacked.
    While rows are taken, Unreadable (orc) tells behind which row the stripe begins that is
    damaged, and TooFine which column has to be among the `texts`.
    """
    file = _opened(path)
    kinds = [
        settled_type(field.type, as_text=name in texts)
        for name, field in zip(names, file.schema, strict=True)
    ]
    schema = pa.schema(list(zip(names, kinds, strict=True)))
    return TypedRows(schema, file.nrows, _batches(path, schema, file.nrows))


def _batches(path: Path, schema: Any, counted: int) -> Iterator[Any]:
    rows = 0
    try:
        for batch in _scanned(path):
            batch.validate(full=True)  # texts that are none would stop whoever reads them next
            columns = [
                settled(column, field.name, field.type)
                for column, field in zip(batch.columns, schema, strict=True)
            ]
            rows += batch.num_rows
            yield pa.RecordBatch.from_arrays(columns, schema=schema)
    except (*_BROKEN, KeyError) as error:
        raise _damaged(error, rows) from error
    if rows != counted:
        raise Unreadable(
            "orc",
            f"the ORC file is damaged: its end tells of {amount(counted, 'row')}, and it "
            f"holds {rows:,}; send it again whole",
        )


def _scanned(path: Path) -> Iterator[Any]:
    try:
        yield from (
            dataset.dataset(str(path), format="orc")
            .scanner(batch_size=_ROWS, batch_readahead=0, fragment_readahead=0, use_threads=False)
            .to_batches()
        )
    except _BROKEN as error:
        raise _damaged(error, _sound(path)) from error


def _sound(path: Path) -> int:
    """How many rows lie in the stripes before the first that cannot be read.

    The scanner reads ahead, and drops what it has read when it meets damage: how many rows
    came before it depends on who was faster.
    """
    rows = 0
    with suppress(*_BROKEN):
        file = orc.ORCFile(str(path))
        for stripe in range(file.nstripes):
            rows += file.read_stripe(stripe).num_rows
    return rows


def _opened(path: Path) -> Any:
    try:
        file = orc.ORCFile(str(path))
        names = file.schema.names
    except _BROKEN as error:
        raise _damaged(error) from error
    twin = next((name for name in names if names.count(name) > 1), None)
    if twin is not None:
        raise Unreadable("columns", f"it has two columns named {twin!r}; rename one of them")
    return file


def _damaged(error: Exception, rows: int | None = None) -> Unreadable:
    said = (str(error).strip().splitlines() or [type(error).__name__])[0]
    if "out of range for nanosecond" in said:
        return Unreadable(
            "orc",
            f"a time in it, behind row {rows or 0:,}, is before 1677 or after 2262, which "
            f"readers of ORC cannot hold ({said}); write that column as text",
        )
    where = "at its end" if rows is None else f"behind row {rows:,}"
    return Unreadable(
        "orc", f"the ORC file is damaged or cut {where} ({said}); send it again whole"
    )
