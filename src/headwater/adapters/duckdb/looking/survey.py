"""A look at a file, for the first version of a feed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from headwater.adapters.duckdb.convert import convert
from headwater.adapters.duckdb.looking.refused import unreadable
from headwater.adapters.duckdb.sources.source import found_as
from headwater.errors import SourceMissing, SourceUnreadable
from headwater.model.amount import counted
from headwater.model.clock import utc_now
from headwater.model.confirm import confirmed
from headwater.model.feed import Feed, Format, OnBadValue, OnNewColumn
from headwater.model.ids import ArrivalId, AttemptId, Key
from headwater.model.manner import Manner
from headwater.model.types import Schema
from headwater.ports.engine import Fate, Input, Job, Survey
from headwater.reading.manner import manner_of
from headwater.reading.source import source_stamp
from headwater.reading.unreadable import Unreadable
from headwater.reading.workbook.table import sheets_of
from headwater.room import Room


def survey(location: str, feed: Feed) -> Survey:
    """Convert the file into a folder that is thrown away, and say what came of it."""
    path = Path(location)
    try:
        status = path.stat()
        found = found_as(path, feed)
        manner = _alone(manner_of(found), path)
    except FileNotFoundError as gone:
        raise SourceMissing(f"{path} is not there", hint="check the path") from gone
    except OSError as error:
        raise SourceUnreadable(f"{path} cannot be read: {error.strerror}") from error
    except Unreadable as refusal:
        raise unreadable(str(path), refusal.cause) from refusal
    seen = Input(
        ArrivalId("survey"), Key(path.name), str(path), status.st_size, source_stamp(status), None,
        utc_now(),
    )  # fmt: skip
    with Room() as folder:
        bare = replace(
            confirmed(feed, manner),
            partition=(),
            on_new_column=OnNewColumn.ADD,
            on_bad_value=OnBadValue.QUARANTINE,
        )
        job = Job(
            attempt=AttemptId("survey-1"), feed=bare, inputs=(seen,), table_schema=Schema(),
            table_location=f"{folder}/table", refusals_location=f"{folder}/refused",
            scratch=f"{folder}/scratch",
        )  # fmt: skip
        conversion = convert(job, lambda _: None)
    (result,) = conversion.results
    if result.fate is not Fate.READ and result.cause is not None:
        raise unreadable(str(path), result.cause)
    refused = result.books.quarantined
    rows = counted(result.books.counted, "row")
    notes = (f"{refused:,} of its {rows} would be refused",) if refused else ()
    return Survey(
        format=found.format,
        compression=found.compression.value,
        delimiter=found.dialect.delimiter if found.dialect else None,
        schema=conversion.schema,
        notes=(*result.notes, *conversion.notes, *notes),
        reasons=found.reasons,
        manner=manner,
    )


def _alone(manner: Manner, path: Path) -> Manner:
    """The only sheet of a workbook need not be named."""
    if manner.format is not Format.EXCEL or len(sheets_of(path)) > 1:
        return manner
    return replace(manner, selection=replace(manner.selection, sheet=None))
