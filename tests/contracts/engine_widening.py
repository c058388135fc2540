"""What an engine promises of columns that become wider."""

from __future__ import annotations

from decimal import Decimal

import pytest

from headwater.model.change import Change, ChangeKind
from headwater.model.feed import OnBadValue, PartitionBy, Tolerance
from headwater.model.types import Widened, parse_type
from headwater.ports.engine import Fate
from tests.contracts.bench import feed_of, schema_of, types_of
from tests.contracts.engine_columns import FORMATS, WAYS, made, told


class WideningContract:
    """Columns that become wider for values that they do not hold."""

    @pytest.mark.parametrize(
        ("before", "values", "after"),
        [
            ("smallint", [40000], "int"),
            ("smallint", [3_000_000_000], "bigint"),
            ("int", [2_147_483_647], "int"),
            ("int", [2_147_483_648], "bigint"),
            ("int", ["0.5"], "decimal(11,1)"),
            ("bigint", ["9223372036854775808"], "decimal(19,0)"),
            ("bigint", ["1.25", "-3"], "decimal(21,2)"),
            ("bigint", ["007"], "text"),
            ("bigint", ["-0"], "text"),
            ("bigint", ["1e3"], "text"),
            ("bigint", ["9" * 39], "text"),
            ("decimal(18,2)", ["1.2345"], "decimal(20,4)"),
            ("decimal(38,2)", ["1.234"], "text"),
            ("boolean", ["maybe"], "text"),
            ("date", ["2024-02-30"], "text"),
            ("timestamp", ["yesterday"], "text"),
            ("double", ["x"], "text"),
            ("text", [1], "text"),
        ],
    )
    @pytest.mark.parametrize("way", WAYS)
    def test_a_column_becomes_no_wider_than_it_must(self, bench, before, values, after, way):
        content = made(bench, "csv", [{"v": value, "k": 1} for value in values], way=way)

        conversion = bench.convert(
            content, feed=feed_of(on_bad_value=OnBadValue.WIDEN), table=schema_of(v=before)
        )

        assert types_of(conversion)["v"] == after
        assert len(bench.rows(conversion)) == len(values)
        grown = () if before == after else (Widened("v", parse_type(before), parse_type(after)),)
        assert conversion.widened == grown
        assert ((ChangeKind.WIDENED, "v") in told(conversion)) is (before != after)

    @pytest.mark.parametrize("format_", FORMATS)
    def test_every_format_widens_and_tells_which_file_did(self, bench, format_):
        feed = feed_of(on_bad_value=OnBadValue.WIDEN)
        wide = made(bench, format_, [{"v": "x7"}, {"v": "8"}])
        narrow = made(bench, format_, [{"v": 9}])

        conversion = bench.convert(narrow, wide, feed=feed, table=schema_of(v="bigint"))

        assert sorted(bench.rows(conversion)) == [("8",), ("9",), ("x7",)]
        assert conversion.engine.endswith("fast")
        assert told(conversion, 0) == set()
        assert conversion.results[1].changes == (
            Change(ChangeKind.WIDENED, "v", "text", before="bigint"),
        )

    def test_json_strings_are_no_numbers(self, bench):
        feed = feed_of(on_bad_value=OnBadValue.WIDEN)

        conversion = bench.convert('{"v": 1}\n{"v": "7"}\n', feed=feed, table=schema_of(v="bigint"))

        assert types_of(conversion) == {"v": "text"}
        assert sorted(bench.rows(conversion)) == [("1",), ("7",)]

    def test_declared_columns_stay_and_their_bad_rows_widen_nothing(self, bench):
        feed = feed_of(on_bad_value=OnBadValue.WIDEN, schema=schema_of(k="bigint"), header=1)

        conversion = bench.convert(
            "k,v\nx,y\n1,1.5\n", feed=feed, table=schema_of(k="bigint", v="bigint")
        )

        assert bench.rows(conversion) == [(1, Decimal("1.5"))]
        assert [row[1:3] for row in bench.refused(conversion)] == [(2, "k")]
        assert types_of(conversion) == {"k": "bigint", "v": "decimal(20,1)"}

    def test_a_file_that_is_refused_widens_nothing_and_tells_no_change(self, bench):
        feed = feed_of(on_bad_value=OnBadValue.WIDEN, max_bad=Tolerance(rows=0), header=1)

        conversion = bench.convert(
            "v,w\n1,1\n1.5,2\ntoo,many,cells\n", "v\n7\n", feed=feed, table=schema_of(v="bigint")
        )

        assert [result.fate for result in conversion.results] == [Fate.REFUSED, Fate.READ]
        assert conversion.results[0].changes == ()
        assert (types_of(conversion)["v"], conversion.widened) == ("bigint", ())
        assert bench.rows(conversion, "v") == [(7,)]

    def test_columns_that_name_folders_stay_and_their_bad_rows_are_refused(self, bench):
        feed = feed_of(
            on_bad_value=OnBadValue.WIDEN, partition=(PartitionBy("region", "column", "region"),)
        )

        conversion = bench.convert(
            "region,v\n1,2\nnord,3\n", feed=feed, table=schema_of(region="bigint", v="bigint")
        )

        assert conversion.widened == ()
        assert [row[1:3] for row in bench.refused(conversion)] == [(3, "region")]
