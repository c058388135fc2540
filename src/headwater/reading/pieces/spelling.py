"""Cells spelled so that any strict parser of delimited text reads them the same."""

from __future__ import annotations

from collections.abc import Sequence

COMMA = b","
_QUOTE = b'"'


def spelled(cell: bytes, delimiter: bytes = COMMA) -> bytes:
    """The cell, with quotes around it where its content asks for them."""
    if delimiter in cell or _QUOTE in cell or b"\n" in cell or b"\r" in cell:
        return b'"%b"' % cell.replace(_QUOTE, b'""')
    return cell


def spelled_column(cells: Sequence[bytes], delimiter: bytes = COMMA) -> Sequence[bytes]:
    """Many cells; which marks are among them is seen from all of them at once."""
    together = b"\x00".join(cells)
    if _QUOTE in together or b"\n" in together or b"\r" in together:
        return [spelled(cell, delimiter) for cell in cells]
    if delimiter in together:
        return [b'"%b"' % cell if delimiter in cell else cell for cell in cells]
    return cells
