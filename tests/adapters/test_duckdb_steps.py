"""Rows on their way through checks and steps: every one of them is written, refused or counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import duckdb
import pytest

from headwater.config.checks import read_check
from headwater.config.steps import read_step
from headwater.errors import CheckFailed, EngineRefused
from headwater.model.feed import OnBadValue, PartitionBy, Tolerance
from headwater.model.part import Snapshot
from headwater.model.progress import nobody
from headwater.model.receipt import Books
from headwater.ports.engine import Fate, Lookup
from headwater.shape.table import table_schema
from tests.contracts.bench import feed_of, schema_of, types_of

SALES = """order_id,cust,amount,quantity,day
A1,ann,10.50,2,2025-01-01
A2,bob,20.00,1,2025-01-02
A3,cem,-1.00,3,2025-01-02
"""


def shaping(*steps, checks=(), **settings):
    return feed_of(
        steps=tuple(read_step(each) for each in steps),
        checks=tuple(read_check(each) for each in checks),
        **settings,
    )


def books(conversion):
    return [result.books for result in conversion.results]


def test_rows_that_are_filtered_are_counted_of_each_file(bench):
    feed = shaping({"filter": "amount >= 0"}, {"derive": {"total": "amount * quantity"}})

    done = bench.convert(
        SALES, "order_id,cust,amount,quantity,day\nB1,x,-3,1,2025-02-01\n", feed=feed
    )

    assert books(done) == [
        Books(counted=3, written=2, filtered=1),
        Books(counted=1, filtered=1),
    ]
    assert sorted(bench.rows(done, "order_id, total::VARCHAR")) == [
        ("A1", "21.00"),
        ("A2", "20.00"),
    ]
    assert "fast" in done.engine


def test_a_renamed_column_is_the_tables_and_the_old_one_the_sources(bench):
    done = bench.convert(SALES, feed=shaping({"rename": {"cust": "customer"}}))

    assert "customer" in types_of(done)
    assert "cust" not in types_of(done)
    assert "cust" in done.source.names()


def test_a_row_that_a_step_refuses_is_told_with_its_line_and_its_neighbours_are_written(bench):
    feed = shaping({"cast": {"order_id": "bigint"}})

    done = bench.convert("order_id,n\n1,a\nx2,b\n3,c\n", feed=feed)

    assert sorted(bench.rows(done, "order_id, n")) == [(1, "a"), (3, "c")]
    assert bench.refused(done) == [("file 0", 3, "order_id", "x2,b", "cast")]
    assert books(done) == [Books(counted=3, written=2, quarantined=1)]
    assert done.results[0].reasons == (("cast", 1),)


def test_refused_rows_behind_quoted_line_ends_have_their_own_lines(bench):
    content = 'id,note\n1,"two\nlines"\nx,plain\n3,"three\nmore\nlines"\ny,last\n'

    done = bench.convert(content, feed=shaping({"cast": {"id": "bigint"}}))

    assert [(line, raw) for _, line, _, raw, _ in bench.refused(done)] == [
        (4, "x,plain"),
        (8, "y,last"),
    ]


def test_rows_that_reading_refuses_and_rows_that_steps_refuse_are_told_beside_each_other(bench):
    feed = shaping({"cast": {"id": "bigint"}}, {"filter": "id <> 4"})

    done = bench.convert("id,b\n1,a\n2,b,too,many\nx,c\n4,d\n5,e\n", feed=feed)

    assert bench.rows(done, "id") == [(1,), (5,)]
    assert [(row[1], row[4]) for row in bench.refused(done)] == [(3, "ragged"), (4, "cast")]
    assert books(done) == [Books(counted=5, written=2, quarantined=2, filtered=1)]


@pytest.mark.parametrize(
    ("keep", "left"),
    [
        ("first", [("A", 1), ("B", 2)]),
        ("last", [("A", 4), ("B", 3)]),
        ("latest n", [("A", 4), ("B", 3)]),
    ],
)
def test_one_row_of_each_key_stays_over_all_files(bench, keep, left):
    feed = shaping({"dedupe": {"by": "key", "keep": keep}})

    done = bench.convert("key,n\nA,1\nB,2\n", "key,n\nB,3\nA,4\n", feed=feed)

    assert sorted(bench.rows(done, "key, n")) == left
    assert sum((each for each in books(done)), Books()) == Books(
        counted=4, written=2, deduplicated=2
    )


def test_rows_without_a_key_are_no_duplicates(bench):
    done = bench.convert("key,n\n,1\n,2\nA,3\n", feed=shaping({"dedupe": {"by": "key"}}))

    assert len(bench.rows(done)) == 3


def test_the_order_of_files_decides_whatever_way_they_are_read(bench):
    damaged = "key,n\nA,1\nX,9,9,9\nB,2\n"

    done = bench.convert(damaged, "key,n\nA,7\nB,8\nC,9\n", feed=shaping({"dedupe": {"by": "key"}}))

    assert sorted(bench.rows(done, "key, n")) == [("A", 1), ("B", 2), ("C", 9)]


def test_unique_keys_go_straight_through(bench):
    done = bench.convert("key,n\nA,1\nB,2\n", feed=shaping({"dedupe": {"by": "key"}}))

    assert books(done) == [Books(counted=2, written=2)]
    assert "fast" in done.engine


def test_lists_become_rows_and_groups_become_one(bench):
    content = '{"id":"A","tags":["x","y"]}\n{"id":"B","tags":[]}\n{"id":"C","tags":["z"]}\n'

    done = bench.convert(
        content, feed=shaping({"cast": {"tags": "array<text>"}}, {"explode": "tags"})
    )

    assert books(done) == [Books(counted=3, written=4, exploded=1)]

    grouped = bench.convert(
        "region,n\na,1\na,2\nb,3\n",
        feed=shaping({"aggregate": {"by": "region", "columns": {"n": "sum(n)"}}}),
    )

    assert sorted(bench.rows(grouped, "region, n::BIGINT")) == [("a", 3), ("b", 3)]
    assert books(grouped) == [Books(counted=3, written=2, aggregated=1)]


def test_a_query_of_ones_own_is_accounted_for(bench):
    feed = shaping({"sql": "SELECT cust, sum(amount) AS paid FROM rows GROUP BY cust"})

    done = bench.convert(
        SALES, "order_id,cust,amount,quantity,day\nB,ann,1,1,2025-01-01\n", feed=feed
    )

    assert sorted(bench.rows(done, "cust, paid::VARCHAR")) == [
        ("ann", "1.00"),
        ("ann", "10.50"),
        ("bob", "20.00"),
        ("cem", "-1.00"),
    ]


def test_a_missing_value_is_filled_with_the_one_before_it(bench):
    done = bench.convert(
        "day,n\n2025-01-01,1\n,2\n2025-01-03,3\n,4\n", feed=shaping({"fill_forward": "day"})
    )

    assert [str(row[0]) for row in sorted(bench.rows(done, "day, n"), key=lambda row: row[1])] == [
        "2025-01-01",
        "2025-01-01",
        "2025-01-03",
        "2025-01-03",
    ]


def test_rows_are_joined_with_a_file(bench, tmp_path):
    path = tmp_path / "segments.csv"
    path.write_text("id,segment\nann,gold\nbob,tin\n")
    feed = shaping(
        {"join": {"file": "segments.csv", "on": {"cust": "id"}, "take": "segment"}},
    )
    job = bench.job(SALES, feed=feed)
    done = bench.engine.convert(with_lookup(job, Lookup("segments.csv", str(path))), nobody)

    assert sorted(bench.rows(done, "cust, segment")) == [
        ("ann", "gold"),
        ("bob", "tin"),
        ("cem", None),
    ]


def with_lookup(job, *lookups):
    return replace(job, lookups=lookups)


@pytest.mark.parametrize(
    ("missing", "expected"),
    [
        ("filter", Books(counted=3, written=2, filtered=1)),
        ("refuse", Books(counted=3, written=2, quarantined=1)),
    ],
)
def test_rows_that_find_nothing_are_left_out_or_refused(bench, tmp_path, missing, expected):
    path = tmp_path / "segments.csv"
    path.write_text("id,segment\nann,gold\nbob,tin\n")
    step = {
        "join": {
            "file": "segments.csv",
            "on": {"cust": "id"},
            "take": "segment",
            "missing": missing,
        }
    }
    job = bench.job(SALES, feed=shaping(step))
    done = bench.engine.convert(with_lookup(job, Lookup("segments.csv", str(path))), nobody)

    assert books(done) == [expected]


def test_a_reference_with_a_key_twice_is_refused_with_the_key(bench, tmp_path):
    path = tmp_path / "segments.csv"
    path.write_text("id,segment\nann,gold\nann,tin\n")
    step = {"join": {"file": "segments.csv", "on": {"cust": "id"}, "take": "segment"}}
    job = bench.job(SALES, feed=shaping(step))

    with pytest.raises(EngineRefused, match="id 'ann' more than once"):
        bench.engine.convert(with_lookup(job, Lookup("segments.csv", str(path))), nobody)


def test_a_check_refuses_rows_by_its_name(bench):
    feed = shaping(checks=[{"range": {"amount": [0, 100]}, "name": "sane amounts"}])

    done = bench.convert(SALES, feed=feed)

    assert books(done) == [Books(counted=3, written=2, quarantined=1)]
    assert bench.refused(done) == [("file 0", 4, None, "A3,cem,-1.00,3,2025-01-02", "check")]
    assert [(each.name, each.examined, each.failed) for each in done.checks] == [
        ("sane amounts", 3, 1)
    ]


def test_a_check_that_warns_counts_and_lets_rows_go(bench):
    feed = shaping(checks=[{"range": {"amount": [0, 100]}, "action": "warn"}])

    done = bench.convert(SALES, feed=feed)

    assert books(done) == [Books(counted=3, written=3)]
    assert [(each.examined, each.failed) for each in done.checks] == [(3, 1)]
    assert "fast" in done.engine


def test_a_check_that_halts_keeps_the_whole_batch_out(bench, tmp_path):
    feed = shaping(checks=[{"not_null": "cust", "action": "halt"}])

    with pytest.raises(CheckFailed, match="'not_null cust' of feed sales failed for 1 of 2 rows"):
        bench.convert("id,cust\n1,a\n2,\n", feed=feed)

    assert not list((bench.folder / "table").rglob("*.parquet"))


def test_every_row_of_a_key_that_is_not_unique_is_refused(bench):
    feed = shaping(checks=[{"unique": "order_id"}])

    done = bench.convert("order_id,n\nA,1\nB,2\n", "order_id,n\nA,3\n", feed=feed)

    assert bench.rows(done, "order_id, n") == [("B", 2)]
    assert [row[:2] for row in bench.refused(done)] == [("file 0", 2), ("file 1", 2)]


def test_a_batch_with_too_few_rows_is_told(bench):
    done = bench.convert(SALES, feed=shaping(checks=[{"rows": [10, None]}]))

    assert [(each.name, each.examined, each.failed) for each in done.checks] == [("rows", 3, 3)]


def test_a_file_with_too_many_refused_rows_is_refused_whole_and_its_keys_are_free(bench):
    feed = shaping(
        {"cast": {"n": "bigint"}}, {"dedupe": {"by": "key"}}, max_bad=Tolerance(share=0.4)
    )

    done = bench.convert("key,n\nA,1\nB,x\nC,y\n", "key,n\nA,5\n", feed=feed)

    assert [result.fate for result in done.results] == [Fate.REFUSED, Fate.READ]
    assert bench.rows(done, "key, n") == [("A", 5)]


def test_parts_lie_in_folders_of_columns_that_steps_made(bench):
    feed = shaping(
        {"derive": {"region": "upper(cust)"}},
        {"drop": "cust"},
        partition=(PartitionBy("region", "column", "region"),),
    )

    done = bench.convert(SALES, feed=feed)

    assert sorted(dict(part.partition)["region"] for part in done.parts) == ["ANN", "BOB", "CEM"]


def test_a_step_that_does_not_fit_the_columns_says_what_would(bench):
    with pytest.raises(
        EngineRefused, match=r"step 1 \(filter\): there is no column 'amout'"
    ) as error:
        bench.convert(SALES, feed=shaping({"filter": "amout > 0"}))

    assert error.value.hint == "did you mean amount?"


def test_a_step_that_does_not_fit_the_types_says_where_a_cast_goes(bench):
    steps = ({"filter": "amount > 0"}, {"derive": {"x": "amount + cust"}}, {"drop": "day"})
    with pytest.raises(
        EngineRefused, match=r"step 2 \(derive\) .* does not fit the types"
    ) as error:
        bench.convert(SALES, feed=shaping(*steps))

    assert "cast" in error.value.hint


def test_a_column_that_has_no_value_yet_can_be_used(bench):
    feed = shaping({"derive": {"note": "coalesce(note, 'none')"}})

    done = bench.convert("id,note\n1,\n2,\n", feed=feed)

    assert sorted(bench.rows(done, "id, note")) == [(1, "none"), (2, "none")]


def test_steps_see_the_columns_of_earlier_batches(bench):
    feed = shaping({"derive": {"total": "coalesce(discount, 0) + amount"}})
    job = replace(
        bench.job("amount\n3\n", feed=feed),
        source_schema=schema_of(amount="bigint", discount="bigint"),
    )
    done = bench.engine.convert(job, nobody)

    assert bench.rows(done, "total") == [(3,)]


def test_a_type_that_the_table_does_not_hold_is_refused_with_the_cast_that_would_do(bench):
    feed = shaping({"derive": {"amount": "amount * 1.5"}})

    with pytest.raises(
        EngineRefused, match=r"amount is .* behind the steps, and bigint in"
    ) as error:
        bench.convert("amount\n3\n", feed=feed, table=schema_of(amount="bigint"))

    assert error.value.hint == (
        "end the steps with cast: {amount: bigint}, or read all its files again into the table "
        "made anew: headwater replay sales --as-one"
    )


def test_a_column_becomes_wider_for_what_steps_make_if_the_feed_says_so(bench):
    feed = shaping({"cast": {"amount": "bigint"}}, on_bad_value=OnBadValue.WIDEN)

    done = bench.convert("amount\n3000000000\n", feed=feed, table=schema_of(amount="int"))

    assert [(each.column, str(each.after)) for each in done.widened] == [("amount", "bigint")]
    assert bench.rows(done, "amount") == [(3_000_000_000,)]


def test_rows_whose_key_the_table_has_are_left_out(bench):
    feed = shaping({"dedupe": {"by": "order_id", "across": "table"}})
    first = bench.convert(SALES, feed=feed_of())
    snapshot = Snapshot("sales", 1, table_schema(feed_of(), first.schema), (), first.parts)
    job = with_lookup(
        bench.job(
            "order_id,cust,amount,quantity,day\nA1,x,1,1,2025-01-01\nZ,x,1,1,2025-01-01\n",
            feed=feed,
        ),
        Lookup(".", str(bench.folder / "table"), snapshot),
    )
    done = bench.engine.convert(job, nobody)

    assert bench.rows(done, "order_id") == [("Z",)]
    assert books(done) == [Books(counted=2, written=1, deduplicated=1)]


def test_personal_data_are_hashed_with_the_secret_and_not_without(bench):
    feed = shaping({"protect": {"columns": "cust", "by": "hash", "secret": "SALT"}})
    job = replace(bench.job(SALES, feed=feed), secrets=(("SALT", "it's"),))

    done = bench.engine.convert(job, nobody)

    assert sha256(b"it'sann").hexdigest() in {row[0] for row in bench.rows(done, "cust")}


@pytest.mark.parametrize(("within", "failed"), [("1d", 3), ("60d", 0)])
def test_a_batch_of_old_rows_is_told(bench, within, failed):
    feed = shaping(checks=[{"fresh": {"day": within}}])
    job = replace(bench.job(SALES, feed=feed), at=datetime(2025, 1, 20, tzinfo=UTC))

    assert [each.failed for each in bench.engine.convert(job, nobody).checks] == [failed]


def test_a_row_of_parquet_that_a_step_refuses_is_told_by_its_number(bench, tmp_path):
    path = tmp_path / "in.parquet"
    with duckdb.connect() as connection:
        values = "(VALUES (1, 'a'), (2, 'x'), (3, 'c')) t(id, name)"
        connection.execute(f"COPY (FROM {values}) TO '{path}' (FORMAT parquet)")
    feed = shaping(checks=[{"one_of": {"name": ["a", "c"]}}])

    done = bench.convert(path.read_bytes(), feed=feed)

    assert [row[1:4] for row in bench.refused(done)] == [(2, None, "2, x")]


def test_refused_rows_of_many_pieces_are_found_again(bench):
    lines = [f"{n},{'x' if n % 1000 == 7 else n}" for n in range(30_000)]
    content = "id,v\n" + "\n".join(lines) + "\n"

    done = bench.convert(content, feed=shaping({"cast": {"v": "bigint"}}))

    assert [(line, raw) for _, line, _, raw, _ in bench.refused(done)] == [
        (n + 2, f"{n},x") for n in range(7, 30_000, 1000)
    ]


@pytest.mark.parametrize("name", ["t", "f", "r", "row", "n", "fate", "place"])
def test_a_row_that_a_step_refuses_is_found_whatever_its_columns_are_called(bench, name):
    done = bench.convert(
        f"id,{name}\nA,1\nB,no\n", feed=shaping({"cast": {name: "bigint"}}, {"filter": "id <> 'C'"})
    )

    assert books(done) == [Books(counted=2, written=1, quarantined=1)]
    assert bench.refused(done) == [("file 0", 3, name, "B,no", "cast")]
