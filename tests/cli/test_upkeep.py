"""Tables in shape, from the command line: compact, sweep --dry-run, query --at, tables TABLE."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from headwater.flow.advice import Advice
from headwater.flow.compact import CompactedTable
from headwater.flow.sweep import Swept, SweptFile
from headwater.flow.table import Deed, TableStory, TableVersion
from headwater.model.layout import PartitionStanding, SizeClass
from headwater.show.table import table_story_page
from headwater.show.upkeep import compacted_page, swept_page
from tests.cli import shown as samples
from tests.cli.test_pages import screen, text
from tests.flow import lakes

WIDE = 80


@pytest.fixture
def grown(tmp_path):
    """A lake whose table has two small parts, of ten rows and of twenty."""
    folder = tmp_path / "lake"
    with lakes.make(folder, lakes.SALES + "    batch: {files: 1}\n") as lake:
        for name, rows in (("a.csv", 10), ("b.csv", 20)):
            file = lakes.write(tmp_path / name, lakes.csv_of(*(f"{n}" for n in range(rows))))
            lake.land("sales", file)
        lake.work()
    return folder


def version(number, **more):
    told = {
        "version": number,
        "committed_at": datetime(2026, 11, 21, 6, 45, number, tzinfo=UTC),
        "deed": Deed.REPLACE,
        "rows_added": 12_345,
        "rows_removed": 12_344,
        "parts_added": 1,
        "parts_removed": 1,
        "manifest": "m1ng2ffyy7w5j5sm",
        "attempt": "m1ng2ffyy7w5j5sm-1",
    }
    return TableVersion(**{**told, **more})


def story(**more):
    joined = version(
        30, deed=Deed.COMPACT, manifest=None, attempt="c1ng2fg4q4k4w9va-1", parts_removed=1_204
    )
    partitions = tuple(
        PartitionStanding((("year", "2025"), ("month", str(n))), 1_000, 3, 90_000_000 // n)
        for n in range(1, 10)
    )
    told = {
        "standing": samples.table(),
        "history": (joined, *(version(n) for n in range(20, 0, -1))),
        "readable": ((0, 0), (18, 30)),
        "partitions": partitions,
        "sizes": (
            SizeClass(0, 1_000_000, 48, 30_000_000),
            SizeClass(1_000_000, 16_000_000, 0, 0),
            SizeClass(16_000_000, 128_000_000, 2, 100_000_000),
            SizeClass(128_000_000, None, 1, 200_000_000),
        ),
        "target_bytes": 256_000_000,
        "kept_parts": 1_213,
        "kept_bytes": 280_000_000,
        "advice": (
            Advice("small_parts", "48 small parts would become 3", "headwater compact sales"),
            Advice("huge_partition", "year=2025 holds 90%", "feeds.sales: finer", is_command=False),
        ),
    }
    return TableStory(**{**told, **more})


def test_a_table_reads_well_at_eighty_columns():
    shown = text(table_story_page(story()))

    assert max(map(len, shown.splitlines())) <= WIDE, shown
    assert "read with --at: 0, 18 to 30; 1,213 parts (280 MB) kept for it" in shown
    assert "headwater compact sales" in screen(table_story_page(story()), WIDE)


def test_a_compaction_is_shown_to_change_no_row():
    (row,) = (row for row in text(table_story_page(story())).splitlines() if "compact  " in row)

    assert row.split() == [
        "30", "2026-11-21", "06:45", "compact", "-", "+1", "-1,204", "c1ng2fg4q4k4w9va",
    ]  # fmt: skip


def test_of_many_versions_and_partitions_the_first_and_last_are_shown():
    shown = text(table_story_page(story()))

    assert "... 9 earlier versions; --json lists all" in shown
    assert "Partitions  9, 28.3 MB on average; the largest is 3.2 times as large" in shown
    assert "year=2025/month=1 " in shown
    assert "year=2025/month=9 " in shown
    assert "year=2025/month=5 " not in shown


def test_the_bars_of_sizes_are_as_long_as_there_are_parts():
    lines = text(table_story_page(story())).splitlines()

    bars = [line.count("#") for line in lines if line.startswith(("below", "128 MB and"))]
    assert bars == [24, 0, 1, 1]


def test_a_table_without_advice_is_in_good_shape():
    assert "in good shape" in text(table_story_page(story(advice=())))


def test_what_a_compaction_did_is_told_table_by_table():
    done = [
        CompactedTable("sales", 10_000, 1, 10_000_000, 214_000_000, 161_000_000, 11),
        CompactedTable("events"),
        CompactedTable("orders", busy=True),
        CompactedTable("odd", damaged=("a\nb.parquet",)),
    ]

    lines = text(compacted_page(done)).splitlines()

    assert lines == [
        "ok sales  10,000 parts became 1  10,000,000 rows  214 MB, now 161 MB  version 11",
        "-  events  no small parts to join",
        "-  orders  somebody else is compacting it",
        "X  odd  damaged, left alone: a\\nb.parquet",
    ]
    assert text(compacted_page([])) == "-  no tables yet"


def test_a_dry_run_of_a_sweep_lists_files_and_no_more_than_fit():
    files = tuple(SweptFile(f"sales/part-{n}.parquet", 1_000, n % 2 == 0) for n in range(25))
    swept = Swept(25, 0, 1, 25_000, 3, 6_000, files, dry_run=True)

    shown = text(swept_page(swept))

    assert "would remove 25 parts (25.0 kB), 0 refusal files, 1 temporary file" in shown
    assert "would keep 3 parts (6.0 kB) for readers of earlier versions" in shown
    assert "... 5 more files; --json lists all" in shown
    assert "sales/part-0.parquet   1.0 kB  was replaced" in shown


def test_compact_joins_and_ends_with_0(call, grown):
    ran = call("compact", "sales", "-C", grown)
    again = call("compact", "--json", "-C", grown)

    assert (ran.code, again.code) == (0, 0)
    assert "2 parts became 1" in ran.out
    assert again.document["tables"][0]["joined"] == 0


def test_compact_ends_with_1_where_a_part_is_damaged(call, grown):
    file = min((grown / "processed" / "sales").rglob("*.parquet"))
    file.write_bytes(file.read_bytes()[:-1] + b"x")

    ran = call("compact", "-C", grown)

    assert ran.code == 1
    assert "damaged, left alone" in ran.out
    assert "headwater verify" in ran.err


def test_compact_knows_which_table_was_meant(call, grown):
    ran = call("compact", "sale", "-C", grown)

    assert ran.code == 2
    assert "did you mean 'sales'?" in ran.err


def test_query_answers_as_things_were(call, grown):
    def count(*words):
        ran = call("query", "select count(*) as n from sales", "--json", *words, "-C", grown)
        assert ran.code == 0, ran.err
        return ran.document[0]["n"]

    call("compact", "-C", grown)
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")

    assert [count("--at", at) for at in ("0", "1", "2", "3", tomorrow, "0s ago", "0s")] == [
        0, 10, 30, 30, 30, 30, 30,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("at", "said"),
    [("77", "has no version 77; it has 0 to 2"), ("1d", "was not there before"), ("noon", "2h")],
)
def test_query_says_what_cannot_be_asked_for(call, grown, at, said):
    ran = call("query", "select count(*) from sales", "--at", at, "-C", grown)

    assert ran.code != 0
    assert said in ran.err


def test_tables_tells_one_closely(call, grown):
    ran = call("tables", "sales", "-C", grown)
    document = call("tables", "sales", "--json", "-C", grown).document

    assert "History" in ran.out
    assert [each["deed"] for each in document["history"]] == ["append", "append", "made"]
    assert document["rows"] == 30
    assert document["columns"][0] == ["id", "text"]


def test_a_dry_run_removes_nothing(call, grown):
    call("compact", "-C", grown)

    would = call("sweep", "--dry-run", "--older-than", "0s", "--json", "-C", grown).document
    after = call("sweep", "--older-than", "0s", "--json", "-C", grown).document

    assert (would["parts"], would["dry_run"]) == (2, True)
    assert after["files"] == would["files"]
