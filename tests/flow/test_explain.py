"""One file's full story, by whatever name somebody has for it."""

from __future__ import annotations

import pytest

from headwater.errors import ObjectMissing
from tests.flow.lakes import csv_of


@pytest.fixture
def source(lake, incoming):
    """A file that landed twice, with other bytes the second time."""
    path = incoming("a.csv", csv_of("1"))
    lake.ingest("sales", path)
    path = incoming("a.csv", csv_of("1", "2") + "3,soon,1\n")
    lake.ingest("sales", path)
    return path


def names(lake, source):
    chapters = lake.explain("sales/a.csv")[0].chapters
    return {
        "key": "sales/a.csv",
        "arrival id": chapters[0].arrival.id,
        "raw name": chapters[1].arrival.raw,
        "local path": str(source),
        "file name": source.name,
    }


@pytest.mark.parametrize("name", ["key", "arrival id", "raw name", "local path", "file name"])
def test_every_name_of_a_file_tells_the_whole_story(lake, source, name):
    (story,) = lake.explain(names(lake, source)[name])

    assert story.key == "sales/a.csv"
    first, second = story.chapters
    assert first.arrival.state.value == "superseded"
    assert second.arrival.state.value == "completed"
    assert second.arrival.replaces == first.arrival.id
    assert second.receipt.replaced == (first.arrival.id,)
    assert (second.books.books.written, second.books.books.quarantined) == (2, 1)
    assert first.raw_there
    assert second.raw_there
    assert second.manifest.attempt == 1


def test_a_local_copy_under_another_name_is_known_by_its_content(lake, source, tmp_path):
    copy = tmp_path / "copy-of-something.csv"
    copy.write_bytes(source.read_bytes())

    (story,) = lake.explain(copy)

    assert story.key == "sales/a.csv"


def test_a_file_that_waits_has_a_story_without_an_end(lake, incoming):
    lake.land("sales", incoming("b.csv", csv_of("1")))

    (chapter,) = lake.explain("sales/b.csv")[0].chapters

    assert (chapter.arrival.state.value, chapter.manifest, chapter.receipt, chapter.books) == (
        "pending", None, None, None
    )  # fmt: skip


def test_what_nobody_knows_is_said_with_where_to_look(lake):
    with pytest.raises(ObjectMissing, match=r"nothing is known of 'ghost\.csv'") as caught:
        lake.explain("ghost.csv")

    assert "status" in caught.value.hint
