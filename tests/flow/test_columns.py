"""Columns that move, through a real lake: rescued, widened, renamed, refused."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import duckdb
import pytest
from deltalake import DeltaTable
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headwater.errors import CommitConflict
from headwater.model.change import Change, ChangeKind
from tests.flow import lakes
from tests.flow.test_attempts import attempt_while, die_at

WIDENS = """\
  sales:
    format: {format}
    schema: {{id: text not null}}
    on_bad_value: widen
"""


@pytest.fixture
def lake_of(folder):
    """Make a lake with this feed."""
    opened = []

    def make(feeds, **more):
        opened.append(lakes.make(folder, feeds, **more))
        return opened[-1]

    yield make
    for lake in opened:
        lake.close()


@pytest.fixture
def widening(lake_of):
    return lake_of(WIDENS.format(format="csv"))


def ingest(lake, path):
    (receipt,) = lake.ingest("sales", path).receipts
    return receipt


def table_at(folder, version=None):
    """The rows as a reader that knows nothing of us gets them."""
    return DeltaTable(str(folder / "processed" / "sales"), version=version).to_pyarrow_table()


def column(folder, name, version=None):
    table = table_at(folder, version)
    return dict(zip(table["id"].to_pylist(), table[name].to_pylist(), strict=True))


def by_duckdb(folder, name):
    files = DeltaTable(str(folder / "processed" / "sales")).file_uris()
    sql = f"select id, {name} from read_parquet(?, hive_partitioning = false)"
    return dict(duckdb.execute(sql, [files]).fetchall())


class TestWidening:
    """Old rows and new ones in one column, in one commit."""

    def test_old_and_new_rows_read_alike_in_every_reader_and_at_every_version(
        self, widening, folder, incoming
    ):
        ingest(widening, incoming("a.csv", "id,n\na,1\nb,2\n"))
        before = DeltaTable(str(folder / "processed" / "sales")).version()

        receipt = ingest(widening, incoming("b.csv", "id,n\nc,1.5\n"))

        now = {"a": Decimal("1.0"), "b": Decimal("2.0"), "c": Decimal("1.5")}
        assert column(folder, "n") == by_duckdb(folder, "n") == now
        assert column(folder, "n", before) == {"a": 1, "b": 2}
        assert dict(widening.query("select id, n from sales").rows()) == now
        assert receipt.changes == (
            Change(ChangeKind.WIDENED, "n", "decimal(20,1)", "bigint", "sales/b.csv"),
        )
        assert "parts written anew to widen n to decimal(20,1): 1" in receipt.notes

    def test_it_is_one_entry_with_columns_and_parts_and_ids(self, widening, folder, incoming):
        ingest(widening, incoming("a.csv", "id,n\na,1\n"))

        ingest(widening, incoming("b.csv", "id,n\nb,x\n"))

        *_, last = lakes.log_of(folder)
        assert sorted(next(iter(action)) for action in last) == [
            "add", "add", "commitInfo", "metaData", "remove", "txn", "txn",
        ]  # fmt: skip

    def test_what_holds_of_a_table_holds_after_it_and_after_a_rebuild(
        self, widening, folder, incoming
    ):
        ingest(widening, incoming("a.csv", "id,n\na,1\nb,2\n"))
        ingest(widening, incoming("b.csv", "id,n\nc,x\n"))

        verdict = widening.verify()
        assert (verdict.findings, verdict.garbage, verdict.rows) == ((), 0, 3)
        widening.rebuild()
        assert widening.verify().findings == ()
        assert column(folder, "n") == {"a": "1", "b": "2", "c": "x"}

    def test_replaced_parts_are_swept_and_the_table_stays(self, widening, folder, incoming):
        ingest(widening, incoming("a.csv", "id,n\na,1\n"))
        ingest(widening, incoming("b.csv", "id,n\nb,x\n"))

        assert widening.sweep(older_than=timedelta(0)).parts == 1
        assert column(folder, "n") == {"a": "1", "b": "x"}

    def test_a_new_version_of_a_file_replaces_its_rows_and_widens_the_others(
        self, widening, folder, incoming
    ):
        ingest(widening, incoming("a.csv", "id,n\na,1\nb,2\n"))
        ingest(widening, incoming("b.csv", "id,n\nc,3\n"))

        ingest(widening, incoming("a.csv", "id,n\na,x\n"))

        assert column(folder, "n") == {"a": "x", "c": "3"}
        assert widening.verify().findings == ()

    def test_texts_of_old_values_lose_nothing(self, lake_of, folder, incoming):
        lake = lake_of(WIDENS.format(format="csv") + "    timezone: Europe/Berlin\n")
        names = ("d", "t", "f", "m", "b")
        ingest(
            lake,
            incoming(
                "a.csv",
                "id,d,t,f,m,b\na,2024-02-29,2024-07-01 12:00:00.25,0.1234567,1.50,true\n"
                "b,2024-03-01,2024-07-01 12:00:00,1e300,22.75,false\n",
            ),
        )

        ingest(lake, incoming("b.csv", "id,d,t,f,m,b\nc,x,x,x,x,x\n"))

        table = table_at(folder)
        rows = {row["id"]: [row[name] for name in names] for row in table.to_pylist()}
        assert rows["a"] == ["2024-02-29", "2024-07-01T10:00:00.25Z", "0.1234567", "1.50", "true"]
        assert rows["b"] == ["2024-03-01", "2024-07-01T10:00:00Z", "1e300", "22.75", "false"]

    @pytest.mark.parametrize("format_", ["ndjson", "parquet"])
    def test_other_formats_widen_alike(self, lake_of, folder, incoming, tmp_path, format_):
        lake = lake_of(WIDENS.format(format=format_))
        for name, rows in (("a", "('a', 1)"), ("b", "('b', 2.5)")):
            path = tmp_path / f"{name}.{format_}"
            kind = "json" if format_ == "ndjson" else format_
            duckdb.sql(f"copy (select * from (values {rows}) t(id, n)) to '{path}' (format {kind})")
            lakes.age(path)
            ingest(lake, path)

        assert column(folder, "n") == {"a": Decimal("1.0"), "b": Decimal("2.5")}

    def test_a_part_older_than_the_column_stays_as_it_is(self, widening, folder, incoming):
        ingest(widening, incoming("a.csv", "id\na\n"))
        (old,) = DeltaTable(str(folder / "processed" / "sales")).file_uris()
        ingest(widening, incoming("b.csv", "id,n\nb,1\n"))

        ingest(widening, incoming("c.csv", "id,n\nc,x\n"))

        assert old in DeltaTable(str(folder / "processed" / "sales")).file_uris()
        assert column(folder, "n") == {"a": None, "b": "1", "c": "x"}

    def test_partitioned_parts_stay_in_their_folders(self, lake_of, folder, incoming):
        lake = lake_of(WIDENS.format(format="csv") + "    partition: [region]\n")
        ingest(lake, incoming("a.csv", "id,region,n\na,nord,1\nb,süd,2\n"))

        ingest(lake, incoming("b.csv", "id,region,n\nc,nord,x\n"))

        assert column(folder, "n") == {"a": "1", "b": "2", "c": "x"}
        assert column(folder, "region") == {"a": "nord", "b": "süd", "c": "nord"}
        assert lake.verify().findings == ()

    @pytest.mark.parametrize(("slow", "quick"), [("2", "x"), ("x", "2"), ("x", "1.5")])
    def test_who_is_overtaken_before_the_commit_converts_again(
        self, lake_of, clock, folder, incoming, slow, quick
    ):
        lake = lake_of(WIDENS.format(format="csv"), clock=clock)
        ingest(lake, incoming("a.csv", "id,n\na,1\n"))
        lake.land("sales", incoming("slow.csv", f"id,n\nslow,{slow}\n"))
        lakes.flush(lake)
        late = lakes.claim(lake, "late")

        failed = attempt_while(
            lake, late, lambda: ingest(lake, incoming("quick.csv", f"id,n\nquick,{quick}\n"))
        )

        assert isinstance(failed.error, CommitConflict)
        clock.advance(minutes=1)
        lake.work()
        values = {key: str(value) for key, value in column(folder, "n").items()}
        one = "1.0" if "1.5" in quick else "1"
        assert values == {"a": one, "slow": slow, "quick": quick}
        assert lake.verify().findings == ()

    @pytest.mark.parametrize(
        "point",
        ["stage.pre:1", "log.validated:1", "log.before_commit:1",
         "log.committed_unsynced:1", "ledger.pre:1"],
    )  # fmt: skip
    def test_a_reader_sees_all_of_it_or_nothing_wherever_its_worker_is_killed(
        self, lake_of, clock, folder, incoming, point
    ):
        with lakes.make(folder, WIDENS.format(format="csv"), clock=clock) as lake:
            ingest(lake, incoming("a.csv", "id,n\na,1\n"))
            lake.land("sales", incoming("b.csv", "id,n\nb,x\n"))
        die_at(folder, point)

        assert column(folder, "n") in ({"a": 1}, {"a": "1", "b": "x"})

        clock.advance(minutes=3)
        lake = lake_of(WIDENS.format(format="csv"), clock=clock)
        lake.work()
        assert column(folder, "n") == {"a": "1", "b": "x"}
        assert lake.verify().findings == ()
        lake.sweep(older_than=timedelta(0))
        assert len(lakes.parts_on_disk(folder)) == 2

    def test_files_that_are_converted_one_by_one_widen_together(self, widening, folder, incoming):
        ingest(widening, incoming("there.csv", "id,n\nthere,1\n"))
        files = [incoming(f"{n}.csv", f"id,n\n{n},{n}\n") for n in ("1", "2.5", "x", "4")]
        widening.land("sales", *files)
        lakes.flush(widening)
        claimed = lakes.claim(widening)
        died = replace(claimed.manifest, error="engine_died: it ended without an answer")

        receipt = lakes.try_once(widening, replace(claimed, manifest=died))

        assert "one file at a time" in receipt.engine
        assert column(folder, "n") == {"there": "1", "1": "1", "2.5": "2.5", "x": "x", "4": "4"}
        assert [(each.column, each.type, each.first) for each in receipt.changes] == [
            ("n", "decimal(20,1)", "sales/2.5.csv"),
            ("n", "text", "sales/x.csv"),
        ]
        assert widening.verify().findings == ()

    def test_two_feeds_of_one_table_give_way_to_each_other(self, lake_of, folder, incoming):
        other = WIDENS.format(format="csv").replace("  sales:", "  other:") + "    table: sales\n"
        lake = lake_of(WIDENS.format(format="csv") + other)
        ingest(lake, incoming("a.csv", "id,n\na,1\n"))
        ingest(lake, incoming("b.csv", "id,n\nb,x\n"))

        lake.ingest("other", incoming("c.csv", "id,n\nc,3\n"))

        assert column(folder, "n") == {"a": "1", "b": "x", "c": "3"}


class TestRescue:
    """What has no place is kept beside the row, and nothing is lost or doubled."""

    FEED = """\
  sales:
    format: csv
    schema: {id: text not null, qty: bigint}
    on_new_column: rescue
    on_bad_value: rescue
