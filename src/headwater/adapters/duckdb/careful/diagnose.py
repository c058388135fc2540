"""After the fast path failed: which sources are to blame, and what the values really are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import duckdb

from headwater.adapters.duckdb.batch import Batch
from headwater.adapters.duckdb.columns.plan import Plan
from headwater.adapters.duckdb.columns.project import raw_cells, tolerant
from headwater.adapters.duckdb.columns.widening import Trial
from headwater.adapters.duckdb.fault import first_line, translated
from headwater.adapters.duckdb.sources.relation import Group
from headwater.adapters.duckdb.sources.source import Source, Way
from headwater.adapters.duckdb.sources.virtual import TooManyPieces
from headwater.errors import NoSpace
from headwater.model.arrival import Cause
from headwater.model.feed import Format
from headwater.reading.unreadable import Unreadable

_MORE = 8


def diagnose(batch: Batch) -> None:
    """Look at every value of every source, and set aside what has to be read carefully."""
    batch.forget()
    for group in batch.fast:
        _look(batch, group)
    batch.turn_away()
    batch.look_carefully()


def _look(batch: Batch, group: Group) -> None:
    if group.shape.json:
        bad = _isolate(batch, group.sources, lambda sources: _keys(batch, group, sources))
        _set_aside(batch, group, bad)
    if group.sources and group.shape.format is not Format.PARQUET:
        bad = _isolate(batch, group.sources, lambda sources: _values(batch, group, sources))
        _set_aside(batch, group, bad)
    if group.sources and (trial := batch.trial(group.shape)) is not None:
        bad = _isolate(batch, group.sources, lambda sources: _grown(batch, trial, sources))
        _set_aside(batch, group, bad)
    if group.sources:
        bad = _isolate(batch, group.sources, lambda sources: _misfits(batch, group, sources))
        _set_aside(batch, group, bad)


def _set_aside(batch: Batch, group: Group, bad: dict[int, str]) -> None:
    """Take sources out of a group: Parquet that cannot be read is refused, text read carefully."""
    for place, said in bad.items():
        if place not in batch.sources:
            continue
        if group.shape.format is Format.PARQUET and said:
            batch.refuse(place, Cause("parquet", f"it is no sound Parquet file: {said}"))
        else:
            batch.distrust([place])
    notice(batch)
    group.sources = [
        source
        for source in group.sources
        if source.place in batch.sources and source.place not in bad
        and source.place not in batch.reader.findings.unsound
    ]  # fmt: skip


def notice(batch: Batch) -> bool:
    """Act on what the streams noticed; whether anything was news."""
    findings = batch.reader.findings
    news = batch.distrust(findings.unsound)
    for place in findings.large:
        source = batch.sources.get(place)
        if source is not None and source.way is Way.JOINED:
            source.way = Way.PIECES
            shape = batch.shapes[place]
            batch.shapes[place] = replace(shape, newline=source.dialect.newline)
            news = True
    for place, refusal in list(findings.refused.items()):
        if place in batch.sources:
            batch.refuse(place, refusal.cause)
            news = True
    return news


def _isolate(
    batch: Batch, sources: list[Source], ask: Callable[[list[Source]], set[int]]
) -> dict[int, str]:
    """Ask about all; where that fails about halves, until who fails is known."""
    if not sources:
        return {}
    findings = batch.reader.findings
    sources = [s for s in sources if s.place not in {*findings.unsound, *findings.refused}]
    try:
        return dict.fromkeys(ask(sources), "") if sources else {}
    except (duckdb.Error, Unreadable) as error:
        if isinstance(translated(error), NoSpace) or isinstance(error, duckdb.OutOfMemoryException):
            raise
        faults = batch.reader.faults
        batch.reader.drop(hurried=True)
        if any(isinstance(fault, TooManyPieces) for fault in faults):
            batch.reader.factor *= _MORE
            return _isolate(batch, sources, ask)
        if len(sources) == 1:
            return {sources[0].place: first_line(error)}
    half = len(sources) // 2
    return {
        **_isolate(batch, sources[:half], ask),
        **_isolate(batch, sources[half:], ask),
    }


def _keys(batch: Batch, group: Group, sources: list[Source]) -> set[int]:
    """All keys of JSON lines, and the sources of which a line is no sound object."""
    part = Group(group.shape, sources)
    relation = batch.reader.records(part)
    twins = "len(json_keys(line)) != len(list_distinct(json_keys(line)))"
    rows = batch.connection.execute(
        "SELECT _arrival, list(DISTINCT keys), bool_or(odd) FROM ("
        "SELECT _arrival, json_keys(line) AS keys, "
        f"json_type(line) != 'OBJECT' OR {twins} AS odd "
        f"FROM ({relation}) WHERE line IS NOT NULL) GROUP BY _arrival"
    ).fetchall()
    batch.reader.drop()
    odd = {row[0] for row in rows if row[2]}
    places = {source.input.arrival: source.place for source in sources}
    found = {
        places[arrival]: dict.fromkeys(key for keys in sets for key in keys)
        for arrival, sets, is_odd in rows
        if not is_odd
    }
    batch.set_keys(group, found)
    return {source.place for source in sources if source.input.arrival in odd}


def _values(batch: Batch, group: Group, sources: list[Source]) -> set[int]:
    """Evidence of every column; nothing is to blame but what cannot be read."""
    found = batch.observe(Group(group.shape, sources))
    batch.add(found)
    return set()


def _grown(batch: Batch, trial: Trial, sources: list[Source]) -> set[int]:
    """What the values of columns are that may become wider; nobody is to blame for it."""
    places = {source.input.arrival: source.place for source in sources}
    raw = raw_cells(trial.shape, trial.plan)
    relation = batch.reader.cells(Group(trial.shape, sources), raw)
    asked = trial.question(batch.job.feed, relation)
    rows = batch.connection.execute(asked).fetchall()
    batch.reader.drop()
    batch.growth |= {places[row[0]]: trial.answer(row) for row in rows}
    return set()


def _misfits(batch: Batch, group: Group, sources: list[Source]) -> set[int]:
    """Sources with values that do not fit a column whose type stands, or with too few rows."""
    packed = group.shape.format is Format.PARQUET
    standing = batch.plan() if packed else _standing(batch)
    part = Group(group.shape, sources)
    relation = batch.reader.cells(part, raw_cells(group.shape, standing))
    rows = tolerant(group.shape, standing, batch.job.feed, relation)
    fit = " AND ".join(f"ok{n}" for n in range(len(standing.targets))) or "true"
    # Of Parquet only the columns that are asked for are read: all are, so that damage is found.
    whole = ", max(hash(r))" if packed else ""
    answers = batch.connection.execute(
        f"SELECT _arrival, count(*), count(*) FILTER (NOT ({fit})){whole} FROM ({rows}) r "
        "GROUP BY _arrival"
    ).fetchall()
    batch.reader.drop()
    seen = {row[0]: (row[1], row[2]) for row in answers}
    return {source.place for source in sources if _is_odd(batch, source, seen)}


def _is_odd(batch: Batch, source: Source, seen: dict[str, tuple[int, int]]) -> bool:
    rows, misfits = seen.get(source.input.arrival, (0, 0))
    return misfits > 0 or rows != counted(batch, source)


def counted(batch: Batch, source: Source) -> int | None:
    """The independent count of a source's records."""
    if source.counted is not None:
        return source.counted
    return batch.reader.findings.counts.get(source.place)


def _standing(batch: Batch) -> Plan:
    """The columns whose types do not depend on this batch's values; times may have zones."""
    folded = batch.known_columns()
    return Plan(
        tuple(
            replace(target, zones=True)
            for target in batch.plan().targets
            if target.name.lower() in folded
        )
    )
