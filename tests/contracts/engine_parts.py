"""What an engine promises of parts: where they lie, what they say, what replaces them."""

from __future__ import annotations

from headwater.model.feed import PartitionBy
from headwater.model.types import Schema
from headwater.ports.engine import Rewriting
from tests.contracts.bench import DAY, feed_of


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
