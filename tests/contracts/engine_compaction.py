"""What an engine promises of parts that it joins."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import pytest

from headwater.model.feed import PartitionBy
from headwater.model.part import Part
from headwater.model.progress import nobody
from headwater.model.types import TEXT, Column
from headwater.ports.engine import Compacting, Limits
from headwater.shape.table import table_schema
from tests.contracts.bench import feed_of, schema_of

TYPES = """\
{"i": 1, "big": 99999999999, "d": 1.25, "f": 1e300, "t": "x", "b": true,
 "day": "2024-02-29", "at": "2024-02-29T10:11:12.123456Z", "s": {"a": [1, 2], "b": null}}
"""


def named(described, rows):
    """Rows by name: the order of columns is not promised."""
    names = [column[0] for column in described]
    return [dict(zip(names, row, strict=True)) for row in rows]


class CompactionContract:
    """Many parts become one."""

    def compact(self, bench, *groups, schema, feed=None, attempt="c1-1"):
        task = Compacting(
            attempt, feed or feed_of(), str(bench.folder / "table"), schema, tuple(groups)
        )
        return bench.engine.compact(task, nobody)

    def schema(self, conversion, feed=None):
        return table_schema(feed or feed_of(), conversion.schema)

    def table(self, bench, part):
        file = str(bench.folder / "table" / part.path)
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            asked = connection.execute(
                "SELECT * FROM read_parquet(?, hive_partitioning = false)", [file]
            )
            return asked.description, asked.fetchall()

    def test_rows_and_types_stay_as_they_are_and_in_order(self, bench):
        made = [bench.convert("\n".join(TYPES.replace("\n", "") for _ in range(3))) for _ in "ab"]
        parts = tuple(conversion.parts[0] for conversion in made)
        before = [self.table(bench, part) for part in parts]

        done = self.compact(bench, parts, schema=self.schema(made[0]))

        (joined,) = done.joined
        described, rows = self.table(bench, joined.part)
        (as_before, first), (_, second) = before
        assert named(described, rows) == named(as_before, first + second)
        assert {column[:2] for column in described} == {column[:2] for column in as_before}
        assert joined.removed == tuple(part.path for part in parts)

    def test_rows_of_row_groups_of_uneven_sizes_keep_their_order(self, bench):
        sizes, first, parts = [200_000, 3, 130_000, 50_000, 1], 0, []
        for size in sizes:
            text = "n\n" + "".join(f"{first + n}\n" for n in range(size))
            parts += bench.convert(text, feed=feed_of(file_size_bytes=0)).parts
            first += size

        done = self.compact(bench, tuple(parts), schema=self.schema(bench.convert("n\n1\n")))

        (joined,) = done.joined
        described, rows = self.table(bench, joined.part)
        assert [row["n"] for row in named(described, rows)] == list(range(sum(sizes)))

    def test_a_joined_part_is_told_of_as_it_lies_there(self, bench):
        made = [bench.convert("v\n1\n2\n"), bench.convert("v\n3\n")]
        parts = tuple(conversion.parts[0] for conversion in made)

        (joined,) = self.compact(bench, parts, schema=self.schema(made[0])).joined

        file = bench.folder / "table" / joined.part.path
        assert (joined.part.rows, joined.part.size_bytes) == (3, file.stat().st_size)
        assert joined.part.first_arrival == parts[0].first_arrival
        assert joined.part.last_arrival == parts[1].last_arrival
        assert len(joined.part.sha256) == 64

    def test_each_group_becomes_one_part_of_its_partition(self, bench):
        feed = feed_of(partition=(PartitionBy("region", "column", "region"),))
        texts = ["region,v\nnord,1\nsüd,2\n", "region,v\nnord,3\nsüd,4\n"]
        made = [bench.convert(text, feed=feed) for text in texts]
        groups = {}
        for part in (part for conversion in made for part in conversion.parts):
            groups.setdefault(part.partition, []).append(part)

        done = self.compact(
            bench, *map(tuple, groups.values()), schema=self.schema(made[0], feed), feed=feed
        )

        rows = {each.part.partition: self.table(bench, each.part) for each in done.joined}
        assert {of: [row["v"] for row in named(*found)] for of, found in rows.items()} == {
            (("region", "nord"),): [1, 3],
            (("region", "süd"),): [2, 4],
        }
        assert all("region=" in each.part.path for each in done.joined)

    def test_columns_that_a_part_lacks_are_null_in_its_rows(self, bench):
        made = [bench.convert("v\n1\n"), bench.convert("v,w\n2,x\n")]
        parts = tuple(conversion.parts[0] for conversion in made)

        (joined,) = self.compact(bench, parts, schema=self.schema(made[1])).joined

        described, rows = self.table(bench, joined.part)
        assert [row["w"] for row in named(described, rows)] == [None, "x"]

    def test_a_column_that_no_part_has_is_null(self, bench):
        made = [bench.convert("v\n1\n"), bench.convert("v\n2\n")]
        parts = tuple(conversion.parts[0] for conversion in made)
        schema = self.schema(made[0]).plus((Column("later", TEXT),))

        (joined,) = self.compact(bench, parts, schema=schema).joined

        assert joined.part.rows == 2

    @pytest.mark.parametrize("harm", ["gone", "flipped", "longer"])
    def test_a_group_with_a_damaged_part_is_left_as_it_is(self, bench, harm):
        made = [bench.convert(f"v\n{n}\n").parts[0] for n in range(4)]
        file = bench.folder / "table" / made[0].path
        body = bytearray(file.read_bytes())
        body[10] ^= 1
        changed = {"gone": None, "flipped": bytes(body), "longer": file.read_bytes() + b"x"}[harm]
        file.unlink()
        if changed is not None:
            file.write_bytes(changed)

        schema = self.schema(bench.convert("v\n9\n"))
        done = self.compact(bench, tuple(made[:2]), tuple(made[2:]), schema=schema)

        assert done.damaged == (made[0].path,)
        assert [each.removed for each in done.joined] == [tuple(p.path for p in made[2:])]

    def test_wide_rows_take_no_more_memory_than_is_given(self, bench):
        folder, parts = bench.folder / "table", []
        folder.mkdir()
        for n in range(4):
            file = folder / f"part-m{n}-1-0.parquet"
            duckdb.sql(
                "select repeat(md5(range::varchar), 160) as v, 'a' as _arrival from range(10_000)"
            ).write_parquet(str(file), row_group_size=2048, compression="zstd")
            parts.append(Part(file.name, 10_000, file.stat().st_size, (), None, "a", "a"))
        schema = table_schema(feed_of(), schema_of(v="text"))

        task = Compacting(
            "c1-1", feed_of(), str(folder), schema, (tuple(parts),), Limits(memory_bytes=96_000_000)
        )
        (joined,) = bench.engine.compact(task, nobody).joined

        assert joined.part.rows == 40_000  # 200 MB of text

    def test_a_part_whose_hash_nobody_knows_is_joined(self, bench):
        made = [replace(bench.convert(f"v\n{n}\n").parts[0], sha256=None) for n in range(2)]

        done = self.compact(bench, tuple(made), schema=self.schema(bench.convert("v\n9\n")))

        assert [each.part.rows for each in done.joined] == [2]
