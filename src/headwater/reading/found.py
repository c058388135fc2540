"""What a file was found to be, and what has to be known of it to read its records."""

from __future__ import annotations

from dataclasses import dataclass, field

from headwater.model.feed import Format, Selection
from headwater.reading.delimited.candidates import Candidate
from headwater.reading.delimited.dialect import Dialect
from headwater.reading.dump.tables import DumpTable
from headwater.reading.fixed.declared import FixedLayout
from headwater.reading.json.wrapped import Wrapped
from headwater.reading.log.patterns import LogPattern
from headwater.reading.packing.magic import Compression
from headwater.reading.packing.wrapping import Wrapping


@dataclass(frozen=True, slots=True)
class Found:
    """What a file was found to be."""

    format: Format  # never AUTO
    compression: Compression
    dialect: Dialect | None = None  # of a delimited text
    columns: tuple[str, ...] = ()  # where the start of a file tells: cleaned names in file order
    originals: tuple[str, ...] = ()  # the names as the file has them
    notes: tuple[str, ...] = ()
    wrapping: Wrapping = field(default_factory=Wrapping)  # what to take off for its text
    reasons: tuple[str, ...] = ()  # why it is taken to be so
    candidates: tuple[Candidate, ...] = ()  # the delimiters that were tried, the best first
    rows: FixedLayout | LogPattern | DumpTable | Wrapped | Selection | None = None  # where they are

    @property
    def wrapped(self) -> Wrapped | None:
        """Where in JSON its rows are, if they are in a list with objects around it."""
        return self.rows if isinstance(self.rows, Wrapped) else None


def overruled(declared: Format, found: Format) -> tuple[str, ...]:
    """A note, where the content is something else than the feed declares."""
    if declared in {Format.AUTO, found}:
        return ()
    return (f"declared as {declared} and read as {found}, which its content is",)
