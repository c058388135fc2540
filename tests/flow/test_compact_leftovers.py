"""What a compaction leaves behind: parts of one that died, and parts that readers may be at."""

from __future__ import annotations

from datetime import timedelta

import pytest

from headwater.flow import compact as compaction
from tests.flow import lakes
from tests.flow.lakes import ids_of, log_of, parts_on_disk, versions_of
from tests.flow.parted import FEEDS, ROWS, fill


@pytest.fixture
def lake(folder, clock):
    with lakes.make(folder, FEEDS, clock=clock) as lake:
        yield lake


@pytest.fixture
def small(lake, incoming):
    """A table of four parts in two partitions."""
    fill(lake, incoming)


class TestLeftovers:
    """What a compaction leaves that did not come to its end."""

    @pytest.fixture
    def died(self, lake, small, monkeypatch):
        """One that had written its parts."""

        def die(world, wanted):
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(compaction, "_ask", die)
            with pytest.raises(KeyboardInterrupt):
                lake.compact()

    def test_nobody_reads_them_and_a_sweep_removes_them_behind_a_fence(self, lake, folder, died):
        before = parts_on_disk(folder)

        swept = lake.sweep()

        assert len(before) == 6
        assert swept.parts == 2
        assert [each.fences for each in lake._world.tables.log("sales")][-1] != ()
        assert ids_of(lake) == ROWS
        assert lake.verify().garbage == 0

    def test_they_do_not_stand_in_the_way_of_the_next(self, lake, died):
        (done,) = lake.compact()

        assert (done.joined, done.parts) == (4, 2)
        assert ids_of(lake) == ROWS

    def test_parts_of_one_that_is_at_work_stay(self, lake, folder, died):
        with lake._world.tables.compacting("sales"):
            swept = lake.sweep(older_than=timedelta(0))

        assert swept.parts == 0
        assert len(parts_on_disk(folder)) == 6


class TestRetention:
    """Joined parts stay for whoever reads an earlier version."""

    def test_they_are_there_within_it_and_gone_after(self, lake, folder, small, clock):
        lake.compact()

        early = lake.sweep()
        at_first = versions_of(folder)
        clock.advance(days=8)
        late = lake.sweep()

        assert (early.parts, early.kept) == (0, 4)
        assert [sum(each.values()) for each in at_first] == [0, 2, 4, 6, 8, 8]
        assert (late.parts, late.kept) == (4, 0)
        assert ids_of(lake) == ROWS
        assert lake.verify().findings == ()

    def test_a_reader_in_the_middle_of_a_question_sees_it_through(self, lake, folder, small):
        answer = lake.query("select id from sales order by id").stream(1)
        first = next(answer)

        lake.compact()
        lake.sweep()

        assert [first, *answer] == [(each,) for each in ROWS]

    def test_a_dry_run_tells_files_and_bytes_and_removes_nothing(self, lake, folder, small, clock):
        lake.compact()
        clock.advance(days=8)
        before, log = parts_on_disk(folder), log_of(folder)

        would = lake.sweep(dry_run=True)

        assert parts_on_disk(folder) == before
        assert log_of(folder) == log
        swept = lake.sweep()
        assert (would.parts, would.size_bytes, would.files) == (4, swept.size_bytes, swept.files)
        assert all(each.retired for each in would.files)
