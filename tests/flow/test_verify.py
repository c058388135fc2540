"""Verify says what is broken, and nothing where nothing is."""

from __future__ import annotations

import json
import sqlite3

import pytest

from tests.flow import lakes
from tests.flow.lakes import claim, csv_of, flush, ids_of


@pytest.fixture
def lake(folder, incoming):
    """A lake with all that a healthy one may have."""
    with lakes.make(folder, lakes.SALES + "    max_bad: 2\n") as lake:
        lake.ingest("sales", incoming("a.csv", csv_of("1", "2")), incoming("b.csv", csv_of("3")))
        lake.ingest("sales", incoming("a.csv", csv_of("1", "9", month=2) + "x,soon,1\n"))
        lake.ingest("sales", incoming("bad.csv", csv_of("7", "8", "9", qty="many")))
        lake.replay()
        lake.work()
        lakes.write(folder / "raw" / "other" / "unrouted.csv", "a\n1\n")
        lake.reconcile()
        yield lake


def part_of(folder):
    return folder / "processed" / "sales" / lakes.parts_on_disk(folder)[-1]


def entries_of(folder):
    return sorted((folder / "processed" / "sales" / "_delta_log").glob("*.json"))


def found(lake):
    return {finding.invariant.split()[0] for finding in lake.verify().findings}


def test_a_healthy_lake_has_nothing_to_find(lake):
    verdict = lake.verify()

    assert verdict.findings == ()
    assert verdict.holds
    assert (verdict.tables, verdict.rows) == (1, len(ids_of(lake)))
    assert verdict.arrivals == 7


def test_work_in_progress_is_no_fault(lake, incoming):
    lake.land("sales", incoming("c.csv", csv_of("5")))
    flush(lake)
    claim(lake)

    assert lake.verify().findings == ()


def test_a_commit_that_the_ledger_was_not_told_of_yet_is_no_fault(lake, incoming, monkeypatch):
    class PowerCut(BaseException):
        pass

    def cut(*_):
        raise PowerCut

    lake.land("sales", incoming("a.csv", csv_of("5")))
    flush(lake)
    monkeypatch.setattr("headwater.flow.attempt.settle", cut)
    with pytest.raises(PowerCut):
        lakes.try_once(lake)
    monkeypatch.undo()

    assert lake.verify().findings == ()
    lake.work()
    assert lake.verify().findings == ()


@pytest.mark.parametrize("place", [4, 0.5, -1])
def test_a_flipped_bit_in_a_part_is_found(lake, folder, place):
    path = lakes.Path(folder) / "processed" / "sales" / live_part(lake)
    body = bytearray(path.read_bytes())
    at = int(len(body) * place) if isinstance(place, float) else place
    body[at] ^= 1
    path.write_bytes(body)

    assert "I6" in found(lake)


def live_part(lake):
    return lake._world.tables.snapshot("sales").parts[-1].path


def test_a_missing_part_is_found(lake, folder):
    (folder / "processed" / "sales" / live_part(lake)).unlink()

    assert found(lake) == {"I6"}


def test_a_part_cut_short_is_found(lake, folder):
    path = folder / "processed" / "sales" / live_part(lake)
    path.write_bytes(path.read_bytes()[:-10])

    assert found(lake) == {"I6"}


def test_a_truncated_log_entry_is_found(lake, folder):
    entry = entries_of(folder)[1]
    entry.write_bytes(entry.read_bytes()[:-40])

    assert found(lake) & {"I7", "unreadable"}


def test_a_missing_log_entry_is_found(lake, folder):
    entries_of(folder)[1].unlink()

    assert found(lake) & {"I7", "unreadable"}


def test_a_log_that_lost_its_last_commit_is_found(lake, folder):
    entries_of(folder)[-1].unlink()

    assert "I8" in found(lake)


@pytest.mark.parametrize("how", ["changed", "removed"])
def test_raw_bytes_that_are_not_what_they_were_are_found(lake, folder, how):
    path = folder / "raw" / "sales" / "b.csv"
    if how == "removed":
        path.unlink()
    else:
        path.write_text(csv_of("4"))

    assert found(lake) == {"I11"}


def test_a_ledger_that_says_committed_where_the_log_does_not_is_found(lake, folder, incoming):
    lake.land("sales", incoming("c.csv", csv_of("5")))
    flush(lake)
    tamper(folder, "update manifests set state = 'committed' where state = 'open'")

    assert found(lake) == {"I8"}


def test_a_ledger_that_forgot_a_commit_is_found(lake, folder):
    tamper(folder, "delete from manifests where seq = 1")

    assert "I8" in found(lake)


def test_two_versions_of_a_key_that_are_visible_at_once_are_found(lake, folder):
    tamper(folder, "update arrivals set state = 'completed' where key = 'sales/a.csv'")

    assert "I3" in found(lake)


def test_books_in_the_ledger_that_are_not_the_logs_are_found(lake, folder):
    with sqlite3.connect(folder / "ledger.sqlite") as ledger:
        ((manifest, body),) = ledger.execute("select manifest, body from receipts limit 1")
        said = json.loads(body)
        said["files"][0]["books"]["written"] += 1
        said["files"][0]["books"]["counted"] += 1
        ledger.execute(
            "update receipts set body = ? where manifest = ?", [json.dumps(said), manifest]
        )
    ledger.close()

    assert found(lake) == {"I8"}


def test_doubled_rows_are_found(lake, folder):
    """The same part under another name, put into the log by somebody else's hand."""
    import shutil
    from pathlib import Path

    table = folder / "processed" / "sales"
    part = live_part(lake)
    twin = str(Path(part).with_name("twin.parquet"))
    shutil.copy(table / part, table / twin)
    entries = entries_of(folder)
    actions = [json.loads(line) for entry in entries for line in entry.read_text().splitlines()]
    (add,) = [action["add"] for action in actions if action.get("add", {}).get("path") == part]
    number = len(entries)
    (table / "_delta_log" / f"{number:020d}.json").write_text(
        json.dumps({"add": {**add, "path": twin}})
    )

    assert "I1" in found(lake)


def tamper(folder, sql):
    with sqlite3.connect(folder / "ledger.sqlite") as ledger:
        ledger.execute(sql)
    ledger.close()
