"""A job from beginning to end: at full speed while nothing is wrong, and carefully where it is."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from headwater.adapters.duckdb.laid import Layout
from headwater.adapters.duckdb.outcome import conversion_of
from headwater.adapters.duckdb.process.progress import watching
from headwater.adapters.duckdb.rounds import rounds_of
from headwater.adapters.duckdb.session import session
from headwater.adapters.duckdb.sources.relation import Reader
from headwater.adapters.duckdb.sources.virtual import VirtualFiles
from headwater.model.progress import Watch
from headwater.ports.engine import Conversion, Job


def convert(job: Job, watch: Watch) -> Conversion:
    """Convert a job's files; leave nothing in the scratch folder."""
    scratch = Path(job.scratch)
    shutil.rmtree(scratch, ignore_errors=True)  # of a child that died over the same job
    scratch.mkdir(parents=True)
    virtual = VirtualFiles()
    try:
        with session(job.limits, scratch, partitioned=bool(job.feed.partition)) as connection:
            connection.register_filesystem(virtual)
            reader = Reader(virtual, job.limits, connection.interrupt, scratch)
            with watching(connection, reader, job, watch):
                return _converted(job, reader, connection)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _converted(job: Job, reader: Reader, connection: duckdb.DuckDBPyConnection) -> Conversion:
    if job.feed.steps or job.feed.checks or job.feed.takes:
        # Brings the parser of SQL, which takes longer to load than a small file to convert.
        from headwater.adapters.duckdb.shaping.conversion import shaped  # noqa: PLC0415 - as said

        return shaped(job, reader, connection)
    rounds = rounds_of(job, reader, connection)
    layout = Layout(job, connection, reader, rounds.batch)
    rounds.begin()
    return conversion_of(rounds.batch, rounds.run(layout), layout.destination)
