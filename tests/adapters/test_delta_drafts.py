"""Drafts of commits that died are seen and swept by age; a draft in use is nobody's to clear."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from headwater.adapters.delta import DeltaTables
from headwater.adapters.delta.draft import draft, drafts_of

NOW = datetime.now(UTC)
LATER, EARLIER = NOW + timedelta(days=1), NOW - timedelta(days=1)


@pytest.fixture
def tables(tmp_path):
    return DeltaTables(tmp_path)


@pytest.fixture
def left(tmp_path):
    """What a writer leaves that was killed in its draft."""
    folder = drafts_of(tmp_path / "sales") / "5f0c"
    (folder / "_delta_log").mkdir(parents=True)
    (folder / "_delta_log" / "00000000000000000000.json").write_text("{}")
    return folder


def test_an_old_draft_is_counted_and_swept_once(tables, left):
    counted = tables.unfinished(LATER)
    swept = tables.sweep(LATER)

    assert (counted, swept) == (1, 1)
    assert not left.exists()
    assert (tables.unfinished(LATER), tables.sweep(LATER)) == (0, 0)


def test_a_young_draft_is_neither_counted_nor_swept(tables, left):
    assert (tables.unfinished(EARLIER), tables.sweep(EARLIER)) == (0, 0)
    assert left.exists()


def test_counting_removes_nothing(tables, left):
    tables.unfinished(LATER)

    assert left.exists()


def test_a_draft_in_use_is_neither_counted_nor_swept_however_old(tables, tmp_path):
    (tmp_path / "sales" / "_delta_log").mkdir(parents=True)
    with draft(tmp_path / "sales") as copy:
        assert (tables.unfinished(LATER), tables.sweep(LATER)) == (0, 0)
        assert copy.folder.exists()


def test_where_there_are_no_drafts_there_is_nothing_to_sweep(tables):
    assert (tables.unfinished(LATER), tables.sweep(LATER)) == (0, 0)
