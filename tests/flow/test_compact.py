"""Small parts become large ones; no row comes, goes or changes, whatever happens meanwhile."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import closing

import duckdb
import pytest
from deltalake import DeltaTable

from headwater.errors import UnknownTable
from headwater.flow import compact as compaction
from headwater.flow.compact import Bounds, compact_table
from headwater.model.ids import is_compaction
from headwater.ports.tables import EntryKind
from tests.flow import lakes
from tests.flow.lakes import csv_of, ids_of, log_of, parts_on_disk, versions_of
from tests.flow.parted import FEEDS, ROWS, fill, live_parts

EVENTS = """\
  events:
    format: csv
    schema: {id: text not null}
"""


@pytest.fixture
def lake(folder, clock):
    with lakes.make(folder, FEEDS, clock=clock) as lake:
        yield lake


@pytest.fixture
def small(lake, incoming):
    """A table of four parts in two partitions."""
    fill(lake, incoming)


def compactions(lake):
    return [each for each in lake._world.tables.log("sales") if each.kind is EntryKind.COMPACTION]


def between(monkeypatch, meanwhile):
    """Do something once a compaction has written its parts, and not yet committed them."""
    commit = compaction._ask

    def later(world, wanted):
        monkeypatch.setattr(compaction, "_ask", commit)
        meanwhile()
        return commit(world, wanted)

    monkeypatch.setattr(compaction, "_ask", later)


def test_small_parts_of_a_partition_become_one(lake, folder, small):
    (done,) = lake.compact()

    assert (done.table, done.joined, done.parts, done.rows) == ("sales", 4, 2, 8)
    assert len(live_parts(lake)) == 2
    assert ids_of(lake) == ROWS
    assert lake.query("select count(*) from sales where month = 2").rows() == [(4,)]
    assert lake.verify().findings == ()


def test_no_version_before_or_after_shows_other_rows(lake, folder, small):
    before = versions_of(folder)

    lake.compact()

    assert versions_of(folder) == [*before, before[-1]]


def test_readers_of_changes_are_told_of_none(lake, folder, small):
    lake.compact()

    actions = [each for line in log_of(folder)[-1] for each in line.items() if "add" in line]
    removes = [line["remove"] for line in log_of(folder)[-1] if "remove" in line]
    assert [each["dataChange"] for _, each in actions] == [False, False]
    assert [each["dataChange"] for each in removes] == [False] * 4


def test_rows_keep_their_order_and_their_provenance(lake, folder, small):
    lake.compact()

    for part in live_parts(lake):
        rows = duckdb.execute(
            "select id, _arrival from read_parquet(?, hive_partitioning = false)",
            [str(folder / "processed" / "sales" / part.path)],
        ).fetchall()
        arrivals = {arrival for _, arrival in rows}
        assert len(arrivals) == 2
        # Files that were converted within one second come in either order.
        files = [rows[at : at + 2] for at in (0, 2)]
        assert [[row[0][1] for row in file] for file in files] == [["a", "b"]] * 2
        assert all(len({name[0] for name, _ in file}) == 1 for file in files)
        assert (part.first_arrival, part.last_arrival) == (min(arrivals), max(arrivals))


def test_a_second_compaction_finds_nothing_and_adds_no_entry(lake, folder, small):
    lake.compact()
    before = log_of(folder)

    (done,) = lake.compact("sales")

    assert (done.joined, done.parts, done.version) == (0, 0, None)
    assert log_of(folder) == before


def test_large_parts_stay_as_they_are(folder, incoming):
    feeds = lakes.SALES + "    file_size: 1MB\n"
    with lakes.make(folder, feeds) as lake:
        many = (f"{n:x}{n * 7919 % 1_000_003:x}{n * 104_729 % 999_983:x}" for n in range(120_000))
        lake.ingest("sales", incoming("large.csv", csv_of(*many)))
        large = live_parts(lake)
        lake.ingest("sales", incoming("a.csv", csv_of("a")), incoming("b.csv", csv_of("b")))
        lake.ingest("sales", incoming("c.csv", csv_of("c")))

        lake.compact()

        assert max(part.size_bytes for part in large) > 500_000
        assert set(large) < set(live_parts(lake))
        assert len(live_parts(lake)) == len(large) + 1


def test_a_newer_version_replaces_exactly_its_rows_in_a_joined_part(lake, folder, incoming, small):
    lake.compact()

    lake.ingest("sales", incoming("2.csv", csv_of("new", month=1)))

    assert ids_of(lake) == sorted({*ROWS, "new"} - {"2a", "2b"})
    assert lake.verify().findings == ()


def test_a_replay_replaces_exactly_its_rows_in_a_joined_part(lake, folder, incoming):
    lake.ingest("sales", incoming("a.csv", csv_of("1") + "2,soon,1\n"))
    lake.ingest("sales", incoming("b.csv", csv_of("3")))
    lake.compact()

    lake.replay()
    lake.work()

    assert ids_of(lake) == ["1", "3"]
    assert lake.verify().findings == ()


def test_what_another_replaces_meanwhile_is_left_to_it(lake, folder, incoming, small, monkeypatch):
    between(monkeypatch, lambda: lake.ingest("sales", incoming("2.csv", csv_of("new", month=1))))

    (done,) = lake.compact()

    assert ids_of(lake) == sorted({*ROWS, "new"} - {"2a", "2b"})
    assert (done.joined, len(live_parts(lake))) == (2, 3)
    assert lake.verify().findings == ()


def test_a_column_that_becomes_wider_meanwhile_is_wide_in_every_part(folder, incoming, monkeypatch):
    feeds = "  sales:\n    format: csv\n    on_bad_value: widen\n"
    with lakes.make(folder, feeds) as lake:
        lake.ingest("sales", incoming("a.csv", "id,qty\n1,1\n"))
        lake.ingest("sales", incoming("b.csv", "id,qty\n2,2\n"))
        between(monkeypatch, lambda: lake.ingest("sales", incoming("c.csv", "id,qty\n3,1.5\n")))

        lake.compact()

        rows = lake.query("select id, cast(qty as varchar) from sales order by id").rows()
        assert [(row[0], float(row[1])) for row in rows] == [(1, 1.0), (2, 2.0), (3, 1.5)]
        assert lake.verify().findings == ()


def test_partitions_keep_their_values_however_odd(folder, incoming):
    feeds = """\
  sales:
    format: csv
    schema: {id: bigint, region: text}
    partition: [region]
    batch: {files: 1}
