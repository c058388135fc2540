"""What an engine promises of a declared schema: what fits it, and what becomes of the rest."""

from __future__ import annotations

from decimal import Decimal

from headwater.model.feed import OnBadValue, OnNewColumn, Tolerance
from headwater.ports.engine import Fate
from tests.contracts.bench import feed_of, schema_of, types_of


class SchemaContract:
    """Declared types, bad values, new columns."""

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
