"""What a job came to, once a round of it holds: parts, refusals, and the books of each file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import duckdb

from headwater.adapters.duckdb.batch import Batch
from headwater.adapters.duckdb.careful.diagnose import counted
from headwater.adapters.duckdb.careful.path import Staged
from headwater.adapters.duckdb.careful.refusals import Refusals, Refused
from headwater.adapters.duckdb.columns.plan import Plan
from headwater.adapters.duckdb.parts.doubled import doubled
from headwater.adapters.duckdb.parts.write import Destination, Draft, publish
from headwater.adapters.duckdb.sources.source import Source
from headwater.model import amount
from headwater.model.feed import OnBadValue
from headwater.model.manner import gathered
from headwater.model.receipt import Books
from headwater.model.types import TIMESTAMP, Column
from headwater.ports.engine import Conversion, Fate, InputResult
from headwater.shape.table import RESCUED


@dataclass(slots=True)
class Round:
    """One try: what was written, and what became of the sources read carefully."""

    plan: Plan
    made: Draft | None
    staged: dict[int, Staged]
    refusals: Refusals
    steps: Mapping[str, Books] = field(default_factory=dict)  # of what they left out, by arrival


def conversion_of(batch: Batch, done: Round, destination: Destination) -> Conversion:
    """Give the parts and refusals their places, and say what became of each input."""
    job, plan = batch.job, done.plan
    results = _results(batch, done)
    parts = publish(done.made, destination) if done.made is not None else ()
    for each, result in zip(job.inputs, results, strict=True):
        if result.fate is Fate.REFUSED and result.cause is not None:
            cause = result.cause
            done.refusals.add(each, Refused(None, None, None, cause.code, cause.message))
    names = done.refusals.write(batch.connection, job.refusals_location, job.attempt)
    wider = batch.widenings(plan)
    return Conversion(
        results=results,
        parts=tuple(part for part in parts if part.rows),
        schema=job.table_schema.widened(wider).plus(_brought(batch, plan)),
        refusals=names,
        engine=f"duckdb {duckdb.__version__}, {'careful' if done.staged else 'fast'}",
        notes=tuple(f"column {name!r} has no value yet and is left out" for name in plan.empty),
        widened=wider,
        empty=plan.empty,
        manners=gathered(
            (source.input.key, source.manner)
            for source in batch.sources.values()
            if source.manner is not None
        ),
    )


def _brought(batch: Batch, plan: Plan) -> tuple[Column, ...]:
    """The columns of the plan; where all files are refused, those alone that need none of them."""
    columns = plan.schema().columns
    if any(result.fate is Fate.READ for result in batch.results.values()):
        return columns
    known = batch.known_columns()
    return tuple(column for column in columns if column.name.lower() in known)


def _results(batch: Batch, done: Round) -> tuple[InputResult, ...]:
    rows = done.made.rows if done.made is not None else {}
    changes, doubts = batch.changes(done.plan), _doubts(batch, done)
    for place, source in sorted(batch.sources.items()):
        result = _result(batch, done, source, rows.get(source.input.arrival, 0))
        if result.fate is Fate.READ:
            notes = (*result.notes, *doubts.get(source.input.arrival, ()))
            result = replace(result, changes=changes.get(place, result.changes), notes=notes)
        batch.results[place] = result
    return tuple(batch.results[place] for place in range(len(batch.job.inputs)))


def _doubts(batch: Batch, done: Round) -> dict[str, list[str]]:
    """What is said of times that may be others than they were meant to be."""
    if done.made is None:
        return {}
    columns = [each.name for each in done.plan.schema().columns if each.type == TIMESTAMP]
    return doubled(batch.connection, done.made, batch.job.feed.timezone, columns)


def _result(batch: Batch, done: Round, source: Source, written: int) -> InputResult:
    staged = done.staged.get(source.place)
    arrival, notes = source.input.arrival, list(source.notes)
    if staged is None:
        books = Books(counted=counted(batch, source) or 0, written=written)
        return InputResult(
            arrival,
            Fate.READ,
            books + done.steps.get(arrival, Books()),
            notes=tuple(notes),
            reasons=done.refusals.reasons(source.input),
            head_bytes=source.cut_bytes,
        )
    notes += staged.notes
    if staged.cause is not None:
        return InputResult(arrival, Fate.REFUSED, cause=staged.cause, notes=tuple(notes))
    if staged.nulled:
        kept = batch.job.feed.on_bad_value is OnBadValue.RESCUE
        what = f"rescued into {RESCUED}" if kept else "made null"
        values = amount.counted(staged.nulled, "value")
        notes.append(f"{values} that did not fit {amount.was(staged.nulled)} {what}")
    books = Books(counted=staged.counted, written=written, quarantined=staged.refused)
    return InputResult(
        arrival,
        Fate.READ,
        books + done.steps.get(arrival, Books()),
        notes=tuple(notes),
        reasons=done.refusals.reasons(source.input),
        head_bytes=source.cut_bytes,
    )