"""
    regions = ["a b", "é/=%20", "", "__HIVE_DEFAULT_PARTITION__", "NULL", "..", "x\ny"]
    text = "id,region\n" + "".join(f'{n},"{each}"\n' for n, each in enumerate(regions))
    with lakes.make(folder, feeds) as lake:
        lake.land("sales", incoming("a.csv", text), incoming("b.csv", text))
        lake.work()
        asked = "select id, region, count(*) from sales group by all order by all"
        before = lake.query(asked).rows()
        many = len(live_parts(lake))

        lake.compact()

        assert lake.query(asked).rows() == before
        assert len(live_parts(lake)) == many / 2
        assert lake.verify().findings == ()


def test_a_column_that_comes_later_is_null_in_joined_parts(folder, incoming):
    with lakes.make(folder, "  sales:\n    format: csv\n") as lake:
        lake.ingest("sales", incoming("a.csv", "id\n1\n"))
        lake.ingest("sales", incoming("b.csv", "id,who\n2,ann\n"))

        lake.compact()

        assert lake.query("select id, who from sales order by id").rows() == [
            (1, None),
            (2, "ann"),
        ]
        assert len(live_parts(lake)) == 1


def test_a_reply_that_is_lost_commits_once(lake, folder, small, monkeypatch):
    from headwater.errors import CommitUnknown

    tables = lake._world.tables
    compact, lost = tables.compact, []

    def lossy(wanted):
        result = compact(wanted)
        if not lost:
            lost.append(wanted)
            raise CommitUnknown("the reply was lost")
        return result

    monkeypatch.setattr(tables, "compact", lossy)

    lake.compact()

    assert len(compactions(lake)) == 1
    assert ids_of(lake) == ROWS


def test_a_compaction_that_was_dropped_commits_nothing(lake, folder, small, monkeypatch):
    """A sweep has taken it for dead, and its parts with it."""
    world = lake._world

    def drop():
        names = (path.rpartition("/")[2] for path in parts_on_disk(folder))
        (attempt,) = {name[5:23] for name in names if is_compaction(name[5:])}
        world.tables.fence("sales", [attempt])

    between(monkeypatch, drop)

    (done,) = lake.compact()

    assert ids_of(lake) == ROWS
    assert (done.joined, len(compactions(lake))) == (4, 1)  # another one, after it


def test_a_damaged_part_is_left_alone_and_told_of(lake, folder, small):
    path = min(part.path for part in live_parts(lake))
    file = folder / "processed" / "sales" / path
    body = bytearray(file.read_bytes())
    body[20] ^= 1
    file.write_bytes(body)

    (done,) = lake.compact()

    assert done.damaged == (path,)
    assert path in {part.path for part in live_parts(lake)}
    assert done.joined == 2  # of the other partition


def test_a_part_that_was_replaced_and_swept_meanwhile_is_not_called_damaged(
    lake, folder, incoming, small, clock, monkeypatch
):
    known = compaction.part_hashes

    def meanwhile(world, table):
        monkeypatch.setattr(compaction, "part_hashes", known)
        lake.ingest("sales", incoming("2.csv", csv_of("new", month=1)))
        clock.advance(days=8)
        lake.sweep()
        return known(world, table)

    monkeypatch.setattr(compaction, "part_hashes", meanwhile)

    (done,) = lake.compact()

    assert done.damaged == ()
    assert ids_of(lake) == sorted({*ROWS, "new"} - {"2a", "2b"})


def test_a_damaged_part_is_found_as_well_where_it_was_joined_before(lake, folder, incoming, small):
    lake.compact()
    path = min(part.path for part in live_parts(lake))
    file = folder / "processed" / "sales" / path
    body = bytearray(file.read_bytes())
    body[20] ^= 1
    file.write_bytes(body)

    found = lake.verify().findings
    lake.ingest("sales", incoming("9.csv", csv_of("9", month=1)))
    (done,) = lake.compact()

    assert [(each.invariant, each.subject) for each in found] == [("I6 reachable", path)]
    assert done.damaged == (path,)


def test_what_comes_while_it_works_is_the_next_compactions(lake, incoming, small, monkeypatch):
    def more():
        lake.ingest("sales", incoming("8.csv", csv_of("8", month=1)))
        lake.ingest("sales", incoming("9.csv", csv_of("9", month=1)))

    between(monkeypatch, more)

    lake.compact()

    assert len(live_parts(lake)) == 4


def test_commits_are_of_a_bounded_size(lake, small, monkeypatch):
    from headwater.model import compaction as model

    monkeypatch.setattr(model, "ROUND_FILES", 3)

    (done,) = lake.compact()

    assert len(compactions(lake)) == 2
    assert (done.joined, done.parts) == (4, 2)


def test_nobody_compacts_a_table_that_somebody_else_compacts(lake, small):
    with lake._world.tables.compacting("sales") as mine:
        (done,) = lake.compact()

    assert mine
    assert done.busy
    assert compactions(lake) == []


def test_tables_are_named_by_their_feeds_as_well(folder, incoming):
    with lakes.make(folder, lakes.SALES + "    table: orders\n" + EVENTS) as lake:
        for number in range(2):
            lake.ingest("sales", incoming(f"{number}.csv", csv_of(f"{number}")))
            lake.ingest("events", incoming(f"{number}.csv", f"id\n{number}\n"))

        done = lake.compact("sales")

        assert [(each.table, each.joined) for each in done] == [("orders", 2)]
        with pytest.raises(UnknownTable) as error:
            lake.compact("sale")
        assert "'sales'" in error.value.hint


def test_the_ledger_is_rebuilt_from_a_log_with_compactions(lake, folder, incoming, small):
    lake.compact()

    lake.rebuild()

    assert lake.verify().findings == ()
    lake.ingest("sales", incoming("2.csv", csv_of("new", month=1)))
    assert ids_of(lake) == sorted({*ROWS, "new"} - {"2a", "2b"})


def test_a_log_whose_compaction_lost_rows_is_found_out(lake, folder, small):
    lake.compact()
    entry = max((folder / "processed" / "sales" / "_delta_log").glob("*.json"))
    lines = [json.loads(line) for line in entry.read_text().splitlines()]
    for line in lines:
        if "add" in line:
            known = json.loads(line["add"]["stats"])
            line["add"]["stats"] = json.dumps(known | {"numRecords": 3})
    entry.write_text("\n".join(map(json.dumps, lines)))

    found = {each.invariant for each in lake.verify().findings}

    assert "I4 conservation" in found


def test_other_tools_read_what_was_compacted(lake, folder, small):
    lake.compact()

    table = DeltaTable(str(folder / "processed" / "sales"))
    rows = duckdb.execute("select id from read_parquet(?)", [table.file_uris()]).fetchall()

    assert Counter(row[0] for row in rows) == Counter(ROWS)


def test_a_partition_with_few_small_parts_is_left_alone_where_many_are_asked_for(lake, small):
    with closing(lake._world.engine()) as engine:
        done = compact_table(lake._world, engine, "sales", Bounds(least=3))

    assert done.joined == 0
