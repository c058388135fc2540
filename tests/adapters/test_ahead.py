"""Files of the next batch come while the present ones are converted, within bounds."""

from __future__ import annotations

from threading import Event

import pytest

from headwater.adapters.memory import MemoryStore
from headwater.adapters.staging import Ahead, Places
from headwater.adapters.staging.places import Fetch
from headwater.errors import StoreError
from headwater.ports.engine import Input
from tests.contracts.work import NOW


class Watched(MemoryStore):
    """A store that keeps the names that were read, and lets whoever waits for one know."""

    def __init__(self):
        super().__init__(name="far")
        self.read_names, self.came, self.broken = [], {}, set()
        self.holding, self.let = set(), Event()

    def scan(self, name, see):
        self.read_names.append(name)
        if name in self.broken:
            raise StoreError(f"{name} is out of reach")
        try:
            return super().scan(name, see)
        finally:
            self.came.setdefault(name, Event()).set()
            assert name not in self.holding or self.let.wait(20)

    def wait_for(self, name):
        assert self.came.setdefault(name, Event()).wait(20)


@pytest.fixture
def store():
    store = Watched()
    for name in ("a", "b", "c"):
        store.create(name, name.encode() * 10)
    return store


@pytest.fixture
def ahead(store):
    ahead = Ahead(Places([store]), most_bytes=20)
    yield ahead
    ahead.forget()


def inputs(*names):
    return [Input(n, n, f"far:{n}", 10, "", None, NOW) for n in names]


@pytest.fixture
def fetch(ahead, tmp_path):
    def bring(*names):
        wanted = [Fetch(f"far:{name}", tmp_path / "here" / name) for name in names]
        stats = ahead.fetch(wanted)
        return [
            each.target.read_bytes() if stat else None
            for each, stat in zip(wanted, stats, strict=True)
        ]

    return bring


def test_what_is_expected_comes_behind_the_present_files_and_once(ahead, fetch, store):
    ahead.expect(inputs("b"))
    assert store.read_names == []

    assert fetch("a") == [b"a" * 10]
    store.wait_for("b")

    assert fetch("b") == [b"b" * 10]
    assert store.read_names == ["a", "b"]
    assert ahead.held_bytes == 0


def test_no_more_comes_ahead_than_there_is_room_for(ahead, fetch, store):
    ahead.expect(inputs("a", "b", "c"))

    fetch()

    assert ahead.held_bytes == 20
    assert fetch("a", "b", "c") == [each * 10 for each in (b"a", b"b", b"c")]


def expect_in_vain(ahead, fetch, store):
    """Two files are read that nobody is to want, and fill the room."""
    ahead.expect(inputs("a", "b"))
    fetch()
    store.wait_for("a")
    store.wait_for("b")


def test_what_is_not_wanted_after_all_makes_room_for_what_is(ahead, fetch, store):
    expect_in_vain(ahead, fetch, store)
    ahead.expect(inputs("c"))

    fetch()

    store.wait_for("c")
    assert fetch("c") == [b"c" * 10]


def test_what_waits_for_room_comes_as_soon_as_there_is_some(ahead, fetch, store):
    store.holding = {"a", "b"}
    expect_in_vain(ahead, fetch, store)
    ahead.expect(inputs("c"))

    fetch()
    assert "c" not in store.read_names
    store.let.set()

    store.wait_for("c")
    assert fetch("c") == [b"c" * 10]


def test_what_could_not_come_ahead_is_fetched_when_it_is_wanted(ahead, fetch, store):
    store.broken.add("b")
    ahead.expect(inputs("b", "gone"))
    fetch()
    store.broken.clear()

    assert fetch("b", "gone") == [b"b" * 10, None]


def test_nothing_stays_of_what_was_expected_in_vain(ahead, fetch, store):
    ahead.expect(inputs("a"))
    fetch()
    store.wait_for("a")
    folder = ahead._room.path

    ahead.forget()
    ahead._pool.shutdown()

    assert [each.name for each in folder.iterdir() if not each.name.startswith(".")] == []
    assert ahead.held_bytes == 0
