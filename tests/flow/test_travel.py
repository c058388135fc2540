"""Tables as they were, as long as their parts are there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from headwater.errors import QueryError
from headwater.flow.travel import readable
from tests.flow import lakes
from tests.flow.lakes import csv_of

FEEDS = lakes.SALES + "    batch: {files: 1}\n"
COUNT = "select count(*) from sales"


@pytest.fixture
def lake(folder, clock):
    with lakes.make(folder, FEEDS, clock=clock) as lake:
        yield lake


@pytest.fixture
def grown(lake, folder, incoming):
    """Versions 1 to 3 add a row each; 4 replaces one by two; an hour lies between them."""
    for number in range(3):
        lake.land("sales", incoming(f"{number}.csv", csv_of(f"{number}")))
    lake.work()
    lake.land("sales", incoming("0.csv", csv_of("new", "newer")))
    lake.work()


def date(lake, folder):
    """Give entries a time: version v at 10:00 and v hours."""
    import json

    for version in range(5):
        entry = folder / "processed" / "sales" / "_delta_log" / f"{version:020d}.json"
        lines = [json.loads(line) for line in entry.read_text().splitlines()]
        at = datetime(2026, 3, 4, 10 + version, tzinfo=UTC)
        for line in lines:
            if "commitInfo" in line:
                line["commitInfo"]["timestamp"] = int(at.timestamp() * 1000)
        entry.write_text("\n".join(map(json.dumps, lines)))


def counted(lake, at, sql=COUNT):
    ((count,),) = lake.query(sql, at=at).rows()
    return count


def test_a_version_is_asked_for_by_its_number(lake, grown):
    assert [counted(lake, version) for version in range(5)] == [0, 1, 2, 3, 4]


def test_a_time_means_the_last_version_committed_by_then(lake, folder, grown):
    date(lake, folder)

    day = datetime(2026, 3, 4, tzinfo=UTC)
    assert counted(lake, day.replace(hour=11)) == 1
    assert counted(lake, day.replace(hour=12, minute=59)) == 2
    assert counted(lake, day + timedelta(days=30)) == 4


def test_a_time_without_a_zone_is_utc_and_text_is_read_as_iso_8601(lake, folder, grown):
    date(lake, folder)

    assert counted(lake, datetime(2026, 3, 4, 13)) == 3  # noqa: DTZ001 - what is promised of it
    assert counted(lake, "2026-03-04T13:00") == 3
    assert counted(lake, "2026-03-04T14:00+01:00") == 3
    assert counted(lake, "2026-03-05") == 4


def test_so_long_ago_is_counted_from_now(lake, folder, grown, clock):
    date(lake, folder)
    clock.now = datetime(2026, 3, 4, 15, tzinfo=UTC)

    assert counted(lake, timedelta(hours=2)) == 3


def test_columns_are_those_of_that_version(folder, incoming):
    with lakes.make(folder, "  sales:\n    format: csv\n") as lake:
        lake.ingest("sales", incoming("a.csv", "id\n1\n"))
        lake.ingest("sales", incoming("b.csv", "id,who\n2,ann\n"))

        assert "who" not in lake.query("select * from sales", at=1).columns
        assert "who" in lake.query("select * from sales").columns


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (5, "sales has no version 5; it has 0 to 4"),
        (-1, "sales has no version -1; it has 0 to 4"),
        (datetime(2026, 3, 4, 9, tzinfo=UTC), "was made at 2026-03-04 10:00:00 UTC"),
        ("noon", "'noon' is no time"),
    ],
)
def test_what_never_was_is_said(lake, folder, grown, at, said):
    date(lake, folder)

    with pytest.raises(QueryError) as error:
        lake.query(COUNT, at=at)

    assert said in error.value.message
    assert error.value.hint


def test_a_version_whose_parts_were_swept_says_which_can_be_read(lake, grown, clock):
    lake.compact()
    clock.advance(days=8)
    lake.sweep()

    with pytest.raises(QueryError) as error:
        lake.query(COUNT, at=3)

    assert "version 3 of sales cannot be read any more: 3 of its 3 parts" in error.value.message
    assert "can be read: 0, 5" in error.value.message
    assert counted(lake, 5) == 4
    assert readable(lake._world, "sales") == [(0, 0), (5, 5)]


def test_within_the_retention_every_version_can_be_read(lake, grown, clock):
    lake.compact()
    clock.advance(days=6)
    lake.sweep()

    assert readable(lake._world, "sales") == [(0, 5)]
    assert [counted(lake, version) for version in range(6)] == [0, 1, 2, 3, 4, 4]


def test_ranges_have_gaps_where_parts_in_the_middle_are_gone(lake, folder, grown):
    snapshot = lake._world.tables.snapshot("sales", 3)
    (first,) = {part.path for part in lake._world.tables.snapshot("sales", 1).parts}
    assert first in {part.path for part in snapshot.parts}
    (folder / "processed" / "sales" / first).unlink()

    assert readable(lake._world, "sales") == [(0, 0), (4, 4)]


def test_a_table_whose_name_is_in_anothers_does_not_stand_in_the_way(folder, incoming):
    feeds = FEEDS + "  sales_clean:\n    format: csv\n    batch: {files: 1}\n"
    with lakes.make(folder, feeds) as lake:
        lake.ingest("sales", incoming("a.csv", csv_of("1")))
        lake.land("sales_clean", *(incoming(f"{n}.csv", f"id\n{n}\n") for n in range(3)))
        lake.work()

        assert counted(lake, 3, "select count(*) from sales_clean") == 3
        with pytest.raises(QueryError, match="sales has no version 3"):
            lake.query("select count(*) from sales_clean, sales", at=3)


def test_a_mistake_in_the_question_is_still_told_as_such(lake, grown):
    with pytest.raises(QueryError, match="nope"):
        lake.query("select nope from sales", at=2)
