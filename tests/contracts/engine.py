"""What an engine promises. Enrol with `engine` and `converted`, see EngineBench.

Expectations come from Python's csv and json modules, and from the files as they were made.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from headwater.model.feed import Feed, OnBadValue, OnNewColumn, PartitionBy, Tolerance, Types
from headwater.model.progress import nobody
from headwater.model.types import Column, Schema, parse_type
from headwater.ports.engine import Fate, Input, Job, Rewriting
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


class EngineContract:
    @pytest.fixture
    def bench(self, engine, tmp_path):
        return Bench(engine, tmp_path)

    # Values

    def test_every_value_of_a_clean_csv_is_the_reference_parsers(self, bench):
        text = 'id,name,note\n1,"Ann, B","say ""hi"""\n2,Bo,"two\nlines"\n3,Çé,plain\n'

        conversion = bench.convert(text)

        expected = [(int(i), n, t) for i, n, t in list(csv.reader(io.StringIO(text)))[1:]]
        assert sorted(bench.rows(conversion)) == expected

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_line_ends_are_no_part_of_a_value(self, bench, end):
        conversion = bench.convert(end.join(["a,b", "1,x", "2,y"]) + end)

        assert sorted(bench.rows(conversion)) == [(1, "x"), (2, "y")]

    @pytest.mark.parametrize(
        ("values", "kind"),
        [
            (("1", "-2", "9223372036854775807"), "bigint"),
            (("00123", "5"), "text"),
            (("+5", "6"), "text"),
            (("-0", "1"), "text"),
            (("1e5", "2"), "text"),
            (("0x1F", "2"), "text"),
            (("1_000", "2"), "text"),
            (("9223372036854775808", "1"), "decimal(38,0)"),
            (("1" * 39, "1"), "text"),
            (("1.50", "12.25"), "decimal(18,2)"),
            (("1.5", "12.25", "3"), "decimal(18,2)"),
            (("0.123456789012", "12.3456"), "double"),
            (("NaN", "1.5"), "text"),
            (("inf", "1.5"), "text"),
            (("1.5.1", "1.5"), "text"),
            (("true", "false"), "boolean"),
            (("TRUE", "FALSE"), "boolean"),
            (("true", "FALSE"), "text"),
            (("yes", "no"), "text"),
            (("2024-02-29", "1999-12-31"), "date"),
            (("2024-02-30", "1999-12-31"), "text"),
            (("2024-1-2", "1999-12-31"), "text"),
            (("03/04/2024", "04/05/2024"), "text"),
            (("infinity", "2024-01-02"), "text"),
            (("2024-01-02 03:04:05", "2024-01-02T03:04:05.123456"), "timestamp"),
            (("2024-01-02T03:04:05Z", "2024-01-02 03:04:05+02:00"), "timestamp"),
            (("2024-01-02 03:04:05.123456789", "2024-01-02 03:04:05"), "text"),
            (("2024-01-02 24:00:00", "2024-01-02 03:04:05"), "text"),
            (("NA", "1"), "text"),
            (("NULL", "1"), "text"),
            ((" 1", "2"), "text"),
        ],
    )
    def test_a_type_is_inferred_only_if_every_value_survives(self, bench, values, kind):
        conversion = bench.convert(column_of(*values))

        assert types_of(conversion) == {"v": kind}
        if kind == "text":
            assert sorted(bench.rows(conversion)) == sorted((value,) for value in values)

    def test_a_value_that_the_sample_did_not_show_changes_the_type_of_all(self, bench):
        numbers = [str(n) for n in range(60_000)]

        conversion = bench.convert(column_of(*numbers[:50_000], "x7", *numbers[50_000:]))

        assert types_of(conversion) == {"v": "text"}
        assert len(bench.rows(conversion)) == 60_001

    def test_types_hold_over_the_whole_batch(self, bench):
        conversion = bench.convert("v\n1\n", "v\n2.5\n")

        assert sorted(bench.rows(conversion)) == [(Decimal("1.0"),), (Decimal("2.5"),)]

    def test_instants_are_read_in_the_feeds_timezone_unless_they_name_one(self, bench):
        text = column_of("2024-07-01 12:00:00", "2024-01-01T12:00:00Z")

        conversion = bench.convert(text, feed=feed_of(timezone="Europe/Berlin"))

        summer, winter = datetime(2024, 7, 1, 10, tzinfo=UTC), datetime(2024, 1, 1, 12, tzinfo=UTC)
        assert sorted(bench.rows(conversion)) == [(winter,), (summer,)]

    def test_an_hour_that_the_clocks_skipped_is_a_bad_value(self, bench):
        feed = feed_of(timezone="Europe/Berlin", schema=schema_of(v="timestamp"))

        conversion = bench.convert(
            column_of("2024-03-31 02:30:00", "2024-03-31 03:30:00"), feed=feed
        )

        assert [row[1] for row in bench.refused(conversion)] == [2]

    def test_a_column_without_any_value_waits_for_one(self, bench):
        conversion = bench.convert("a,b\n1,\n2,\n")

        assert types_of(conversion) == {"a": "bigint"}
        assert "'b'" in " ".join(conversion.notes)

    def test_columns_stay_text_where_the_feed_says_so(self, bench):
        conversion = bench.convert("a,b\n1,2024-01-01\n", feed=feed_of(types=Types.TEXT))

        assert bench.rows(conversion) == [("1", "2024-01-01")]

    # Schema, and values that do not fit it

    def test_a_declared_type_reads_other_spellings_of_its_values(self, bench):
        conversion = bench.convert("id\n00123\n +7 \n", feed=feed_of(schema=schema_of(id="bigint")))

        assert sorted(bench.rows(conversion)) == [(7,), (123,)]

    def test_bad_values_go_to_quarantine_with_line_column_and_raw_text(self, bench):
        schema = schema_of(id="bigint not null", amount="decimal(12,2)")
        text = "id,amount\n1,2.50\n2,abc\n3,1.239\n,4.00\n5,6.00\n"

        conversion = bench.convert(text, feed=feed_of(schema=schema))

        assert sorted(bench.rows(conversion)) == [(1, Decimal("2.50")), (5, Decimal("6.00"))]
        assert bench.refused(conversion) == [
            ("file 0", 3, "amount", "2,abc", "type"),
            ("file 0", 4, "amount", "3,1.239", "lossy"),
            ("file 0", 5, "id", ",4.00", "null"),
        ]
        assert dict(conversion.results[0].reasons) == {"type": 1, "lossy": 1, "null": 1}

    def test_bad_values_become_null_where_the_feed_says_so(self, bench):
        feed = feed_of(schema=schema_of(n="int"), on_bad_value=OnBadValue.NULL)

        conversion = bench.convert("n,k\n1,a\nx,b\n", feed=feed)

        assert sorted(bench.rows(conversion, "k, n")) == [("a", 1), ("b", None)]

    def test_bad_values_refuse_the_file_where_the_feed_says_so_and_not_its_neighbour(self, bench):
        feed = feed_of(schema=schema_of(n="int"), on_bad_value=OnBadValue.FAIL)

        conversion = bench.convert("n\n1\nx\n", "n\n2\n", feed=feed)

        assert [result.fate for result in conversion.results] == [Fate.REFUSED, Fate.READ]
        assert conversion.results[0].cause.code == "bad_value"
        assert bench.rows(conversion) == [(2,)]

    def test_a_file_with_more_bad_rows_than_it_may_have_is_refused_whole(self, bench):
        feed = feed_of(schema=schema_of(n="int"), max_bad=Tolerance(rows=1))

        conversion = bench.convert("n\n1\nx\ny\n", "n\n2\nz\n", feed=feed)

        assert [result.fate for result in conversion.results] == [Fate.REFUSED, Fate.READ]
        assert bench.rows(conversion) == [(2,)]
        assert [row[4] for row in bench.refused(conversion) if row[1] is None] == ["too_many_bad"]

    def test_what_does_not_fit_the_tables_type_is_a_bad_value(self, bench):
        table = schema_of(n="bigint", amount="decimal(18,2)")

        conversion = bench.convert("n,amount\n1,2.50\n07,1.00\n2,1.005\n", table=table)

        assert bench.rows(conversion) == [(1, Decimal("2.50"))]
        assert [row[1] for row in bench.refused(conversion)] == [3, 4]

    def test_columns_are_matched_by_name_whatever_order_or_case(self, bench):
        conversion = bench.convert("B,a\nx,1\n", "a\n2\n", table=schema_of(a="bigint", b="text"))

        assert sorted(bench.rows(conversion, "a, b"), key=str) == [(1, "x"), (2, None)]

    def test_a_new_column_is_added_ignored_or_refused_as_the_feed_says(self, bench):
        table = schema_of(a="bigint")
        added, ignored, failed = (
            bench.convert("a,new\n1,2\n", feed=feed_of(on_new_column=policy), table=table)
            for policy in (OnNewColumn.ADD, OnNewColumn.IGNORE, OnNewColumn.FAIL)
        )

        assert types_of(added) == {"a": "bigint", "new": "bigint"}
        assert types_of(ignored) == {"a": "bigint"}
        assert failed.results[0].cause.code == "new_column"

    # Damage

    def test_damaged_records_are_refused_and_every_other_row_is_there(self, bench):
        text = 'a,b\n1,x\n2\n3,y,z\n4,q"r\n5,w\n'

        conversion = bench.convert(text, "a,b\n6,clean\n")

        assert sorted(bench.rows(conversion)) == [(1, "x"), (5, "w"), (6, "clean")]
        codes = [(row[1], row[4]) for row in bench.refused(conversion)]
        assert codes == [(3, "ragged"), (4, "ragged"), (5, "quote")]

    def test_a_count_that_the_parser_does_not_reach_is_found_out(self, bench):
        conversion = bench.convert("a,b\n1,2\n\n3,4\n", records=[3])

        assert conversion.results[0].books.counted == 2
        assert sorted(bench.rows(conversion)) == [(1, 2), (3, 4)]

    @pytest.mark.parametrize(
        "damaged", [gzip.compress(b"a\n1\n" * 999, mtime=0)[:-9], b"", b"\x7fELF\0\0"]
    )
    def test_a_file_that_cannot_be_read_is_refused_and_not_its_neighbour(self, bench, damaged):
        conversion = bench.convert(damaged, "a\n7\n")

        assert [result.fate for result in conversion.results] == [Fate.REFUSED, Fate.READ]
        assert bench.rows(conversion) == [(7,)]
        assert [row[:2] for row in bench.refused(conversion)] == [("file 0", None)]

    def test_a_file_that_is_gone_or_changed_is_left_out(self, bench):
        job = bench.job("a\n1\n", "a\n2\n", "a\n3\n")
        Path(job.inputs[0].location).unlink()
        Path(job.inputs[1].location).write_text("a\n22\n")

        conversion = bench.engine.convert(job, nobody)

        fates = [result.fate for result in conversion.results]
        assert fates == [Fate.GONE, Fate.CHANGED, Fate.READ]
        assert bench.rows(conversion) == [(3,)]

    # Formats

    def test_gzip_members_and_many_small_files_are_read_in_one_go(self, bench):
        packed = gzip.compress(b"a,b\n1,x\n", mtime=0) + gzip.compress(b"2,y\n")
        plain = [f"a,b\n{n},z\n" for n in range(3, 60)]

        conversion = bench.convert(packed, *plain)

        assert sorted(row[0] for row in bench.rows(conversion)) == list(range(1, 60))
        assert len(conversion.parts) == 1

    def test_json_keeps_numbers_apart_from_strings(self, bench):
        rows = [
            {"i": 1, "s": "1", "f": 1.5, "t": True, "d": "2024-01-02", "o": {"x": [1, 2]}},
            {"i": 2, "s": "02", "f": 2.0, "t": False, "d": "2024-01-03", "o": None},
        ]

        conversion = bench.convert("".join(json.dumps(row) + "\n" for row in rows))

        assert types_of(conversion) == {
            "i": "bigint", "s": "text", "f": "double", "t": "boolean", "d": "date", "o": "text",
        }  # fmt: skip
        first = min(bench.rows(conversion, "i, s, f, t, o"))
        assert (*first[:4], json.loads(first[4])) == (1, "1", 1.5, True, {"x": [1, 2]})

    def test_a_key_that_comes_late_is_not_lost(self, bench):
        lines = [json.dumps({"a": n}) for n in range(20_000)] + ['{"a":20000,"late":"here"}']

        conversion = bench.convert("\n".join(lines))

        assert (20_000, "here") in bench.rows(conversion, "a, late")

    def test_whole_numbers_beyond_64_bits_are_never_doubles(self, bench):
        conversion = bench.convert('{"n":9223372036854775808}\n{"n":1}\n')

        assert sorted(bench.rows(conversion)) == [(Decimal(1),), (Decimal(2**63),)]

    def test_json_that_is_none_is_refused_line_by_line(self, bench):
        text = '{"a":1}\n{"a":\n[1]\nnull\n\n{"a":1,"a":2}\n{"a":3,}\n{"a":7}\n'

        conversion = bench.convert(text)

        assert sorted(bench.rows(conversion)) == [(1,), (7,)]
        assert [row[1] for row in bench.refused(conversion)] == [2, 3, 4, 6, 7]

    def test_an_array_of_objects_is_rows(self, bench):
        conversion = bench.convert('[{"a": 1},\n {"a": 2, "b": "x"}]')

        assert sorted(bench.rows(conversion, "a, b")) == [(1, None), (2, "x")]

    def test_a_mixed_batch_of_formats_is_one_table(self, bench):
        conversion = bench.convert("a,b\n1,x\n", "a;b\n2;y\n", '{"b":"z","a":3}\n')

        assert sorted(bench.rows(conversion, "a, b")) == [(1, "x"), (2, "y"), (3, "z")]

    # Parts

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
