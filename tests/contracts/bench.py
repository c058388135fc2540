"""A bench for engines: files, jobs over them, and what came of these."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from headwater.model.feed import Feed, PartitionBy
from headwater.model.progress import nobody
from headwater.model.types import Column, Schema, parse_type
from headwater.ports.engine import Input, Job
from headwater.reading.source import source_stamp

LANDED = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
DAY = tuple(PartitionBy(part, part, "ts") for part in ("year", "month", "day"))


def feed_of(**settings):
    return Feed("sales", ("sales/**",), "sales", **settings)


def schema_of(**columns):
    """A schema from keyword arguments such as `id="bigint not null"`."""
    return Schema(
        tuple(
            Column(name, parse_type(text.removesuffix(" not null")), not text.endswith("not null"))
            for name, text in columns.items()
        )
    )


@dataclass
class Bench:
    """An engine, and a folder with the files that it is given."""

    engine: object
    folder: Path
    attempts: int = 0
    inputs: tuple = ()
    stamps: dict = field(default_factory=dict)

    def job(self, *contents, feed=None, table=None, records=None):
        self.attempts += 1
        paths = [self.put(place, content) for place, content in enumerate(contents)]
        self.inputs = tuple(
            Input(
                arrival=f"a{self.attempts:04}{place:08}",
                key=f"file {place}",
                location=str(path),
                size_bytes=path.stat().st_size,
                stamp=source_stamp(path.stat()),
                records=None if records is None else records[place],
                landed_at=LANDED,
            )
            for place, path in enumerate(paths)
        )
        return Job(
            attempt=f"m{self.attempts}-1",
            feed=feed or feed_of(),
            inputs=self.inputs,
            table_schema=table or Schema(),
            table_location=str(self.folder / "table"),
            refusals_location=str(self.folder / "refused"),
            scratch=str(self.folder / "scratch"),
        )

    def put(self, place, content):
        path = self.folder / f"raw-{self.attempts}-{place}"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def convert(self, *contents, **settings):
        conversion = self.engine.convert(self.job(*contents, **settings), nobody)
        for result in conversion.results:
            assert result.books.balanced
        return conversion

    def rows(self, conversion, columns="* EXCLUDE (_arrival)"):
        files = [str(self.folder / "table" / part.path) for part in conversion.parts]
        if not files:
            return []
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            return connection.execute(
                f"SELECT {columns} FROM read_parquet(?, hive_partitioning = false)", [files]
            ).fetchall()

    def refused(self, conversion):
        files = [str(self.folder / "refused" / name) for name in conversion.refusals]
        if not files:
            return []
        with duckdb.connect() as connection:
            return connection.execute(
                "SELECT key, line, column_name, raw, code FROM read_parquet(?) ORDER BY 1, 2",
                [files],
            ).fetchall()


def types_of(conversion):
    return {column.name: str(column.type) for column in conversion.schema.columns}


def column_of(*values):
    return "v\n" + "".join(f"{value}\n" for value in values)
