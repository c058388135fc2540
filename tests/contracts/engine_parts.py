"""What an engine promises of parts: where they lie, what they say, what replaces them."""

from __future__ import annotations

import io
from hashlib import sha256

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from headwater.model.feed import PartitionBy
from headwater.model.types import Schema
from headwater.ports.engine import Rewriting
from tests.contracts.bench import DAY, feed_of

LONG = ("x" * 1_000, "\u00e9" * 34, "a/b " * 40, "two\nlines" * 30, "x" * 201)


class PartContract:
    """Parts, and parts written anew."""

    def test_parts_lie_in_padded_partition_folders_and_say_their_values(self, bench):
        text = "id,ts\n1,2025-04-02 10:00:00\n2,2025-11-30 23:59:59\n3,\n"

        conversion = bench.convert(text, feed=feed_of(partition=DAY))

        folders = {part.path.rpartition("/")[0]: dict(part.partition) for part in conversion.parts}
        null = "__HIVE_DEFAULT_PARTITION__"
        assert folders == {
            "year=2025/month=04/day=02": {"year": "2025", "month": "4", "day": "2"},
            "year=2025/month=11/day=30": {"year": "2025", "month": "11", "day": "30"},
            f"year={null}/month={null}/day={null}": dict.fromkeys(("year", "month", "day")),
        }

    def test_a_partition_value_is_kept_whatever_is_in_it(self, bench):
        regions = ["a/b", "..", "ü %=", "__HIVE_DEFAULT_PARTITION__", "04"]
        feed = feed_of(partition=(PartitionBy("month", "column", "month"),))

        conversion = bench.convert(
            "id,month\n" + "".join(f"{n},{r}\n" for n, r in enumerate(regions)), feed=feed
        )

        table = (bench.folder / "table").resolve()
        assert sorted(part.partition[0][1] for part in conversion.parts) == sorted(regions)
        for part in conversion.parts:
            assert (table / part.path).resolve().is_relative_to(table)

    def test_a_value_too_long_for_a_folder_gives_the_folder_its_hash_and_stays_what_it_is(
        self, bench
    ):
        hashed = f"sha256-{sha256(LONG[0].encode()).hexdigest()}"
        regions = [*LONG, hashed, "sha256-", "x" * 200, "x"]
        both = tuple(PartitionBy(name, "column", name) for name in ("region", "b"))

        conversion = bench.convert(
            "id,region,b\n" + "".join(f'{n},"{r}",{n % 2}\n' for n, r in enumerate(regions)),
            feed=feed_of(partition=both),
        )

        assert [result.books.written for result in conversion.results] == [len(regions)]
        found = {
            part.path.split("/")[0]: dict(part.partition)["region"] for part in conversion.parts
        }
        assert sorted(found.values()) == sorted(regions)
        assert found[f"region={hashed}"] == LONG[0]
        assert found["region=x"] == "x"
        assert all(len(folder) <= len("region=") + 200 for folder in found)

    def test_a_value_too_long_for_a_folder_is_read_carefully_as_well(self, bench):
        feed = feed_of(partition=(PartitionBy("region", "column", "region"),))

        conversion = bench.convert(
            f"id,region\n1,{LONG[0]}\n2,x,y\n3,{LONG[1]}\n", f"id,region\n4,{LONG[0]}\n", feed=feed
        )

        assert [result.books.quarantined for result in conversion.results] == [1, 0]
        rows = {part.partition[0][1]: part.rows for part in conversion.parts}
        assert rows == {LONG[0]: 2, LONG[1]: 1}

    def test_an_instant_that_names_a_partition_is_spelled_as_tables_are_read(self, bench):
        conversion = bench.convert(
            "id,ts\n1,2025-04-02T10:00:00.5+02:00\n2,\n",
            feed=feed_of(partition=(PartitionBy("ts", "column", "ts"),)),
        )

        found = {part.partition[0][1] for part in conversion.parts}
        assert found == {"2025-04-02 08:00:00.5", None}
        assert str(conversion.schema.find("ts").type) == "timestamp"

    @pytest.mark.parametrize("value", [{"a": 1}, [1], b"x"])
    def test_what_is_no_plain_value_names_no_partition(self, bench, value):
        held = io.BytesIO()
        pq.write_table(pa.table({"id": [1], "v": [value]}), held)

        conversion = bench.convert(
            held.getvalue(), feed=feed_of(partition=(PartitionBy("v", "column", "v"),))
        )

        (result,) = conversion.results
        assert result.cause.code == "partition"
        assert "no name for a folder" in result.cause.message

    def test_a_file_without_the_partitions_column_is_refused_and_not_its_neighbour(self, bench):
        conversion = bench.convert(
            "id\n1\n",
            "id,ts\n2,2025-01-01\n",
            "year,ts\n1,2025-01-01\n",
            feed=feed_of(partition=DAY),
        )

        codes = [result.cause and result.cause.code for result in conversion.results]
        assert codes == ["partition", None, "reserved"]
        assert bench.rows(conversion, "id") == [(2,)]

    def test_parts_tell_their_rows_size_hash_and_arrivals(self, bench):
        conversion = bench.convert("a\n1\n2\n", "a\n3\n")

        (part,) = conversion.parts
        first, second = (each.arrival for each in bench.inputs)
        path = bench.folder / "table" / part.path
        assert part.path.startswith("part-m1-1-0000")
        assert (part.rows, part.size_bytes) == (3, path.stat().st_size)
        assert len(part.sha256) == 64
        assert (part.first_arrival, part.last_arrival) == (first, second)
        assert max(bench.rows(conversion, "_arrival, a")) == (second, 3)

    def test_no_attempt_touches_what_another_wrote(self, bench):
        kept = bench.convert("a\n1\n")
        before = (bench.folder / "table" / kept.parts[0].path).read_bytes()

        bench.convert("a\n1\n")

        assert (bench.folder / "table" / kept.parts[0].path).read_bytes() == before
        assert not (bench.folder / "scratch").exists()

    def test_parts_are_written_anew_without_replaced_rows(self, bench):
        feed = feed_of(partition=(PartitionBy("r", "column", "r"),))
        conversion = bench.convert("a,r\n1,x\n2,y\n", "a,r\n3,x\n", feed=feed)
        gone = bench.inputs[0].arrival

        rewritten = bench.engine.rewrite(
            Rewriting(
                "m9-1", feed, str(bench.folder / "table"), Schema(), conversion.parts, (gone,)
            )
        )

        assert rewritten.rows_removed == 2
        assert set(rewritten.removed) == {part.path for part in conversion.parts}
        (part,) = rewritten.parts
        assert part.path.startswith("r=x/part-m9-1-")
        assert (part.rows, part.partition) == (1, (("r", "x"),))

    def test_parts_without_replaced_rows_stay_as_they_are(self, bench):
        conversion = bench.convert("a\n1\n")

        rewritten = bench.engine.rewrite(
            Rewriting(
                "m9-1", feed_of(), str(bench.folder / "table"), Schema(), conversion.parts, ("b",)
            )
        )

        assert (rewritten.removed, rewritten.parts, rewritten.rows_removed) == ((), (), 0)
