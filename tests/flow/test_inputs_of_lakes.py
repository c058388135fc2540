"""Odd inputs that only a lake can meet: names of folders, files that go, equal bytes at once."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from deltalake import DeltaTable

from tests.flow import lakes
from tests.flow.lakes import csv_of, ids_of, states_of

REGIONAL = (
    "  sales:\n    format: csv\n    schema: {id: text, region: text}\n    partition: [region]\n"
)
REGIONS = ("a/b", "..", "=", "%", "\U0001f600", "__HIVE_DEFAULT_PARTITION__", "A", "a", "a ")
LONG = ("x" * 1_000, "\U0001f600" * 50)


def test_whatever_a_partition_is_called_its_rows_say_the_true_value(folder, incoming):
    rows = "".join(f"{number},{region}\n" for number, region in enumerate(REGIONS))
    with lakes.make(folder, REGIONAL) as lake:
        lake.ingest("sales", incoming("a.csv", "id,region\n" + rows + "none,\n"))

        found = Counter(lake.query("select region from sales").rows())
        assert found == Counter((region,) for region in (*REGIONS, None))
        assert lake.verify().findings == ()


def test_a_partition_called_by_a_hash_is_replaced_widened_swept_and_read_like_others(
    folder, incoming
):
    with lakes.make(
        folder, REGIONAL.replace("id: text, ", "") + "    on_bad_value: widen\n"
    ) as lake:
        first = "".join(f"{number},{region}\n" for number, region in enumerate(LONG))
        lake.ingest("sales", incoming("a.csv", "n,region\n" + first + "7,x\n"))
        lake.ingest("sales", incoming("b.csv", f"n,region\n8,{LONG[0]}\n"))
        lake.ingest("sales", incoming("a.csv", f"n,region\n1.5,{LONG[1]}\n9,x\n"))

        found = lake.query("select cast(n as varchar), region from sales order by n").rows()
        assert found == [("1.5", LONG[1]), ("8.0", LONG[0]), ("9.0", "x")]
        assert lake.verify().findings == ()

        lake.sweep(older_than=timedelta(0))
        assert lake.verify().findings == ()

    table = DeltaTable(str(folder / "processed" / "sales"))
    regions = set(table.get_add_actions(flatten=True)["partition.region"].to_pylist())
    assert regions == {*LONG, "x"}


def test_two_files_with_equal_bytes_at_the_same_moment_are_both_accounted_for(lake, incoming):
    for name in ("a.csv", "b.csv"):
        lake.land("sales", incoming(name, csv_of("1")))

    lake.work()

    assert ids_of(lake) == ["1", "1"]
    assert states_of(lake, "sales/a.csv") == ["completed"]
    assert states_of(lake, "sales/b.csv") == ["completed"]
    assert lake.verify().findings == ()


def test_a_file_that_goes_before_it_is_read_is_missing_and_holds_up_no_other(
    lake, folder, incoming
):
    lake.land("sales", incoming("good.csv", csv_of("2")))
    path = lakes.write(folder / "raw" / "sales" / "gone.csv", csv_of("1"))
    lake.reconcile()
    path.unlink()

    lake.work()

    assert ids_of(lake) == ["2"]
    assert states_of(lake, "sales/gone.csv") == ["missing"]


def test_a_table_partitioned_by_instants_is_one_that_other_readers_open(folder, incoming):
    with lakes.make(folder, "  sales:\n    partition: [ts]\n") as lake:
        lake.ingest("sales", incoming("a.csv", "id,ts\n1,2026-01-02T03:04:05+02:00\n"))

        assert lake.query("select id, epoch(ts)::bigint from sales").rows() == [(1, 1767315845)]

    values = DeltaTable(str(folder / "processed" / "sales")).get_add_actions(flatten=True)
    assert values["partition.ts"].to_pylist() == [datetime(2026, 1, 2, 1, 4, 5, tzinfo=UTC)]


def test_a_terabyte_of_holes_is_refused_at_once_and_holds_up_no_other(lake, folder, incoming):
    hollow = incoming("hollow.csv", "id\n")
    with hollow.open("r+b") as file:
        file.truncate(10**12)
    lakes.age(hollow)

    refused, landed = lake.land("sales", hollow, incoming("good.csv", csv_of("2")))
    lake.work()

    assert refused.error.code == "source_too_big"
    assert landed.error is None
    assert ids_of(lake) == ["2"]


def test_a_thousand_small_files_are_one_entry_of_the_log(folder, incoming):
    with lakes.make(folder, "  sales:\n    format: csv\n    schema: {id: text}\n") as lake:
        lake.land("sales", *(incoming(f"{n}.csv", f"id\n{n}\n") for n in range(2_500)))

        lake.work()

        assert len(ids_of(lake)) == 2_500
    commits = [e for e in lakes.log_of(folder) if any("add" in action for action in e)]
    assert len(commits) == 3
