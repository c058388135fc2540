"""What an engine promises of columns that are not as the table has them."""

from __future__ import annotations

import csv
import io
import json

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headwater.model.change import Change, ChangeKind
from headwater.model.feed import OnBadValue, OnNewColumn
from headwater.ports.engine import Fate
from tests.contracts.bench import feed_of, schema_of, types_of

WAYS = ["fast", "careful"]
FORMATS = ["csv", "ndjson", "parquet"]


def made(bench, format_, rows, *, way="fast"):
    """Rows, dicts of texts and whole numbers, as a file of a format."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    if format_ == "parquet":
        return _parquet(bench.folder / "made.parquet", names, rows)
    if format_ == "ndjson":
        lines = [json.dumps(row) for row in rows]
        return "\n".join([*lines, *(["[]"] if way == "careful" else [])]) + "\n"
    lines = [",".join(str(row.get(name, "")) for name in names) for row in rows]
    spoilt = ["too,many" + ",cells" * len(names)] if way == "careful" else []
    return "\n".join([",".join(names), *lines, *spoilt]) + "\n"


def _parquet(path, names, rows):
    numbers = {n for n in names if all(isinstance(row.get(n, 0), int) for row in rows)}
    columns = ", ".join(f'"{n}" {"BIGINT" if n in numbers else "VARCHAR"}' for n in names)
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE made ({columns})")
        for row in rows:
            values = [row.get(n) if n in numbers or n not in row else str(row[n]) for n in names]
            marks = ", ".join("?" * len(names))
            connection.execute(f"INSERT INTO made VALUES ({marks})", values)
        connection.execute(f"COPY made TO '{path}' (FORMAT parquet)")
    return path.read_bytes()


def told(conversion, place=0):
    return {(change.kind, change.column) for change in conversion.results[place].changes}


class NameContract:
    """Columns are read by their names."""

    @pytest.mark.parametrize("format_", FORMATS)
    def test_columns_in_another_order_and_case_are_read_by_name(self, bench, format_):
        content = made(bench, format_, [{"B": "x", "A": 1}, {"B": "y", "A": 2}])

        conversion = bench.convert(content, table=schema_of(a="bigint", b="text"))

        assert sorted(bench.rows(conversion, "a, b")) == [(1, "x"), (2, "y")]
        assert conversion.results[0].changes == ()

    @pytest.mark.parametrize("format_", FORMATS)
    def test_a_column_that_is_missing_is_null_and_told(self, bench, format_):
        content = made(bench, format_, [{"a": 1}])

        conversion = bench.convert(content, table=schema_of(a="bigint", b="text"))

        assert bench.rows(conversion, "a, b") == [(1, None)]
        assert told(conversion) == {(ChangeKind.MISSING, "b")}

    def test_files_whose_keys_differ_by_case_go_together(self, bench):
        conversion = bench.convert('{"Id": 1}\n', '{"id": 2}\n', '{"ID": 3}\n')

        assert sorted(bench.rows(conversion)) == [(1,), (2,), (3,)]

    def test_a_key_that_only_a_late_object_has_is_not_lost(self, bench):
        first = '{"a": 1}\n{"a": 2, "b": 1}\n' * 1_500

        conversion = bench.convert(first + '{"a": 1, "late": 7}\n')

        assert bench.rows(conversion, "sum(late), count(*)") == [(7, 3_001)]

    def test_a_key_that_is_there_twice_is_refused_where_keys_vary(self, bench):
        conversion = bench.convert('{"a": 1}\n{"a": 1, "b": 2}\n{"a": 1, "a": 2}\n')

        assert sorted(bench.rows(conversion, "a, b"), key=str) == [(1, 2), (1, None)]
        assert [row[4] for row in bench.refused(conversion)] == ["dup_key"]

    @pytest.mark.parametrize("way", WAYS)
    @pytest.mark.parametrize("format_", FORMATS)
    def test_a_renamed_column_has_the_tables_name(self, bench, format_, way):
        feed = feed_of(rename=(("customer id", "cust"),))
        content = made(bench, format_, [{"a": 1, "Customer_ID": 7}], way=way)

        conversion = bench.convert(content, feed=feed, table=schema_of(a="bigint", cust="bigint"))

        assert bench.rows(conversion, "a, cust") == [(1, 7)]
        assert conversion.results[0].changes == (
            Change(ChangeKind.RENAMED, "cust", before="Customer_ID"),
        )

    @pytest.mark.parametrize("format_", FORMATS)
    def test_files_of_before_and_after_a_renaming_go_together(self, bench, format_):
        feed = feed_of(rename=(("customer_id", "cust"),))
        old = made(bench, format_, [{"customer_id": 1}])
        new = made(bench, format_, [{"cust": 2}])

        conversion = bench.convert(old, new, feed=feed, table=schema_of(cust="bigint"))

        assert sorted(bench.rows(conversion)) == [(1,), (2,)]
        assert told(conversion, 1) == set()

    @pytest.mark.parametrize("format_", FORMATS)
    def test_a_file_with_both_names_of_a_column_is_refused(self, bench, format_):
        feed = feed_of(rename=(("customer_id", "cust"),))
        content = made(bench, format_, [{"customer_id": 1, "cust": 2}])

        conversion = bench.convert(content, feed=feed)

        assert conversion.results[0].cause.code == "columns"


class NewColumnContract:
    """Columns that the table does not have."""

    @pytest.mark.parametrize("way", WAYS)
    @pytest.mark.parametrize("format_", FORMATS)
    def test_new_columns_are_rescued_as_one_object(self, bench, format_, way):
        feed = feed_of(on_new_column=OnNewColumn.RESCUE)
        rows = [{"a": 1, "new": "q é", "more": 5}, {"a": 2, "new": "", "more": 6}, {"a": 3}]

        conversion = bench.convert(
            made(bench, format_, rows, way=way), feed=feed, table=schema_of(a="bigint")
        )

        found = dict(bench.rows(conversion, "a, _rescued"))
        assert json.loads(found[1]) == {"new": "q é", "more": "5" if format_ == "csv" else 5}
        assert json.loads(found[2]).keys() - {"new"} == {"more"}
        assert (json.loads(found[2]).get("new") == "") is (format_ != "csv")
        assert found[3] is None
        assert {kind for kind, _ in told(conversion)} == {ChangeKind.RESCUED}

    @pytest.mark.parametrize("format_", FORMATS)
    def test_rescuing_new_columns_keeps_a_clean_file_fast(self, bench, format_):
        feed = feed_of(on_new_column=OnNewColumn.RESCUE)

        conversion = bench.convert(
            made(bench, format_, [{"a": 1, "new": "x"}]), feed=feed, table=schema_of(a="bigint")
        )

        assert conversion.engine.endswith("fast")
        assert conversion.results[0].changes == (Change(ChangeKind.RESCUED, "new", "text"),)

    @pytest.mark.parametrize("way", WAYS)
    def test_json_that_is_rescued_stays_the_json_it_is(self, bench, way):
        feed = feed_of(on_new_column=OnNewColumn.RESCUE)
        value = {"x": [1, None, {"y": "é"}], "z": ""}
        line = json.dumps({"a": 1, "new": value, "flag": True, "none": None, "empty": ""})
        content = f"[{line}]" if way == "careful" else f"{line}\n"

        conversion = bench.convert(content, feed=feed, table=schema_of(a="bigint"))

        ((_, text),) = bench.rows(conversion, "a, _rescued")
        assert json.loads(text) == {"new": value, "flag": True, "empty": ""}

    @pytest.mark.parametrize("damage", ["", "7\n"])
    def test_an_empty_text_in_a_new_column_is_rescued_and_nothing_is_not(self, bench, damage):
        feed = feed_of(on_new_column=OnNewColumn.RESCUE)

        conversion = bench.convert(
            'a,new\n1,""\n2,\n' + damage, feed=feed, table=schema_of(a="bigint")
        )

        assert sorted(bench.rows(conversion, "a, _rescued")) == [(1, '{"new":""}'), (2, None)]

    def test_values_of_parquet_are_rescued_as_what_they_are(self, bench, tmp_path):
        path = tmp_path / "odd.parquet"
        duckdb.execute(
            "COPY (SELECT 1 AS a, 1.50::DECIMAL(5,2) AS d, true AS b, 'nan'::DOUBLE AS nan, "
            "2.5::DOUBLE AS f, DATE '2024-02-29' AS day, [1, 2] AS list, '' AS empty, "
            "NULL::INTEGER AS none) "
            f"TO '{path}' (FORMAT parquet)"
        )

        conversion = bench.convert(
            path.read_bytes(),
            feed=feed_of(on_new_column=OnNewColumn.RESCUE),
            table=schema_of(a="bigint"),
        )

        ((text,),) = bench.rows(conversion, "_rescued")
        assert text == (
            '{"d":1.50,"b":true,"nan":"nan","f":2.5,"day":"2024-02-29","list":[1,2],"empty":""}'
        )

    def test_a_feed_that_rescues_has_the_column_from_the_first_file_on(self, bench):
        for policy in (
            {"on_new_column": OnNewColumn.RESCUE},
            {"on_bad_value": OnBadValue.RESCUE},
        ):
            conversion = bench.convert("a,b\n1,x\n", feed=feed_of(**policy))

            assert types_of(conversion) == {"a": "bigint", "b": "text", "_rescued": "text"}
            assert bench.rows(conversion) == [(1, "x", None)]
            assert conversion.results[0].changes == ()

    def test_a_column_of_that_name_in_a_file_is_refused(self, bench):
        feed = feed_of(on_new_column=OnNewColumn.RESCUE)

        conversion = bench.convert("a,_rescued\n1,x\n", feed=feed)

        assert conversion.results[0].cause.code == "reserved"

    def test_a_table_keeps_the_column_when_its_feed_rescues_no_more(self, bench):
        table = schema_of(a="bigint", _rescued="text")

        conversion = bench.convert("a\n1\n", table=table)

        assert bench.rows(conversion, "a, _rescued") == [(1, None)]
        assert conversion.results[0].changes == ()

    @pytest.mark.parametrize("format_", FORMATS)
    @pytest.mark.parametrize(
        ("policy", "kind"),
        [(OnNewColumn.ADD, ChangeKind.ADDED), (OnNewColumn.IGNORE, ChangeKind.IGNORED)],
    )
    def test_what_becomes_of_a_new_column_is_told_with_its_type(self, bench, format_, policy, kind):
        content = made(bench, format_, [{"a": 1, "new": 2}])

        conversion = bench.convert(
            content, feed=feed_of(on_new_column=policy), table=schema_of(a="bigint")
        )

        assert conversion.results[0].changes == (Change(kind, "new", "bigint"),)

    @pytest.mark.parametrize("way", WAYS)
    @pytest.mark.parametrize("format_", FORMATS)
    def test_a_refused_column_refuses_its_file_and_not_the_neighbour(self, bench, format_, way):
        feed = feed_of(refuse=("Region",))
        bad = made(bench, format_, [{"a": 1, "region": "nord"}], way=way)
        good = made(bench, format_, [{"a": 2}])

        conversion = bench.convert(bad, good, feed=feed, table=schema_of(a="bigint"))

        assert [result.fate for result in conversion.results] == [Fate.REFUSED, Fate.READ]
        assert conversion.results[0].cause.code == "refused_column"
        assert "headwater schema sales" in conversion.results[0].cause.message
        assert told(conversion) == {(ChangeKind.REFUSED, "region")}
        assert bench.rows(conversion) == [(2,)]

    @pytest.mark.parametrize("format_", FORMATS)
    def test_a_feed_that_fails_names_the_new_columns_and_who_decides(self, bench, format_):
        feed = feed_of(on_new_column=OnNewColumn.FAIL, schema=schema_of(b="bigint"))
        content = made(bench, format_, [{"a": 1, "b": 2, "region": 3}])

        conversion = bench.convert(content, feed=feed, table=schema_of(a="bigint"))

        cause = conversion.results[0].cause
        assert cause.code == "new_column"
        assert "region" in cause.message
        assert "headwater schema sales" in cause.message
        assert conversion.results[0].changes == (Change(ChangeKind.REFUSED, "region", "bigint"),)

    def test_a_late_key_refuses_its_file_alone(self, bench):
        feed = feed_of(on_new_column=OnNewColumn.FAIL)
        odd = '{"a": 1}\n' * 2_000 + '{"a": 1, "late": 2}\n'

        conversion = bench.convert(odd, '{"a": 2}\n', feed=feed, table=schema_of(a="bigint"))

        assert [result.fate for result in conversion.results] == [Fate.REFUSED, Fate.READ]
        assert conversion.results[0].cause.code == "new_column"


class RescuedValueContract:
    """Values that do not fit, kept beside the row."""

    @pytest.mark.parametrize("format_", FORMATS)
    def test_a_bad_value_is_rescued_beside_new_columns(self, bench, format_):
        feed = feed_of(on_new_column=OnNewColumn.RESCUE, on_bad_value=OnBadValue.RESCUE)
        content = made(bench, format_, [{"a": "x", "new": "y"}, {"a": 2, "new": ""}])

        conversion = bench.convert(content, feed=feed, table=schema_of(a="bigint"))

        found = sorted(bench.rows(conversion, "a, _rescued"), key=str)
        assert [(a, json.loads(text or "null")) for a, text in found] == [
            (2, None if format_ == "csv" else {"new": ""}),
            (None, {"new": "y", "a": "x"}),
        ]
        assert conversion.results[0].books.written == 2
        assert any(
            "1 value that" in note and "rescued" in note for note in conversion.results[0].notes
        )

    def test_a_bad_value_where_none_may_be_missing_still_refuses_the_row(self, bench):
        schema = schema_of(id="bigint not null", n="int")
        feed = feed_of(on_bad_value=OnBadValue.RESCUE, schema=schema, header=1)

        conversion = bench.convert("n,id\nz,x\ny,2\n3,\n", feed=feed)

        assert bench.rows(conversion) == [(2, None, '{"n":"y"}')]
        assert [row[1:3] for row in bench.refused(conversion)] == [(2, "id"), (4, "id")]

    def test_bad_values_of_json_are_rescued_as_their_texts(self, bench):
        feed = feed_of(on_bad_value=OnBadValue.RESCUE)
        content = '{"a": "x\\"y"}\n{"a": 1.5}\n{"a": {"u": [1]}}\n{"a": 7}\n'

        conversion = bench.convert(content, feed=feed, table=schema_of(a="bigint"))

        texts = [json.loads(t)["a"] for (t,) in bench.rows(conversion, "_rescued") if t]
        assert sorted(texts) == sorted(['x"y', "1.5", '{"u":[1]}'])


CELLS = st.text("ab1 .-\"'\\{}:é,\n", max_size=6).map(str.strip)


class RescuePropertyContract:
    """Whatever the cells are, each is in its column or in the rescued object, and never both."""

    @given(rows=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=6))
    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=[
            HealthCheck.function_scoped_fixture,
            HealthCheck.differing_executors,  # several engines keep the one contract
        ],
    )
    def test_every_cell_is_kept_once(self, bench, rows):
        feed = feed_of(
            on_new_column=OnNewColumn.RESCUE, on_bad_value=OnBadValue.RESCUE, header=1,
            delimiter=",",
        )  # fmt: skip
        text = io.StringIO()
        csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(
            [("k", "n", "new", "x"), *((at, *row) for at, row in enumerate(rows))]
        )

        conversion = bench.convert(
            text.getvalue(), feed=feed, table=schema_of(k="bigint", n="bigint")
        )

        found = {k: (n, json.loads(kept or "{}")) for k, n, kept in bench.rows(conversion)}
        assert found.keys() == set(range(len(rows)))
        for at, (n, new, x) in enumerate(rows):
            value, kept = found[at]
            assert (str(value) if value is not None else kept.pop("n", "")) == n
            assert kept == {"new": new, "x": x}
