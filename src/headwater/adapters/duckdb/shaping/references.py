"""Tables and files that steps and checks look into, as something that can be joined."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from sqlglot import exp

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.asking.view import view_of
from headwater.adapters.duckdb.rounds import rounds_of
from headwater.adapters.duckdb.shaping.base import TypedFile
from headwater.adapters.duckdb.sources.relation import Reader
from headwater.errors import EngineRefused
from headwater.model.feed import Feed
from headwater.model.ids import ArrivalId, Key
from headwater.model.steps import Join
from headwater.model.types import Schema
from headwater.ports.engine import Input, Job, Lookup
from headwater.reading.source import source_stamp
from headwater.shape.rows import Reference, columns
from headwater.shape.table import PROVENANCE


def references_of(
    job: Job, connection: duckdb.DuckDBPyConnection, reader: Reader
) -> dict[str, Reference]:
    """What the job's steps and checks look into, by the names that they use."""
    library = _Library(job, connection, reader)
    found = {each.name: library.open(number, each) for number, each in enumerate(job.lookups)}
    for step in job.feed.steps:
        if isinstance(step, Join):
            library.require_single(step, found[step.table or step.file or ""])
    return found


@dataclass(frozen=True, slots=True)
class _Library:
    job: Job
    connection: duckdb.DuckDBPyConnection
    reader: Reader

    def open(self, number: int, lookup: Lookup) -> Reference:
        """Make it a view with a name of its own."""
        if lookup.snapshot is None:
            select, names = self._file(number, lookup)
        else:
            names = tuple(name for name in lookup.snapshot.schema.names() if name != PROVENANCE)
            select = view_of(lookup.snapshot, lookup.location)
            if lookup.without:
                gone = ", ".join(map(quote.text, lookup.without))
                select = f"SELECT * FROM ({select}) WHERE {PROVENANCE} NOT IN ({gone})"
        view = f"headwater lookup {number}"
        self.connection.execute(f"CREATE OR REPLACE TEMP VIEW {quote.name(view)} AS {select}")
        query = exp.select(*columns(names)).from_(exp.to_table(view, quoted=True))
        return Reference(query, names)

    def require_single(self, step: Join, there: Reference) -> None:
        """EngineRefused if a key is there twice: rows would become several."""
        known = {name.lower(): name for name in there.columns}
        keys = [known[name.lower()] for _, name in step.on if name.lower() in known]
        if len(keys) < len(step.on):
            return  # which column is missing, the step itself says
        listed = ", ".join(map(quote.name, keys))
        is_whole = " AND ".join(f"{quote.name(key)} IS NOT NULL" for key in keys)
        row = self.connection.execute(
            f"SELECT {listed} FROM ({there.query.sql('duckdb')}) WHERE {is_whole} "
            f"GROUP BY {listed} HAVING count(*) > 1 LIMIT 1"
        ).fetchone()
        if row is not None:
            shown = ", ".join(f"{key} {value!r}" for key, value in zip(keys, row, strict=True))
            name = step.table or step.file
            raise EngineRefused(
                f"step join of feed {self.job.feed.name}: {name} has {shown} more than once, "
                "so that a row would become several",
                hint=f"join by a key that {name} has once, or make a table of it that has",
            )

    def _file(self, number: int, lookup: Lookup) -> tuple[str, tuple[str, ...]]:
        """A file is read as any other, and every record of it must be fit."""
        path = Path(lookup.location)
        if not path.is_file():
            raise EngineRefused(
                f"step join of feed {self.job.feed.name}: there is no file {lookup.name}",
                hint="see that the path is right as seen from the folder of headwater.yaml",
            )
        scratch = Path(self.job.scratch) / f"lookup-{number}"
        scratch.mkdir()
        rounds = rounds_of(self._job(path, lookup, scratch), self.reader, self.connection)
        rounds.begin()
        typed = rounds.run(TypedFile(self.connection, rounds.batch.job))
        refused = sum(staged.refused for staged in typed.staged.values())
        whole = rounds.batch.results.get(0)
        if typed.made is None or refused or whole is not None:
            cause = (
                whole.cause.message if whole and whole.cause else f"{refused:,} rows are refused"
            )
            raise EngineRefused(
                f"step join of feed {self.job.feed.name}: {lookup.name} cannot be used: {cause}",
                hint=f"headwater peek {lookup.name} shows what is wrong with it",
            )
        files = quote.texts(str(path) for path in typed.made.paths)
        return f"SELECT * FROM read_parquet({files})", typed.plan.schema().names()

    def _job(self, path: Path, lookup: Lookup, scratch: Path) -> Job:
        feed = Feed(self.job.feed.name, ("*",), self.job.feed.table)
        return replace(
            self.job,
            feed=feed,
            inputs=(
                Input(
                    ArrivalId("lookup"),
                    Key(lookup.name),
                    str(path),
                    path.stat().st_size,
                    source_stamp(path.stat()),
                    None,
                    datetime.now(UTC),
                ),
            ),
            table_schema=Schema(),
            scratch=str(scratch),
            usual=(),
            lookups=(),
        )