"""

    def test_rows_count_as_written_and_the_receipt_says_how_many_were_rescued(
        self, lake_of, folder, incoming
    ):
        lake = lake_of(self.FEED)
        ingest(lake, incoming("a.csv", "id,qty\na,1\n"))

        receipt = ingest(lake, incoming("b.csv", "id,qty,region\nb,two,nord\nc,3,\n"))

        found = column(folder, "_rescued")
        assert {key: json.loads(text) for key, text in found.items() if text} == {
            "b": {"region": "nord", "qty": "two"}
        }
        assert column(folder, "qty") == {"a": 1, "b": None, "c": 3}
        assert (receipt.books.written, receipt.books.quarantined) == (2, 0)
        assert any("rescued into _rescued" in note for note in receipt.files[0].notes)
        assert receipt.changes == (
            Change(ChangeKind.RESCUED, "region", "text", first="sales/b.csv"),
        )
        assert lake.verify().findings == ()

    def test_the_column_is_there_from_the_first_commit_on(self, lake_of, folder, incoming):
        lake = lake_of(self.FEED)

        ingest(lake, incoming("a.csv", "id,qty\na,1\n"))

        assert column(folder, "_rescued") == {"a": None}

    def test_a_feed_that_begins_to_rescue_gives_its_table_the_column(
        self, lake_of, folder, incoming
    ):
        ingest(lake_of(self.FEED.replace("rescue", "ignore", 1).replace("rescue", "null")),
               incoming("a.csv", "id,qty,x\na,1,2\n"))  # fmt: skip

        ingest(lake_of(self.FEED), incoming("b.csv", "id,qty,x\nb,2,3\n"))

        assert column(folder, "_rescued") == {"a": None, "b": '{"x":"3"}'}


class TestDecided:
    """What the configuration says of single columns."""

    def test_a_renamed_column_goes_on_under_the_tables_name(self, lake_of, folder, incoming):
        feed = "  sales:\n    schema: {id: text, cust: bigint}\n    rename: {customer_id: cust}\n"
        lake = lake_of(feed)
        ingest(lake, incoming("a.csv", "id,cust\na,1\n"))

        receipt = ingest(lake, incoming("b.csv", "id,Customer_Id\nb,2\n"))

        assert column(folder, "cust") == {"a": 1, "b": 2}
        assert [(each.kind, each.column, each.before) for each in receipt.changes] == [
            (ChangeKind.RENAMED, "cust", "Customer_Id")
        ]

    def test_a_refused_column_waits_in_quarantine_until_the_feed_takes_it(
        self, lake_of, folder, incoming
    ):
        feed = "  sales:\n    schema: {id: text}\n"
        lake = lake_of(feed + "    refuse: [region]\n")
        receipt = ingest(lake, incoming("a.csv", "id,region\na,nord\n"))
        assert receipt.files[0].cause.code == "refused_column"
        assert [(each.kind, each.column) for each in receipt.changes] == [
            (ChangeKind.REFUSED, "region")
        ]

        again = lake_of(feed)
        again.replay()
        again.work()

        assert column(folder, "region") == {"a": "nord"}


VALUES = {
    "whole": st.integers(-(2**70), 2**70).map(str),
    "decimal": st.decimals(-(10**12), 10**12, places=3, allow_nan=False).map(lambda d: f"{d:.3f}"),
    "word": st.text("abcxyz é", min_size=1, max_size=6).filter(lambda t: t == t.strip()),
    "flag": st.sampled_from(["true", "false"]),
    "day": st.dates().map(str),
}


@given(data=st.data())
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_after_any_widening_every_value_reads_back_as_its_text_said(tmp_path_factory, data):
    root = tmp_path_factory.mktemp("lake")
    said = {}
    with lakes.make(root / "lake", WIDENS.format(format="csv")) as lake:
        for number in range(data.draw(st.integers(2, 3))):
            kind = data.draw(st.sampled_from(sorted(VALUES)))
            values = data.draw(st.lists(VALUES[kind], min_size=1, max_size=4))
            rows = {f"{number}-{at}": value for at, value in enumerate(values)}
            said |= rows
            text = "".join(f"{key},{value},k\n" for key, value in rows.items())
            ingest(lake, lakes.write(root / f"{number}.csv", f"id,v,w\n{text}"))

        assert lake.verify().findings == ()
    found = column(root / "lake", "v")
    assert found.keys() == said.keys()
    for key, text in said.items():
        assert _same(found[key], text), (found[key], text)


def _same(value, text):
    """Whether a value is what its text said: numbers may have got more digits behind the point."""
    if isinstance(value, bool):
        return str(value).lower() == text
    if str(value) == text:
        return True
    try:
        return Decimal(str(value)) == Decimal(text)
    except ArithmeticError:
        return False
