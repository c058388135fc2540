"""What every store promises. Enrol with the fixture `store`, an empty one.

Sources are files in `tmp_path`, which must be no part of the store.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from headwater.errors import (
    ObjectExists,
    ObjectMissing,
    SourceChanged,
    SourceMissing,
    SourceNotAFile,
    UsageError,
)
from headwater.ports.store import How, Stat, Taking
from headwater.reading.source import source_stamp

BAD_NAMES = [
    "",
    "/etc/passwd",
    "a//b",
    "a/",
    ".",
    "..",
    "a/../b",
    "a/./b",
    "a\0b",
    ".tmp/a",
    "a/.tmp-1",
    ".hidden",
    "a/b.part",
    "b.tmp",
    "b~",
    "b.crswap",
    "x" * 256,
    "ž" * 128,
    "a/" * 600 + "b",
    "\udcff",
]


def source(folder, body=b"a,b\n1,2\n", name="source.csv"):
    path = folder / name
    path.write_bytes(body)
    return path


def taking(path, name="sales/a.csv", how=How.COPY):
    return Taking(path, name, how, source_stamp(path.stat()))


def names(stats):
    return [stat.name for stat in stats]


class StoreContract:
    def test_what_is_created_is_read_back(self, store):
        put = store.create("sales/2025/a.csv", b"bytes")

        assert store.read("sales/2025/a.csv") == b"bytes"
        assert store.stat("sales/2025/a.csv") == put
        assert (put.name, put.size_bytes) == ("sales/2025/a.csv", 5)
        assert put.modified_at.utcoffset() == timedelta(0)

    def test_an_empty_object_is_an_object(self, store):
        store.create("empty", b"")

        assert store.read("empty") == b""
        assert names(store.list()) == ["empty"]

    def test_a_range_is_read_and_stops_at_the_end(self, store):
        store.create("a", b"0123456789")

        assert store.read("a", 2, 3) == b"234"
        assert store.read("a", 8) == b"89"
        assert store.read("a", 8, 100) == b"89"
        assert store.read("a", 100) == b""
        assert store.read("a", 3, 0) == b""

    def test_a_range_before_the_first_byte_is_refused(self, store):
        store.create("a", b"0123456789")

        with pytest.raises(UsageError):
            store.read("a", -1)
        with pytest.raises(UsageError):
            store.read("a", 0, -1)

    def test_every_byte_is_shown_in_order(self, store):
        body = bytes(range(256)) * 10_000
        put = store.create("a", body)
        shown = bytearray()

        seen = store.scan("a", shown.extend)

        assert shown == body
        assert (seen.name, seen.size_bytes, seen.stamp) == ("a", len(body), put.stamp)

    def test_of_an_empty_object_nothing_is_shown(self, store):
        store.create("empty", b"")
        shown = bytearray()

        assert store.scan("empty", shown.extend).size_bytes == 0
        assert shown == b""

    def test_what_is_not_there_cannot_be_shown(self, store):
        with pytest.raises(ObjectMissing):
            store.scan("gone", bytearray().extend)

    def test_whoever_looks_may_stop(self, store):
        store.create("a", b"1")

        def stop(_):
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            store.scan("a", stop)

    def test_securing_answers_for_each_object_and_changes_none(self, store):
        put = store.create("sales/a", b"1")

        answers = store.secure(["sales/a", "gone/b"])
        again = store.secure(["sales/a"])

        assert answers[0] is None
        assert isinstance(answers[1], ObjectMissing)
        assert again == [None]
        assert store.stat("sales/a") == put

    def test_what_is_not_there_is_missing(self, store):
        with pytest.raises(ObjectMissing):
            store.read("a/b")

        assert store.stat("a/b") is None
        assert list(store.list()) == []

    def test_a_folder_of_objects_is_no_object(self, store):
        store.create("a/b", b"1")

        assert store.stat("a") is None
        with pytest.raises(ObjectMissing):
            store.read("a")

    def test_creating_twice_is_a_conflict_and_keeps_the_first(self, store):
        first = store.create("a", b"first")

        with pytest.raises(ObjectExists):
            store.create("a", b"second")

        assert store.read("a") == b"first"
        assert store.stat("a") == first

    def test_deleting_removes_and_may_be_repeated(self, store):
        store.create("a/b", b"1")
        store.create("a/c", b"2")

        store.delete("a/b")
        store.delete("a/b")
        store.delete("never/was")

        assert names(store.list()) == ["a/c"]

    def test_a_deleted_name_is_free_again_and_another_content_has_another_stamp(self, store):
        first = store.create("a", b"1")
        store.delete("a")

        second = store.create("a", b"22")

        assert second.stamp != first.stamp
        assert store.read("a") == b"22"

    @pytest.mark.parametrize("name", BAD_NAMES)
    def test_bad_names_are_refused_by_every_call(self, store, name):
        for call in (store.read, store.stat, store.delete, store.locate):
            with pytest.raises(UsageError):
                call(name)
        with pytest.raises(UsageError):
            store.create(name, b"1")
        assert list(store.list()) == []

    @pytest.mark.parametrize("name", BAD_NAMES)
    def test_a_bad_name_is_refused_and_its_neighbours_are_taken(self, store, tmp_path, name):
        path = source(tmp_path)

        refused, taken = store.take([taking(path, name), taking(path, "good")])

        assert isinstance(refused, UsageError)
        assert isinstance(taken, Stat)
        assert names(store.list()) == ["good"]

    @pytest.mark.parametrize(
        "name",
        ["a b", "-rf", "CON", "a'b\"c", "a\nb", "ž/🐎", "a%2fb", "a=b/c=d", "a\\b", "x" * 255],
    )
    def test_odd_names_round_trip(self, store, name):
        store.create(name, b"1")

        assert store.read(name) == b"1"
        assert names(store.list()) == [name]

    def test_a_listing_is_in_the_order_of_full_names(self, store):
        given = ["a0", "a/b", "a-b", "a/b0", "a/b-", "a/c/d", "B", "ž", "a.b", "b", "a/a"]
        for name in given:
            store.create(name, b"1")

        assert names(store.list()) == sorted(given)

    def test_a_listing_begins_with_the_prefix_and_behind_the_name_given(self, store):
        given = ["a/1", "a/2/x", "a/2/y", "a/20", "a/3", "ab", "b/1"]
        for name in given:
            store.create(name, b"1")

        for prefix in ["", "a", "a/", "a/2", "a/2/", "b/1", "c", "../", "/", "a/2/x"]:
            for after in ["", "a/2/x", "a/2", "a/2/", "a/25", "a/", "zz", *given]:
                expected = [n for n in sorted(given) if n.startswith(prefix) and n > after]
                assert names(store.list(prefix, after)) == expected, (prefix, after)

    def test_a_listing_that_has_begun_sees_what_was_there_and_stays(self, store):
        for letter in "abcd":
            store.create(f"{letter}/1", b"1")
        listing = store.list()
        seen = [next(listing).name]

        store.delete("b/1")
        seen += names(listing)

        assert [name for name in seen if name != "b/1"] == ["a/1", "c/1", "d/1"]

    def test_a_taken_file_is_an_object_and_its_source_stays(self, store, tmp_path):
        path = source(tmp_path)

        [stat] = store.take([taking(path)])

        assert store.read("sales/a.csv") == path.read_bytes()
        assert stat == store.stat("sales/a.csv")
        assert stat.size_bytes == len(path.read_bytes())

    @pytest.mark.parametrize("size", [0, 1, 2, 3_000_001])
    def test_a_file_of_any_size_is_taken_whole(self, store, tmp_path, size):
        path = source(tmp_path, bytes(range(256)) * (size // 256) + b"x" * (size % 256))

        store.take([taking(path)])

        assert store.read("sales/a.csv") == path.read_bytes()

    def test_many_files_are_answered_in_the_order_given(self, store, tmp_path):
        paths = [source(tmp_path, b"%d" % i, f"{i}") for i in range(40)]
        store.create("f/7", b"there before")

        answers = store.take([taking(path, f"f/{path.name}") for path in reversed(paths)])

        assert isinstance(answers.pop(40 - 1 - 7), ObjectExists)
        assert names(answers) == [f"f/{i}" for i in reversed(range(40)) if i != 7]
        assert store.read("f/7") == b"there before"
        assert all(store.read(stat.name) == stat.name[2:].encode() for stat in answers)

    def test_taking_nothing_answers_nothing(self, store):
        assert store.take([]) == []

    @pytest.mark.parametrize("how", [How.COPY, How.MOVE])
    def test_taking_twice_is_a_conflict_and_leaves_the_second_source(self, store, tmp_path, how):
        first, second = source(tmp_path, b"1", "1"), source(tmp_path, b"2", "2")
        store.take([taking(first, how=how)])

        [answer] = store.take([taking(second, how=how)])

        assert isinstance(answer, ObjectExists)
        assert store.read("sales/a.csv") == b"1"
        assert second.read_bytes() == b"2"

    def test_two_takings_of_one_name_in_one_call_give_one_object(self, store, tmp_path):
        first, second = source(tmp_path, b"1", "1"), source(tmp_path, b"2", "2")

        answers = store.take([taking(first), taking(second)])

        assert isinstance(answers[0], Stat)
        assert isinstance(answers[1], ObjectExists)
        assert store.read("sales/a.csv") == b"1"

    def test_a_moved_source_is_gone_only_after_success(self, store, tmp_path):
        path = source(tmp_path, b"1")
        stays = source(tmp_path, b"2", "stays")
        late = taking(stays, "late", How.MOVE)
        stays.write_bytes(b"changed")

        moved, refused = store.take([taking(path, how=How.MOVE), late])

        assert isinstance(moved, Stat)
        assert isinstance(refused, SourceChanged)
        assert not path.exists()
        assert stays.read_bytes() == b"changed"
        assert store.read("sales/a.csv") == b"1"

    def test_a_link_is_taken_or_refused_as_the_abilities_say(self, store, tmp_path):
        path = source(tmp_path)

        [answer] = store.take([taking(path, how=How.LINK)])

        assert isinstance(answer, Stat if store.abilities.links else UsageError)
        assert path.exists()

    @pytest.mark.parametrize("how", How)
    def test_a_source_that_changed_since_it_was_measured_leaves_nothing(self, store, tmp_path, how):
        if how is How.LINK and not store.abilities.links:
            pytest.skip("this store takes no links")
        path = source(tmp_path)
        before = taking(path, how=how)
        path.write_bytes(b"other bytes")

        [answer] = store.take([before])

        assert isinstance(answer, SourceChanged)
        assert list(store.list()) == []
        assert store.stat("sales/a.csv") is None
        assert path.read_bytes() == b"other bytes"

    def test_a_missing_source_is_answered_and_its_neighbours_are_taken(self, store, tmp_path):
        path = source(tmp_path)
        gone = Taking(tmp_path / "gone", "gone", How.COPY, "1-1-1")

        answers = store.take([gone, taking(path)])

        assert isinstance(answers[0], SourceMissing)
        assert answers[0].hint
        assert isinstance(answers[1], Stat)
        assert names(store.list()) == ["sales/a.csv"]

    def test_a_folder_is_no_source(self, store, tmp_path):
        [answer] = store.take([taking(tmp_path)])

        assert isinstance(answer, SourceNotAFile)

    def test_a_symbolic_link_is_followed_to_its_file(self, store, tmp_path):
        path = source(tmp_path)
        link = tmp_path / "link"
        link.symlink_to(path)

        [answer] = store.take([taking(link)])

        assert isinstance(answer, Stat)
        assert store.read("sales/a.csv") == path.read_bytes()

    def test_of_eight_that_create_one_name_at_once_one_wins(self, store):
        for attempt in range(20):
            name = f"race/{attempt}"
            start = Barrier(8)

            def create(number, name=name, start=start):
                start.wait()
                try:
                    return store.create(name, b"%d" % number * 1000)
                except ObjectExists:
                    return None

            with ThreadPoolExecutor(8) as pool:
                won = [stat for stat in pool.map(create, range(8)) if stat is not None]

            assert won == [store.stat(name)]
            assert len(set(store.read(name))) == 1

    def test_an_object_is_never_seen_in_part(self, store):
        body = b"x" * 300_000
        start = Barrier(2)

        def create():
            start.wait()
            for number in range(30):
                store.create(f"whole/{number:02}", body)

        with ThreadPoolExecutor(1) as pool:
            writing = pool.submit(create)
            start.wait()
            while not writing.done():
                for stat in store.list("whole/"):
                    assert stat.size_bytes == len(body)
                    assert store.read(stat.name) == body
            writing.result()

        assert len(list(store.list())) == 30

    def test_sweeping_leaves_objects_and_may_be_repeated(self, store):
        store.create("a", b"1")
        later = datetime.now(UTC) + timedelta(hours=1)

        assert store.sweep(later) == 0
        assert store.sweep(later) == 0
        assert names(store.list()) == ["a"]
