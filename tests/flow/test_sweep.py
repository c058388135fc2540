"""What nobody names any more goes; what somebody may still read or write stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest

from headwater.flow.convert import convert
from headwater.model.progress import nobody
from tests.flow import lakes
from tests.flow.lakes import claim, csv_of, flush, ids_of, parts_on_disk

NOW = timedelta(0)


@pytest.fixture
def lake(folder, clock):
    with lakes.make(folder, clock=clock) as lake:
        yield lake


@pytest.fixture
def rewritten(lake, incoming):
    """A table with one part in use, and one whose rows were replaced."""
    lake.ingest("sales", incoming("a.csv", csv_of("old")))
    lake.ingest("sales", incoming("a.csv", csv_of("new")))


def convert_only(lake, claimed, *, anew=False):
    """What an attempt leaves that dies before its commit."""
    world = lake._world
    engine = world.engine()
    try:
        members = world.ledger.members(claimed.manifest.id)
        return convert(world, engine, claimed, members, nobody, anew=anew)
    finally:
        engine.close()


def test_replaced_parts_are_kept_for_readers(lake, folder, rewritten):
    before = parts_on_disk(folder)

    swept = lake.sweep()

    assert (swept.parts, swept.kept) == (0, 1)
    assert parts_on_disk(folder) == before


def test_replaced_parts_go_after_the_retention(lake, folder, rewritten, clock):
    clock.advance(days=8)

    swept = lake.sweep()

    assert (swept.parts, swept.kept) == (1, 0)
    assert ids_of(lake) == ["new"]


def test_a_person_may_have_them_go_at_once(lake, folder, rewritten, clock):
    clock.advance(minutes=10)  # more than two commits take on a busy machine

    swept = lake.sweep(older_than=NOW)

    assert swept.parts == 1
    assert swept.size_bytes > 0
    assert len(parts_on_disk(folder)) == 1
    assert ids_of(lake) == ["new"]
    assert lake.verify().findings == ()


def test_parts_and_refusals_of_a_live_lease_stay(lake, folder, incoming):
    lake.ingest("sales", incoming("a.csv", csv_of("1")))
    lake.land("sales", incoming("b.csv", csv_of("2") + "3,soon,1\n"))
    flush(lake)
    conversion = convert_only(lake, claim(lake))

    swept = lake.sweep(older_than=NOW)

    assert (swept.parts, swept.refusals) == (0, 0)
    assert {part.path for part in conversion.parts} <= set(parts_on_disk(folder))


def test_parts_and_refusals_of_a_dead_attempt_go_behind_a_fence(lake, folder, incoming, clock):
    lake.ingest("sales", incoming("a.csv", csv_of("1")))
    lake.land("sales", incoming("b.csv", csv_of("2") + "3,soon,1\n"))
    flush(lake)
    claimed = claim(lake)
    convert_only(lake, claimed)
    clock.advance(minutes=2)

    swept = lake.sweep(older_than=NOW)

    assert (swept.parts, swept.refusals) == (1, 1)
    fences = [each for entry in lake._world.tables.log("sales") for each in entry.fences]
    assert fences == [claimed.attempt_id]
    lake.work()
    assert ids_of(lake) == ["1", "2"]
    assert len(lake.refused_rows()) == 1


def test_what_a_dead_attempt_made_in_turns_for_a_table_made_anew_goes(folder, incoming, clock):
    with lakes.make(folder, lakes.SALES + "    batch: {files: 1}\n", clock=clock) as lake:
        lake.ingest("sales", *(incoming(f"{n}.csv", csv_of(n) + "3,soon,1\n") for n in "ab"))
        lake.replay("sales", as_one=True)
        made = convert_only(lake, claim(lake), anew=True)
        clock.advance(minutes=2)

        swept = lake.sweep(older_than=NOW)

        assert len(made.parts) == 2
        assert (swept.parts, swept.refusals) == (2, 2)
        assert ids_of(lake) == ["a", "b"]


def test_a_dry_run_tells_of_a_dead_attempt_and_fences_nobody(lake, folder, incoming, clock):
    lake.ingest("sales", incoming("a.csv", csv_of("1")))
    lake.land("sales", incoming("b.csv", csv_of("2") + "3,soon,1\n"))
    flush(lake)
    convert_only(lake, claim(lake))
    clock.advance(minutes=2)
    before, log = parts_on_disk(folder), lakes.log_of(folder)

    would = lake.sweep(dry_run=True)

    assert (would.parts, would.refusals, would.dry_run) == (1, 1, True)
    assert [each.retired for each in would.files] == [False, False]
    assert would.files[0].name in {f"sales/{path}" for path in before}
    assert (parts_on_disk(folder), lakes.log_of(folder)) == (before, log)
    swept = lake.sweep()
    assert swept.files == would.files
    assert swept.temporary == would.temporary


def test_refusals_that_a_receipt_names_stay(lake, incoming, clock):
    lake.ingest("sales", incoming("b.csv", csv_of("2") + "3,soon,1\n"))
    clock.advance(days=30)

    lake.sweep(older_than=NOW)

    assert [row.raw for row in lake.refused_rows()] == ["3,soon,1"]


def test_refusals_stay_also_where_the_ledger_has_forgotten_their_receipt(
    lake, folder, incoming, clock
):
    lake.ingest("sales", incoming("b.csv", csv_of("2") + "3,soon,1\n"))
    lake.close()
    (folder / "ledger.sqlite").unlink()
    with lakes.open_lake(folder, clock=clock) as forgetful:
        clock.advance(days=30)

        swept = forgetful.sweep(older_than=NOW)
        forgetful.rebuild()

        assert swept.refusals == 0
        assert [row.raw for row in forgetful.refused_rows()] == ["3,soon,1"]


def test_a_second_sweep_finds_nothing(lake, rewritten, clock):
    clock.advance(days=30)
    lake.sweep()

    swept = lake.sweep()

    assert (swept.parts, swept.refusals, swept.temporary) == (0, 0, 0)


def test_files_that_are_not_ours_stay(lake, folder, rewritten, clock):
    stranger = folder / "processed" / "sales" / "notes.txt"
    stranger.write_text("mine")
    clock.advance(days=30)

    lake.sweep(older_than=NOW)

    assert stranger.read_text() == "mine"


def test_it_adds_no_entry_to_the_log_where_there_is_nothing_to_fence(lake, folder, rewritten):
    before = lakes.log_of(folder)

    lake.sweep(older_than=NOW)
    lake.sweep(older_than=NOW)

    assert lakes.log_of(folder) == before


WORKS = "import sys, headwater; headwater.open(sys.argv[1]).work()"


@pytest.fixture
def drafts(lake, folder, incoming):
    """What is left of drafts; somebody was killed while a commit was made in one."""
    lake.ingest("sales", incoming("a.csv", csv_of("1")))
    lake.land("sales", incoming("b.csv", csv_of("2")))
    died = subprocess.run(
        [sys.executable, "-c", WORKS, str(folder)],
        env=os.environ | {"HEADWATER_CRASH": "log.before_commit:1"},
        check=False,
    )
    assert died.returncode == -signal.SIGKILL
    return lambda: list((folder / "processed" / "_drafts" / "sales").iterdir())


def test_a_draft_of_a_commit_that_was_killed_goes_after_an_hour(lake, drafts, clock):
    lake.sweep()
    young = drafts()
    clock.advance(hours=2)

    before = lake.verify().garbage
    lake.sweep()

    assert len(young) == 1
    assert before == 2  # the draft, and the part that its commit would have named
    assert drafts() == []
    assert lake.verify().garbage == 0


def test_a_draft_in_which_a_commit_is_being_made_stays(lake, folder, drafts, clock):
    from headwater.adapters.delta.draft import draft

    with draft(folder / "processed" / "sales") as mine:
        clock.advance(days=30)

        lake.sweep(older_than=NOW)

        assert drafts() == [mine.folder]
