"""Whoever follows a file sees how far it has come in another process."""

from __future__ import annotations

import pytest

from headwater.flow.underway import telling
from headwater.model.progress import Progress, nobody
from tests.flow.lakes import claim, csv_of, flush


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    monkeypatch.setattr("headwater.flow.underway.EVERY_SECONDS", 0)


@pytest.fixture
def landed(lake, incoming):
    """Two files of ten rows, equally large."""
    rows = [csv_of(*range(start, start + 10)) for start in (10, 20)]
    files = [incoming(f"{name}.csv", text) for name, text in zip("ab", rows, strict=True)]
    return [each.arrival for each in lake.land("sales", *files)]


def followed(lake, landed):
    return lake.underway("sales", lake.arrivals([each.id for each in landed]))


def half_way(landed):
    total = sum(each.size_bytes for each in landed)
    return Progress("converting", "sales", total // 2, total, rows=10, total_files=2)


def test_files_that_nobody_has_taken_up_wait_for_their_batch(lake, landed):
    seen = followed(lake, landed)

    assert seen.stage == "waiting for its batch:"
    assert (seen.done_bytes, seen.done_files, seen.total_files) == (0, 0, 2)
    assert seen.total_bytes == sum(each.size_bytes for each in landed)


def test_files_in_a_batch_that_nobody_holds_wait_for_a_worker(lake, landed):
    flush(lake)

    assert followed(lake, landed).stage == "waiting for a worker, or for a retry:"


def test_what_a_worker_is_told_its_followers_see(lake, landed):
    flush(lake)
    claimed = claim(lake)
    own = []

    with telling(lake._world, claimed, own.append) as tell:
        tell(half_way(landed))
        seen = followed(lake, landed)

    assert own == [half_way(landed)]
    assert (seen.stage, seen.done_bytes, seen.rows) == (
        "converting",
        half_way(landed).done_bytes,
        10,
    )


def test_of_a_batch_that_holds_other_files_only_the_share_of_mine_is_shown(lake, landed):
    flush(lake)

    with telling(lake._world, claim(lake), nobody) as tell:
        tell(half_way(landed))
        seen = followed(lake, landed[:1])

    assert seen.total_bytes == landed[0].size_bytes
    assert seen.done_bytes == landed[0].size_bytes // 2
    assert seen.rows == 5


def test_nothing_is_left_behind_when_an_attempt_ends(lake, folder, landed):
    flush(lake)
    with telling(lake._world, claim(lake), nobody) as tell:
        tell(half_way(landed))

    assert list((folder / ".scratch").iterdir()) == []


def test_the_word_of_an_attempt_that_was_killed_is_swept_and_believed_by_nobody_after_it(
    folder, incoming, clock
):
    from tests.flow import lakes

    with lakes.make(folder, clock=clock) as lake:
        landed = [each.arrival for each in lake.land("sales", incoming("a.csv", csv_of("1")))]
        flush(lake)
        with telling(lake._world, claim(lake), nobody) as tell:
            tell(half_way(landed))
            (word,) = (folder / ".scratch").iterdir()
            left = word.read_bytes()
        word.write_bytes(left)
        clock.advance(minutes=2)
        claim(lake, "another")

        seen = followed(lake, landed)
        swept = lake.sweep()

        assert seen.done_bytes == 0
        assert swept.temporary == 1
        assert list((folder / ".scratch").iterdir()) == []


def test_a_word_that_cannot_be_read_is_no_word(lake, folder, landed):
    flush(lake)
    with telling(lake._world, claim(lake), nobody) as tell:
        tell(half_way(landed))
        (word,) = (folder / ".scratch").iterdir()
        word.write_text('{"stage": 7')

        assert followed(lake, landed).done_bytes == 0


def test_what_is_settled_counts_with_its_rows(lake, landed):
    lake.work()

    seen = followed(lake, landed)

    assert (seen.done_files, seen.rows) == (2, 20)
    assert seen.done_bytes == seen.total_bytes
