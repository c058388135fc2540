"""Odd inputs that only a lake can meet: names of folders, files that go, equal bytes at once."""

from __future__ import annotations

from collections import Counter

from tests.flow import lakes
from tests.flow.lakes import csv_of, ids_of, states_of

REGIONAL = (
    "  sales:\n    format: csv\n    schema: {id: text, region: text}\n    partition: [region]\n"
)
REGIONS = ("a/b", "..", "=", "%", "\U0001f600", "__HIVE_DEFAULT_PARTITION__", "A", "a")


def test_whatever_a_partition_is_called_its_rows_say_the_true_value(folder, incoming):
    rows = "".join(f"{number},{region}\n" for number, region in enumerate(REGIONS))
    with lakes.make(folder, REGIONAL) as lake:
        lake.ingest("sales", incoming("a.csv", "id,region\n" + rows + "none,\n"))

        found = Counter(lake.query("select region from sales").rows())
        assert found == Counter((region,) for region in (*REGIONS, None))
        assert lake.verify().findings == ()


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
