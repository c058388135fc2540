"""A look at a file, for the first version of a feed."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from headwater.adapters.duckdb.convert import convert
from headwater.adapters.duckdb.source import found_as
from headwater.errors import SourceMissing, SourceUnreadable
from headwater.model.clock import utc_now
from headwater.model.feed import Feed, OnBadValue, OnNewColumn
from headwater.model.ids import ArrivalId, AttemptId, Key
from headwater.model.types import Schema
from headwater.ports.engine import Fate, Input, Job, Survey
from headwater.reading.source import source_stamp
from headwater.reading.unreadable import Unreadable


def survey(location: str, feed: Feed) -> Survey:
    """Convert the file into a folder that is thrown away, and say what came of it."""
    path = Path(location)
    try:
        status = path.stat()
        found = found_as(path, feed)
    except FileNotFoundError as gone:
        raise SourceMissing(f"{path} is not there", hint="check the path") from gone
    except OSError as error:
        raise SourceUnreadable(f"{path} cannot be read: {error.strerror}") from error
    except Unreadable as refusal:
        raise SourceUnreadable(f"{path}: {refusal.cause.message}") from refusal
    seen = Input(
        ArrivalId("survey"), Key(path.name), str(path), status.st_size, source_stamp(status), None,
        utc_now(),
    )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="headwater-survey-") as folder:
        bare = replace(
            feed, partition=(), on_new_column=OnNewColumn.ADD, on_bad_value=OnBadValue.QUARANTINE
        )
        job = Job(
            attempt=AttemptId("survey-1"), feed=bare, inputs=(seen,), table_schema=Schema(),
            table_location=f"{folder}/table", refusals_location=f"{folder}/refused",
            scratch=f"{folder}/scratch",
        )  # fmt: skip
        conversion = convert(job, lambda _: None)
    (result,) = conversion.results
    if result.fate is not Fate.READ and result.cause is not None:
        raise SourceUnreadable(f"{path}: {result.cause.message}")
    refused = result.books.quarantined
    notes = (f"{refused} of its {result.books.counted} rows would be refused",) if refused else ()
    return Survey(
        format=found.format,
        compression=found.compression.value,
        delimiter=found.dialect.delimiter if found.dialect else None,
        schema=conversion.schema,
        notes=(*result.notes, *conversion.notes, *notes),
    )
