"""What an engine promises of values: none is changed, and a type holds for all of them."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from headwater.model.feed import Types
from tests.contracts.bench import column_of, feed_of, schema_of, types_of


class ValueContract:
    """Values and inferred types."""

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
