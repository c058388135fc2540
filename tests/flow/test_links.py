"""A producer who promised never to rewrite a linked file, and did."""

from __future__ import annotations

import os

import pytest

from headwater.flow.attempt import attempt
from headwater.model.progress import nobody
from headwater.ports.store import How
from tests.flow import lakes
from tests.flow.lakes import claim, csv_of, flush, ids_of, states_of


@pytest.fixture
def source(incoming):
    return incoming("a.csv", csv_of("old"))


def rewrite(path, text):
    """Other bytes in the same file, as an editor that saves in place leaves them."""
    with path.open("r+b") as file:
        file.truncate()
        file.write(text.encode())


def causes(lake, key="sales/a.csv"):
    found = lakes.story(lake, key).chapters
    return [chapter.arrival.cause.code if chapter.arrival.cause else None for chapter in found]


def test_a_linked_file_is_read_like_any_other(lake, source):
    lake.ingest("sales", source, how=How.LINK)

    assert ids_of(lake) == ["old"]
    assert lake.verify().findings == ()


def test_a_rewrite_before_the_conversion_is_found_and_never_mixed(lake, source):
    lake.land("sales", source, how=How.LINK)
    flush(lake)
    rewrite(source, csv_of("new", "newer"))

    lake.work()

    assert states_of(lake, "sales/a.csv") == ["superseded", "completed"]
    assert causes(lake)[0] == "source_changed"
    assert ids_of(lake) == ["new", "newer"]
    assert lake.verify().findings == ()


class Meddling:
    """An engine under which something happens while it converts."""

    def __init__(self, engine, happens):
        self._engine = engine
        self._happens = happens

    def convert(self, job, watch):
        conversion = self._engine.convert(job, watch)
        self._happens()
        return conversion

    def __getattr__(self, name):
        return getattr(self._engine, name)


def test_a_rewrite_during_the_conversion_is_never_mixed(folder, source, monkeypatch, tmp_path):
    with lakes.make(folder) as lake:
        text = csv_of(*(f"old{n}" for n in range(50_000)))
        rewrite(source, text)
        lakes.age(source)
        lake.land("sales", source, how=How.LINK)
        flush(lake)
        fifo_like = tmp_path / "trace"
        monkeypatch.setenv("HEADWATER_CRASH_TRACE", str(fifo_like))
        engine = lake._world.engine()
        try:
            from threading import Thread

            def meddle():
                while not fifo_like.exists() or "src.open" not in fifo_like.read_text():
                    pass
                rewrite(source, csv_of(*(f"new{n}" for n in range(50_000))))

            meddler = Thread(target=meddle)
            meddler.start()
            attempt(lake._world, engine, claim(lake), nobody)
            meddler.join()
        finally:
            engine.close()

        lake.work()

        shown = {each[:3] for each in ids_of(lake)}
        assert shown == {"new"}
        assert len(ids_of(lake)) == 50_000
        assert lake.verify().findings == ()


def test_a_rewrite_after_the_conversion_becomes_a_version_of_its_own(lake, source):
    lake.ingest("sales", source, how=How.LINK)

    rewrite(source, csv_of("new"))
    lakes.age(source, seconds=30)
    lake.work()

    assert ids_of(lake) == ["new"]
    assert states_of(lake, "sales/a.csv") == ["superseded", "completed"]


def test_a_file_that_was_only_touched_is_not_refused(lake, source):
    lake.land("sales", source, how=How.LINK)
    flush(lake)
    os.utime(source, (1_700_000_000, 1_700_000_000))

    lake.work()

    assert ids_of(lake) == ["old"]
    assert states_of(lake, "sales/a.csv") == ["completed"]


def test_its_neighbours_go_on(lake, source, incoming):
    lake.land("sales", source, how=How.LINK)
    lake.land("sales", incoming("b.csv", csv_of("b")))
    flush(lake)
    rewrite(source, csv_of("new"))

    lake.work()

    assert ids_of(lake) == ["b", "new"]
